// SPDX-License-Identifier: MIT
// An HTTP Server API that answers what no Windows should: every such answer is an error that says so, or shown as it is.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "core/platform/windows/app_id.h"
#include "core/platform/windows/http_api.h"
#include "core/platform/windows/http_records.h"
#include "core/platform/windows/socket_address.h"
#include "core/platform/windows/ssl_configuration.h"

namespace monban::windows {
namespace {

/// What the calls shall do; by default there are no records, and every change works.
struct Script {
    std::function<ULONG(ULONG id, const std::uint8_t* query, std::uint8_t* answer, ULONG room, ULONG& needed)> query =
        [](ULONG, const std::uint8_t*, std::uint8_t*, ULONG, ULONG&) -> ULONG { return ERROR_NO_MORE_ITEMS; };
    std::function<ULONG(const void* record, ULONG size)> set = [](const void*, ULONG) -> ULONG { return NO_ERROR; };
    ULONG remove = NO_ERROR;
    std::optional<ULONG> update;
    std::vector<std::string> calls;
};

class ScriptedApi final : public HttpApi {
public:
    explicit ScriptedApi(Script& script) : m_script(script) {}
    ULONG query(ULONG id, void* query, ULONG, void* answer, ULONG room, ULONG& needed) override
    {
        m_script.calls.push_back("query");
        return m_script.query(id, static_cast<const std::uint8_t*>(query), static_cast<std::uint8_t*>(answer), room, needed);
    }
    ULONG set(ULONG, void* record, ULONG size) override
    {
        m_script.calls.push_back("set");
        return m_script.set(record, size);
    }
    ULONG remove(ULONG, void*, ULONG) override
    {
        m_script.calls.push_back("remove");
        return m_script.remove;
    }
    std::optional<ULONG> update(ULONG, void*, ULONG) override
    {
        m_script.calls.push_back("update");
        return m_script.update;
    }

private:
    Script& m_script;
};

HttpRecords recordsOf(Script& script) { return HttpRecords(std::make_unique<ScriptedApi>(script)); }

DWORD tokenOf(const std::uint8_t* query)
{
    SslQuery<IpPortKey> structure{};
    std::memcpy(&structure, query, sizeof structure);
    return structure.token;
}

/// Answers the first query for IP:port with a record that the function fills in; the rest of the answer is its to use.
Script answering(const std::function<void(SslSet<IpPortKey>& set, std::uint8_t* rest)>& fill)
{
    Script script;
    script.query = [fill](ULONG id, const std::uint8_t* query, std::uint8_t* answer, ULONG room, ULONG&) -> ULONG {
        if (id != config_id::kIpPort || tokenOf(query) > 0) return ERROR_NO_MORE_ITEMS;
        EXPECT_GE(room, 1024u);
        SslSet<IpPortKey> set{};
        const SOCKADDR_STORAGE address = *addressFrom("192.0.2.1:443");
        std::memcpy(answer + sizeof set, &address, sizeof address);
        set.key.address = reinterpret_cast<SOCKADDR*>(answer + sizeof set);
        fill(set, answer + sizeof set + sizeof address);
        std::memcpy(answer, &set, sizeof set);
        return NO_ERROR;
    };
    return script;
}

void expectDamaged(Script script, const std::string& detail)
{
    const auto records = recordsOf(script).all();
    ASSERT_FALSE(records) << detail;
    EXPECT_EQ(records.error().code, ErrorCode::Damaged);
    EXPECT_EQ(records.error().detail, "http.sys ipport" + detail);
}

TEST(HttpRecordsHostile, NamesARecordThatMakesNoSense)
{
    expectDamaged(answering([](auto& set, auto) { set.key.address = nullptr; }), ": its key is no endpoint");
    expectDamaged(answering([](auto& set, auto) { set.key.address = reinterpret_cast<SOCKADDR*>(8); }), ": its key is no endpoint");
    expectDamaged(answering([](auto& set, auto) { set.key.address->sa_family = 77; }), ": its key is no endpoint");
    expectDamaged(answering([](auto& set, auto) { set.parameters.hashLength = 20; }), " 192.0.2.1:443: its certificate hash lies outside the answer");
    expectDamaged(answering([](auto& set, auto rest) {
                      set.parameters.hash = rest;
                      set.parameters.hashLength = 0xFFFFFFFF;
                  }),
                  " 192.0.2.1:443: its certificate hash lies outside the answer");
    expectDamaged(answering([](auto& set, auto) { set.parameters.storeName = reinterpret_cast<wchar_t*>(0x10); }), " 192.0.2.1:443: one of its names is no text");
    expectDamaged(answering([](auto& set, auto rest) {
                      set.parameters.ctlStoreName = reinterpret_cast<wchar_t*>(rest);
                      std::memcpy(rest, L"\xD83D", 4);
                  }),
                  " 192.0.2.1:443: one of its names is no text");
}

TEST(HttpRecordsHostile, FindsNoEndOfATextThatHasNone)
{
    Script script;
    script.query = [](ULONG, const std::uint8_t*, std::uint8_t* answer, ULONG room, ULONG&) -> ULONG {
        std::memset(answer, 'x', room);
        SslSet<IpPortKey> set{};
        const SOCKADDR_STORAGE address = *addressFrom("[::1]:1");
        std::memcpy(answer + sizeof set, &address, sizeof address);
        set.key.address = reinterpret_cast<SOCKADDR*>(answer + sizeof set);
        // At an odd place, too.
        set.parameters.ctlIdentifier = reinterpret_cast<wchar_t*>(answer + sizeof set + sizeof address + 1);
        std::memcpy(answer, &set, sizeof set);
        return NO_ERROR;
    };
    expectDamaged(script, " [::1]:1: one of its names is no text");
}

TEST(HttpRecordsHostile, RefusesAnAddressThatTheAnswerCutsShort)
{
    for (std::size_t size = 0; size < sizeof(SslSet<IpPortKey>) + 28; ++size) {
        std::vector<std::uint8_t> answer(sizeof(SslSet<IpPortKey>) + 28);
        SslSet<IpPortKey> set{};
        set.key.address = reinterpret_cast<SOCKADDR*>(answer.data() + sizeof set);
        const SOCKADDR_STORAGE address = *addressFrom("[::1]:1");
        std::memcpy(answer.data(), &set, sizeof set);
        std::memcpy(answer.data() + sizeof set, &address, 28);
        EXPECT_FALSE(recordFrom(config_id::kIpPort, ByteView(answer).first(size))) << size;
        if (size == sizeof set + 27) {
            EXPECT_EQ(recordFrom(config_id::kIpPort, answer)->endpoint, "[::1]:1");
        }
    }
}

TEST(HttpRecordsHostile, ShowsAHashOfAnyLengthAsItIs)
{
    for (const ULONG length : {0u, 1u, 7u, 20u, 32u, 64u}) {
        Script script = answering([&](auto& set, auto rest) {
            set.parameters.hash = length ? rest : nullptr;
            set.parameters.hashLength = length;
            std::memset(rest, 0xA5, length);
        });
        const auto records = recordsOf(script).all();
        ASSERT_TRUE(records) << records.error().detail;
        ASSERT_EQ(records->size(), 1u);
        std::string expected;
        for (ULONG i = 0; i < length; ++i) expected += "a5";
        EXPECT_EQ(records->front().thumbprint, expected);
    }
}

TEST(HttpRecordsHostile, RefusesAHostNameOrPortForOneAddressOnly)
{
    SslSet<HostNameKey> set{};
    std::vector<std::uint8_t> answer(sizeof set + 64);
    std::memcpy(answer.data() + sizeof set, L"www", 8);
    const auto readWith = [&](const SOCKADDR_STORAGE& address, bool named) {
        set.key.address = address;
        set.key.host = named ? reinterpret_cast<wchar_t*>(answer.data() + sizeof set) : nullptr;
        std::memcpy(answer.data(), &set, sizeof set);
        return recordFrom(config_id::kHostName, answer);
    };
    ASSERT_TRUE(readWith(everyAddress(443), true));
    EXPECT_EQ(readWith(everyAddress(443), true)->endpoint, "www:443");
    EXPECT_FALSE(readWith(everyAddress(443), false)) << "no name";
    EXPECT_FALSE(readWith(*addressFrom("192.0.2.1:443"), true));
    EXPECT_FALSE(readWith(*addressFrom("[::]:443"), true)) << "written back it would be another key";
    EXPECT_FALSE(readWith(SOCKADDR_STORAGE{}, true));
}

TEST(HttpRecordsHostile, GivesUpOnAnAnswerThatGoesOnGrowing)
{
    for (const ULONG step : {1u, 5000u, 100'000'000u}) {
        Script script;
        ULONG largest = 0;
        script.query = [&](ULONG, const std::uint8_t*, std::uint8_t*, ULONG room, ULONG& needed) -> ULONG {
            largest = std::max(largest, room);
            needed = room + step;
            return ERROR_INSUFFICIENT_BUFFER;
        };
        const auto records = recordsOf(script).all();
        ASSERT_FALSE(records);
        EXPECT_EQ(records.error().detail, "HttpQueryServiceConfiguration ipport: Windows error 122");
        EXPECT_LE(script.calls.size(), 8u);
        EXPECT_LE(largest, 1u << 20);
    }
}

TEST(HttpRecordsHostile, TakesALargerBufferWhereTheFirstIsTooSmall)
{
    Script script = answering([](auto& set, auto) { set.parameters.flags = 5; });
    const auto small = script.query;
    script.query = [&, small](ULONG id, const std::uint8_t* query, std::uint8_t* answer, ULONG room, ULONG& needed) -> ULONG {
        if (room >= 50'000) return small(id, query, answer, room, needed);
        needed = 50'000;
        return ERROR_INSUFFICIENT_BUFFER;
    };
    const auto records = recordsOf(script).all();
    ASSERT_TRUE(records) << records.error().detail;
    ASSERT_EQ(records->size(), 1u);
    EXPECT_EQ(records->front().flags, 5u);
}

TEST(HttpRecordsHostile, GivesUpOnAListWithoutEnd)
{
    Script script;
    const Script first = answering([](auto&, auto) {});
    script.query = [&](ULONG id, const std::uint8_t*, std::uint8_t* answer, ULONG room, ULONG& needed) -> ULONG {
        const auto zero = nextQuery(id, 0);
        return first.query(id, zero.data(), answer, room, needed);
    };
    expectDamaged(script, ": no end of records");
}

TEST(HttpRecordsHostile, TakesOneErrorForNoneAndEveryOtherForAnError)
{
    const auto answerTo = [](ULONG which, ULONG code) {
        Script script;
        script.query = [=](ULONG id, const std::uint8_t*, std::uint8_t*, ULONG, ULONG&) -> ULONG { return id == which ? code : ULONG{ERROR_NO_MORE_ITEMS}; };
        return recordsOf(script).all();
    };
    for (const ULONG id : {config_id::kIpPort, config_id::kHostName, config_id::kCentralStore, config_id::kScopedCentralStore}) {
        EXPECT_TRUE(answerTo(id, ERROR_FILE_NOT_FOUND)) << id;
        EXPECT_EQ(answerTo(id, ERROR_ACCESS_DENIED).error().code, ErrorCode::Denied) << id;
        EXPECT_EQ(answerTo(id, ERROR_GEN_FAILURE).error().code, ErrorCode::Io) << id;
    }
    EXPECT_FALSE(answerTo(config_id::kIpPort, ERROR_INVALID_PARAMETER)) << "every Windows knows this family: our query would be wrong";
    EXPECT_TRUE(answerTo(config_id::kScopedCentralStore, ERROR_INVALID_PARAMETER)) << "which Windows knows this one is not known";
}

TEST(HttpRecordsHostile, IsNoListThatBreaksOffInTheMiddle)
{
    Script script = answering([](auto&, auto) {});
    const auto first = script.query;
    for (const ULONG code : {ERROR_FILE_NOT_FOUND, ERROR_INVALID_PARAMETER, ERROR_ACCESS_DENIED}) {
        script.query = [=](ULONG id, const std::uint8_t* query, std::uint8_t* answer, ULONG room, ULONG& needed) -> ULONG {
            return tokenOf(query) > 0 && id == config_id::kIpPort ? code : first(id, query, answer, room, needed);
        };
        EXPECT_FALSE(recordsOf(script).all()) << code;
    }
}

SslRecord wanted()
{
    SslRecord record;
    record.endpoint = "192.0.2.1:443";
    record.thumbprint = std::string(40, 'b');
    record.appId = kIisAppId;
    return record;
}

TEST(HttpRecordsHostile, PutsTheOldRecordBackAsItWasWhenTheNewOneIsRefused)
{
    Script script = answering([](auto& set, auto rest) {
        std::memcpy(rest, L"an old store", 26);
        set.parameters.storeName = reinterpret_cast<wchar_t*>(rest);
        set.parameters.flags = 0xFFFFFFFF;
    });
    std::vector<SslRecord> seen;
    script.set = [&](const void* record, ULONG size) -> ULONG {
        EXPECT_EQ(size, sizeof(SslSet<IpPortKey>));
        SslSet<IpPortKey> set{};
        std::memcpy(&set, record, sizeof set);
        seen.push_back({});
        seen.back().store = set.parameters.storeName ? utf8(fs::path(set.parameters.storeName)) : "";
        seen.back().flags = set.parameters.flags;
        return seen.size() == 1 ? ULONG{ERROR_NO_SUCH_LOGON_SESSION} : ULONG{NO_ERROR};
    };
    const auto put = recordsOf(script).put(wanted());
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().detail, "HttpSetServiceConfiguration ipport 192.0.2.1:443: Windows error 1312");
    EXPECT_EQ(script.calls, (std::vector<std::string>{"update", "query", "remove", "set", "set"}));
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].flags, 0u);
    EXPECT_EQ(seen[1].flags, 0xFFFFFFFFu);
    EXPECT_EQ(seen[1].store, "an old store");
}

