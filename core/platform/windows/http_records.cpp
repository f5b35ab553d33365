// SPDX-License-Identifier: MIT
#include "core/platform/windows/http_records.h"

#include "core/platform/windows/http_api.h"
#include "core/platform/windows/machine.h"
#include "core/platform/windows/ssl_configuration.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

constexpr ULONG kFirstAnswer = 4096;
constexpr ULONG kLargestAnswer = 1u << 20;  // a record is a few hundred bytes
constexpr DWORD kMostRecords = 100'000;

/// A table of http.sys, and the first Windows that has it (WINDOWS-FACTS 2.1).
struct Table {
    ULONG id;
    const char* name;
    DWORD since;
};
constexpr DWORD kWindows8 = 9200;
constexpr DWORD kAnyBuild = 0;
constexpr DWORD kUnknownBuild = MAXDWORD;
constexpr Table kTables[] = {{config_id::kIpPort, "ipport", kAnyBuild},
                             {config_id::kHostName, "hostnameport", kWindows8},
                             {config_id::kCentralStore, "ccs", kWindows8},
                             {config_id::kScopedCentralStore, "scopedccs", kUnknownBuild}};

struct Answer {
    ULONG code = 0;
    std::vector<std::uint8_t> bytes;
};

/// Asks until the answer fits. A size that goes on growing is no answer.
Answer ask(HttpApi& api, ULONG id, void* query, ULONG size)
{
    Answer answer;
    answer.code = ERROR_INSUFFICIENT_BUFFER;
    ULONG room = kFirstAnswer;
    for (int attempt = 0; attempt < 8 && answer.code == ERROR_INSUFFICIENT_BUFFER && room <= kLargestAnswer; ++attempt) {
        answer.bytes.assign(room, 0);
        ULONG needed = 0;
        answer.code = api.query(id, query, size, answer.bytes.data(), room, needed);
        room = needed > room ? needed : room * 2;
    }
    return answer;
}

Error refused(const char* call, const std::string& what, ULONG code) { return windowsError(std::string(call) + " " + what, code); }

/// Whether the first query of a table said that there is nothing to be listed. 87 means both "no such table" and "a query
/// of the wrong form": only a Windows that is older than the table can mean the first.
bool isNone(const Table& table, ULONG code)
{
    if (code == ERROR_FILE_NOT_FOUND) return true;
    return code == ERROR_INVALID_PARAMETER && static_cast<DWORD>(windowsBuild()) < table.since;
}

Result<Done> readTable(HttpApi& api, const Table& table, std::vector<SslRecord>& records)
{
    for (DWORD token = 0; token < kMostRecords; ++token) {
        auto query = nextQuery(table.id, token);
        const Answer answer = ask(api, table.id, query.data(), static_cast<ULONG>(query.size()));
        if (answer.code == ERROR_NO_MORE_ITEMS || (token == 0 && isNone(table, answer.code))) return Done{};
        if (answer.code != NO_ERROR) return refused("HttpQueryServiceConfiguration", table.name, answer.code);
        auto record = recordFrom(table.id, answer.bytes);
        if (!record) return record.error();
        records.push_back(std::move(*record));
    }
    return Error{ErrorCode::Damaged, {tr("What was read of {0} makes no sense."), {table.name}}, std::string("http.sys ") + table.name + ": no end of records"};
}

std::string described(const SslRecord& record) { return std::string(name(record.family)) + " " + record.endpoint; }

/// Neither the new nor the old record is there now.
Error lost(const SslRecord& record, ULONG code, ULONG again)
{
    Error error = refused("HttpSetServiceConfiguration", described(record), code);
    error.message = {tr("Windows refused the new http.sys record of {0} ({1}, error {2}), and then the old one as well ({3}, error {4}). There is none "
                        "now: undo this step, or add the record by hand."),
                     {record.endpoint, windowsText(code), std::to_string(code), windowsText(again), std::to_string(again)}};
    error.detail += ", and putting the old one back: Windows error " + std::to_string(again);
    return error;
}

/// Takes away what is there, and makes it anew. The old record is kept as Windows gave it, so that it comes back exactly.
Result<Done> replace(HttpApi& api, const SslConfiguration& made, const SslRecord& record)
{
    Answer old = ask(api, made.id(), made.exactQuery(), made.querySize());
    const bool wasThere = old.code == NO_ERROR;
    if (!wasThere && old.code != ERROR_FILE_NOT_FOUND && old.code != ERROR_NO_MORE_ITEMS)
        return refused("HttpQueryServiceConfiguration", described(record), old.code);
    if (wasThere) {
        const ULONG code = api.remove(made.id(), made.set(), made.setSize());
        if (code != NO_ERROR) return refused("HttpDeleteServiceConfiguration", described(record), code);
    }
    const ULONG code = api.set(made.id(), made.set(), made.setSize());
    if (code == NO_ERROR) return Done{};
    if (wasThere) {
        const ULONG again = api.set(made.id(), old.bytes.data(), made.setSize());
        if (again != NO_ERROR) return lost(record, code, again);
    }
    return refused("HttpSetServiceConfiguration", described(record), code);
}

}  // namespace

Result<HttpRecords> HttpRecords::open()
{
    const fs::path folder = systemFolder();
    if (folder.empty()) return Error{ErrorCode::Unexpected, {tr("The folder of Windows cannot be found."), {}}, "GetSystemDirectory"};
    auto api = loadHttpApi(folder / "httpapi.dll");
    if (!api) return api.error();
    return HttpRecords(std::move(*api));
}

HttpRecords::HttpRecords(std::unique_ptr<HttpApi> api) : m_api(std::move(api)) {}
HttpRecords::HttpRecords(HttpRecords&&) noexcept = default;
HttpRecords& HttpRecords::operator=(HttpRecords&&) noexcept = default;
HttpRecords::~HttpRecords() = default;

Result<std::vector<SslRecord>> HttpRecords::all() const
{
    std::vector<SslRecord> records;
    for (const Table& table : kTables)
        if (const auto read = readTable(*m_api, table, records); !read) return read.error();
    return records;
}

Result<Done> HttpRecords::put(const SslRecord& record) const
{
    const auto made = SslConfiguration::of(record);
    if (!made) return made.error();
    const auto code = m_api->update(made->id(), made->set(), made->setSize());
    if (code == ULONG{NO_ERROR}) return Done{};
    // It replaces what is there and nothing else.
    if (!code || *code == ERROR_FILE_NOT_FOUND) return replace(*m_api, *made, record);
    return refused("HttpUpdateServiceConfiguration", described(record), *code);
}

Result<Done> HttpRecords::remove(RecordFamily family, const std::string& endpoint) const
{
    const auto made = SslConfiguration::ofEndpoint(family, endpoint);
    if (!made) return made.error();
    const ULONG code = m_api->remove(made->id(), made->set(), made->setSize());
    if (code != NO_ERROR) return refused("HttpDeleteServiceConfiguration", std::string(name(family)) + " " + endpoint, code);
    return Done{};
}

}  // namespace monban::windows
