// SPDX-License-Identifier: MIT
// httpapi.dll for the lab: the certificate records of http.sys, kept in http\records.json of the lab's folder, where the
// stand-in for netsh keeps them, too. Codes as WINDOWS-FACTS 1.4 and 2.4 have them. Whatever else the API has is missing.
#include <winsock2.h>

#include <windows.h>

#include <http.h>

#include <algorithm>

#include "core/base/file.h"
#include "core/practice/folder_backend.h"
#include "tests/windows/lab/httpapi/lab_certificates.h"
#include "tests/windows/lab/httpapi/record_structures.h"

namespace monban::lab {
namespace {

constexpr int kFirstBuildWithUpdate = 15063;  // Windows 10 1703
constexpr ULONG kUnreadableState = ERROR_FILE_CORRUPT;

/// C:\lab, or what MONBAN_LAB says. Read anew each time: a test sets it while the DLL is loaded.
fs::path labFolder()
{
    wchar_t folder[MAX_PATH] = {};
    const DWORD length = GetEnvironmentVariableW(L"MONBAN_LAB", folder, MAX_PATH);
    return length > 0 && length < MAX_PATH ? fs::path(folder) : fs::path(L"C:\\lab");
}

ULONG codeOf(const Error& error)
{
    if (error.code == ErrorCode::Denied) return ERROR_ACCESS_DENIED;
    return error.code == ErrorCode::Busy ? ULONG{ERROR_BUSY} : kUnreadableState;
}

/// The lab's state, held while one call works on it.
struct State {
    std::unique_ptr<practice::Backend> backend;
    std::unique_ptr<practice::Backend::Transaction> held;
    practice::Machine machine;
    std::vector<SslRecord> records;
};

/// Calls the function with the state. Nothing is thrown into a program that may have been built by another compiler.
template <class Function>
ULONG withState(Function&& function)
{
    try {
        State state;
        auto backend = practice::openFolder(labFolder());
        if (!backend) return kUnreadableState;
        state.backend = std::move(*backend);
        auto held = state.backend->transaction();
        if (!held) return codeOf(held.error());
        state.held = std::move(*held);
        auto machine = state.backend->machine();
        if (!machine) return codeOf(machine.error());
        state.machine = std::move(*machine);
        auto records = state.backend->records();
        if (!records) return codeOf(records.error());
        state.records = std::move(*records);
        return function(state);
    } catch (...) {
        return ERROR_INTERNAL_ERROR;
    }
}

/// netsh knows scopedccs since Server 2022, as the practice server has it.
bool isKnown(ULONG id, const State& state)
{
    return isFamily(id) && (id != kScopedCcs || state.machine.build >= windows_build::kServer2022);
}

auto find(std::vector<SslRecord>& records, ULONG id, const std::string& endpoint)
{
    return std::find_if(records.begin(), records.end(),
                        [&](const SslRecord& one) { return isOfFamily(one, id) && equalsIgnoringCase(one.endpoint, endpoint); });
}

/// Records of the central store accept only default options (WINDOWS-FACTS 2.2).
bool hasOnlyDefaults(const SslRecord& record)
{
    SslRecord plain;
    plain.family = record.family;
    plain.endpoint = record.endpoint;
    plain.appId = record.appId;
    return record == plain;
}

/// Why http.sys would not take that record; 0: it would.
ULONG troubleWith(const SslRecord& record)
{
    if (record.family == RecordFamily::Ccs) return hasOnlyDefaults(record) ? ULONG{NO_ERROR} : ULONG{ERROR_INVALID_PARAMETER};
    return certificateIsUsable(record.store, record.thumbprint) ? ULONG{NO_ERROR} : ULONG{ERROR_NO_SUCH_LOGON_SESSION};
}

ULONG saved(State& state)
{
    const auto written = state.backend->writeRecords(state.records);
    return written ? ULONG{NO_ERROR} : codeOf(written.error());
}

const SslRecord* asked(State& state, ULONG id, const Question& question)
{
    if (question.endpoint) {
        const auto found = find(state.records, id, *question.endpoint);
        return found == state.records.end() ? nullptr : &*found;
    }
    DWORD left = question.token;
    for (const SslRecord& record : state.records)
        if (isOfFamily(record, id) && left-- == 0) return &record;
    return nullptr;
}

ULONG answer(State& state, ULONG id, const Question& question, void* buffer, ULONG room, ULONG& needed)
{
    const SslRecord* const record = asked(state, id, question);
    if (record == nullptr) return question.endpoint ? ERROR_FILE_NOT_FOUND : ERROR_NO_MORE_ITEMS;
    needed = answerSize(id, *record);
    if (buffer == nullptr || room < needed) return ERROR_INSUFFICIENT_BUFFER;
    return writeAnswer(id, *record, buffer) ? ULONG{NO_ERROR} : kUnreadableState;
}

enum class Change { Add, Replace };

ULONG change(Change how, HANDLE service, ULONG id, const void* set, ULONG size, const OVERLAPPED* overlapped)
{
    return withState([&](State& state) -> ULONG {
        if (how == Change::Replace && state.machine.build < kFirstBuildWithUpdate) return ERROR_INVALID_FUNCTION;
        if (service != nullptr || overlapped != nullptr || !isKnown(id, state)) return ERROR_INVALID_PARAMETER;
        const auto record = recordFrom(id, set, size);
        if (!record) return ERROR_INVALID_PARAMETER;
        if (!state.machine.elevated) return ERROR_ACCESS_DENIED;
        const auto existing = find(state.records, id, record->endpoint);
        const bool isThere = existing != state.records.end();
        if (how == Change::Add && isThere) return ERROR_ALREADY_EXISTS;
        if (how == Change::Replace && !isThere) return ERROR_FILE_NOT_FOUND;
        if (const ULONG trouble = troubleWith(*record)) return trouble;
        if (isThere) *existing = *record;
        else state.records.push_back(*record);
        return saved(state);
    });
}

/// The program it was, for whoever wonders whether Wine took this DLL or its own.
void leaveMarker()
{
    wchar_t program[MAX_PATH] = {};
    GetModuleFileNameW(nullptr, program, MAX_PATH);
    (void)replaceFile(labFolder() / "httpapi-was-here", utf8(fs::path(program)) + "\n");
}

}  // namespace
}  // namespace monban::lab