TEST(HttpRecordsHostile, SaysBothFailuresWhenTheOldRecordCannotBePutBack)
{
    Script script = answering([](auto&, auto) {});
    int sets = 0;
    script.set = [&](const void*, ULONG) -> ULONG { return ++sets == 1 ? ERROR_NO_SUCH_LOGON_SESSION : ERROR_GEN_FAILURE; };
    const auto put = recordsOf(script).put(wanted());
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().detail,
              "HttpSetServiceConfiguration ipport 192.0.2.1:443: Windows error 1312, and putting the old one back: Windows error 31");
    const std::string sentence = inEnglish(put.error().message);
    EXPECT_NE(sentence.find("error 1312"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("error 31)"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("There is none now"), std::string::npos) << sentence;
}

TEST(HttpRecordsHostile, ChangesNothingWhereItCannotSeeOrRemoveWhatIsThere)
{
    Script unreadable;
    unreadable.query = [](ULONG, const std::uint8_t*, std::uint8_t*, ULONG, ULONG&) -> ULONG { return ERROR_GEN_FAILURE; };
    EXPECT_FALSE(recordsOf(unreadable).put(wanted()));
    EXPECT_EQ(unreadable.calls, (std::vector<std::string>{"update", "query"}));
    Script denied = answering([](auto&, auto) {});
    denied.remove = ERROR_ACCESS_DENIED;
    const auto put = recordsOf(denied).put(wanted());
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::Denied);
    EXPECT_EQ(denied.calls, (std::vector<std::string>{"update", "query", "remove"}));
    Script refused;
    refused.update = ERROR_INVALID_PARAMETER;
    EXPECT_FALSE(recordsOf(refused).put(wanted()));
    EXPECT_EQ(refused.calls, (std::vector<std::string>{"update"})) << "what Windows refuses to replace stays";
}

TEST(HttpRecordsHostile, HandsOverNoRecordThatWouldArriveAsAnother)
{
    Script script;
    const HttpRecords records = recordsOf(script);
    const auto refuses = [&](const std::function<void(SslRecord&)>& spoil) {
        SslRecord record = wanted();
        spoil(record);
        const auto put = records.put(record);
        return !put && put.error().code == ErrorCode::InvalidInput;
    };
    EXPECT_FALSE(refuses([](SslRecord&) {}));
    script.calls.clear();
    for (const char* endpoint : {"", "443", "0.0.0.0", "0.0.0.0:", "0.0.0.0:65536", "0.0.0.0:-1", "0.0.0.0:443 ", "1.2.3:443", "0x7f.1:443", "www:443", "[::]",
                                 "[::1%]:443", "[::1%0]:1", "::1:443", "[1.2.3.4]:443", "300.0.0.1:443"})
        EXPECT_TRUE(refuses([&](SslRecord& record) { record.endpoint = endpoint; })) << endpoint;
    for (const char* endpoint : {"", "www", ":443", "www:", "www:70000", "www:x"})
        EXPECT_TRUE(refuses([&](SslRecord& record) {
            record.family = RecordFamily::HostNamePort;
            record.endpoint = endpoint;
        })) << endpoint;
    for (const char* endpoint : {"", "70000", "x", ":443", "www:"})
        EXPECT_TRUE(refuses([&](SslRecord& record) {
            record.family = RecordFamily::Ccs;
            record.endpoint = endpoint;
        })) << endpoint;
    EXPECT_TRUE(refuses([](SslRecord& record) { record.thumbprint = "abc"; }));
    EXPECT_TRUE(refuses([](SslRecord& record) { record.appId = "4dc3e181-e14b-4a21-b022-59fc669b0914"; }));
    EXPECT_TRUE(refuses([](SslRecord& record) { record.appId = "{4dc3e181-e14b-4a21-b022-59fc669b091x}"; }));
    EXPECT_TRUE(refuses([](SslRecord& record) { record.store = std::string("M\0Y", 3); }));
    EXPECT_TRUE(refuses([](SslRecord& record) { record.ctlStore = "\xFF"; }));
    EXPECT_TRUE(refuses([](SslRecord& record) { record.ctlIdentifier = "\xED\xA0\x80"; }));
    EXPECT_TRUE(script.calls.empty()) << "nothing of that reached Windows";
}

TEST(AppId, GoesThereAndBack)
{
    const auto id = appIdFrom("{4DC3E181-e14b-4a21-b022-59fc669b0914}");
    ASSERT_TRUE(id);
    const GUID expected{0x4dc3e181, 0xe14b, 0x4a21, {0xb0, 0x22, 0x59, 0xfc, 0x66, 0x9b, 0x09, 0x14}};
    EXPECT_EQ(std::memcmp(&*id, &expected, sizeof expected), 0);
    EXPECT_EQ(appIdText(*id), kIisAppId);
}

}  // namespace
}  // namespace monban::windows