using namespace monban::lab;

extern "C" {

HTTPAPI_LINKAGE ULONG WINAPI HttpInitialize(HTTPAPI_VERSION version, ULONG flags, PVOID reserved)
{
    if (reserved != nullptr || (flags & ~(HTTP_INITIALIZE_SERVER | HTTP_INITIALIZE_CONFIG)) != 0 || flags == 0) return ERROR_INVALID_PARAMETER;
    if ((version.HttpApiMajorVersion != 1 && version.HttpApiMajorVersion != 2) || version.HttpApiMinorVersion != 0) return ERROR_REVISION_MISMATCH;
    leaveMarker();
    return NO_ERROR;
}

HTTPAPI_LINKAGE ULONG WINAPI HttpTerminate(ULONG flags, PVOID reserved)
{
    return reserved != nullptr || flags == 0 ? ERROR_INVALID_PARAMETER : NO_ERROR;
}

HTTPAPI_LINKAGE ULONG WINAPI HttpQueryServiceConfiguration(HANDLE service, HTTP_SERVICE_CONFIG_ID config, PVOID query, ULONG size, PVOID output, ULONG room,
                                                           PULONG needed, LPOVERLAPPED overlapped)
{
    const auto id = static_cast<ULONG>(config);
    return withState([&](State& state) -> ULONG {
        if (service != nullptr || overlapped != nullptr || needed == nullptr || !isKnown(id, state)) return ERROR_INVALID_PARAMETER;
        const auto question = questionFrom(id, query, size);
        return question ? answer(state, id, *question, output, room, *needed) : ULONG{ERROR_INVALID_PARAMETER};
    });
}

HTTPAPI_LINKAGE ULONG WINAPI HttpSetServiceConfiguration(HANDLE service, HTTP_SERVICE_CONFIG_ID config, PVOID set, ULONG size, LPOVERLAPPED overlapped)
{
    return change(Change::Add, service, static_cast<ULONG>(config), set, size, overlapped);
}

HTTPAPI_LINKAGE ULONG WINAPI HttpDeleteServiceConfiguration(HANDLE service, HTTP_SERVICE_CONFIG_ID config, PVOID set, ULONG size, LPOVERLAPPED overlapped)
{
    const auto id = static_cast<ULONG>(config);
    return withState([&](State& state) -> ULONG {
        if (service != nullptr || overlapped != nullptr || !isKnown(id, state)) return ERROR_INVALID_PARAMETER;
        const auto endpoint = endpointFrom(id, set, size);
        if (!endpoint) return ERROR_INVALID_PARAMETER;
        if (!state.machine.elevated) return ERROR_ACCESS_DENIED;
        const auto existing = find(state.records, id, *endpoint);
        if (existing == state.records.end()) return ERROR_FILE_NOT_FOUND;
        state.records.erase(existing);
        return saved(state);
    });
}

#ifndef MONBAN_WITHOUT_UPDATE
__declspec(dllexport) ULONG WINAPI HttpUpdateServiceConfiguration(HANDLE service, HTTP_SERVICE_CONFIG_ID config, PVOID set, ULONG size,
                                                                  LPOVERLAPPED overlapped)
{
    return change(Change::Replace, service, static_cast<ULONG>(config), set, size, overlapped);
}
#endif

}  // extern "C"
