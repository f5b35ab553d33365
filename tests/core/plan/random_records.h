// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/utf8.h"
#include "core/observe/facts.h"
#include "core/plan/step.h"
#include "core/practice/practice_server.h"
#include "tests/support/memory_backend.h"
#include "tests/support/truth_table.h"
#include "tests/support/values.h"

/// Random http.sys records and a server in memory that holds them: what the property tests share.
namespace monban::support {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_engine(seed) {}
    std::uint32_t number(std::uint32_t below) { return static_cast<std::uint32_t>(m_engine() % below); }
    std::uint32_t bits() { return static_cast<std::uint32_t>(m_engine()); }
    bool once(std::uint32_t in) { return number(in) == 0; }
    template <class List>
    const auto& of(const List& list) { return list[number(static_cast<std::uint32_t>(std::size(list)))]; }
    std::string hexText(std::size_t digits)
    {
        std::string text;
        while (text.size() < digits) text += "0123456789abcdef"[number(16)];
        return text;
    }
    std::string guid() { return "{" + hexText(8) + "-" + hexText(4) + "-" + hexText(4) + "-" + hexText(4) + "-" + hexText(12) + "}"; }
    std::optional<bool> maybe()
    {
        const std::uint32_t which = number(3);
        return which == 0 ? std::nullopt : std::optional(which == 1);
    }

private:
    std::mt19937_64 m_engine;
};

struct Owner {
    std::string appId;
    bool foreign;
};
/// The rows of owners.tsv, each with what it says.
inline const std::vector<Owner>& owners()
{
    static const std::vector<Owner> list = [] {
        std::vector<Owner> read;
        for (const auto& row : readTruthTable("owners").rows) read.push_back({row["guid"], row["rule"] == "foreign"});
        return read;
    }();
    return list;
}

inline const std::vector<std::string> kAddresses{"0.0.0.0:443", "[::]:443", "192.0.2.7:443", "[2001:db8::7]:443", "0.0.0.0:8443", "127.0.0.1:443"};
inline const std::vector<std::string> kHosts{"www.example.test:443", "a.example.test:443", "www.example.test:8443", "xn--wgv71a119e.example:443", "localhost:443"};
inline const std::vector<std::string> kStoreNames{"MY", "WebHosting", "my", "", "Remote Desktop"};
inline const std::vector<std::string> kCtlNames{"", "iis_client_trust", "ClientAuthIssuer", "ROOT", "門番 CTL", "a=b c"};
inline const std::vector<std::string> kIdentifiers{"", "", "", "list", "a list", "一覧", "x=y", "say \"no\"", "tail\\", "%PATH%"};
inline const std::vector<std::string> kCertificates{std::string(40, 'b'), std::string(40, 'c'), std::string(40, '0'), "0123456789abcdef0123456789abcdef01234567"};

inline SslRecord randomRecord(Dice& dice)
{
    SslRecord record;
    const std::uint32_t family = dice.number(10);
    record.family = family < 5 ? RecordFamily::IpPort : family < 9 ? RecordFamily::HostNamePort : RecordFamily::Ccs;
    const std::uint32_t owner = dice.number(4);
    record.appId = owner == 0 ? kIisAppId : owner == 1 ? kZeroAppId : owner == 2 ? dice.of(owners()).appId : dice.guid();
    if (record.family == RecordFamily::Ccs) {
        // A record of the central store accepts only default options (WINDOWS-FACTS 2.2).
        record.endpoint = dice.once(2) ? "443" : "8443";
        return record;
    }
    record.endpoint = dice.of(record.family == RecordFamily::IpPort ? kAddresses : kHosts);
    record.thumbprint = dice.of(kCertificates);
    record.store = dice.of(kStoreNames);
    record.ctlStore = dice.of(kCtlNames);
    record.ctlIdentifier = dice.of(kIdentifiers);
    // Mostly documented bits; now and then any of the 32, as a later Windows may have them.
    record.flags = dice.once(8) ? dice.bits() : dice.bits() & dice.bits() & 0xFFFF;
    record.checkMode = dice.once(8) ? dice.bits() : dice.bits() & 0x10007;
    if (dice.once(3)) record.freshnessSeconds = dice.once(4) ? 0xFFFFFFFFu : dice.number(100'000);
    if (dice.once(3)) record.timeoutMilliseconds = dice.once(4) ? 0xFFFFFFFFu : dice.number(100'000);
    // What most real records have: the bit and the time agree.
    if (!dice.once(6)) record.checkMode = record.freshnessSeconds ? record.checkMode | 4 : record.checkMode & ~4u;
    return record;
}

inline bool samePlace(const SslRecord& a, const SslRecord& b) { return a.family == b.family && equalsIgnoringCase(a.endpoint, b.endpoint); }

inline std::vector<SslRecord> randomRecords(Dice& dice)
{
    std::vector<SslRecord> records;
    for (std::uint32_t count = 1 + dice.number(8); count > 0; --count) {
        SslRecord record = randomRecord(dice);
        if (std::none_of(records.begin(), records.end(), [&](const SslRecord& one) { return samePlace(one, record); })) records.push_back(record);
    }
    return records;
}

inline std::string shown(const SslRecord& r)
{
    std::ostringstream text;
    text << name(r.family) << '=' << r.endpoint << ' ' << r.thumbprint << ' ' << r.appId << " store '" << r.store << "' mode " << std::hex << r.checkMode
         << " fresh " << r.freshnessSeconds << " timeout " << r.timeoutMilliseconds << " list '" << r.ctlIdentifier << "' ctl '" << r.ctlStore << "' flags "
         << r.flags;
    return text.str();
}
/// The spelling of a store's name is not part of the record: Windows compares it without case, and "" is MY.
inline SslRecord comparable(SslRecord record)
{
    record.endpoint = lowerAscii(record.endpoint);
    record.store = record.store.empty() ? "MY" : storeSpelling(record.store);
    record.ctlStore = storeSpelling(record.ctlStore);
    return record;
}
inline std::vector<std::string> comparable(const std::vector<SslRecord>& records)
{
    std::vector<std::string> all;
    for (const SslRecord& record : records) all.push_back(shown(comparable(record)));
    std::sort(all.begin(), all.end());
    return all;
}

/// What the records can name, as facts have it.
inline std::vector<StoredCertificate> everyCertificate()
{
    std::vector<StoredCertificate> all;
    for (const std::string& thumbprint : kCertificates) {
        all.push_back({certificate("earlier", '1'), "", KeyState::Present});
        all.back().certificate.thumbprintSha1 = thumbprint;
    }
    return all;
}

/// A server in memory on which netsh's grammar runs; it holds every certificate a record can name.
struct InMemory {
    MemoryBackend* backend;
    std::unique_ptr<practice::PracticeServer> server;

    InMemory(const std::vector<SslRecord>& records, int build)
    {
        auto owned = std::make_unique<MemoryBackend>();
        backend = owned.get();
        backend->state.build = build;
        backend->sslRecords = records;
        for (const char* store : {"MY", "WebHosting", "Remote Desktop"})
            for (const std::string& thumbprint : kCertificates) backend->stores[store].push_back({{}, thumbprint, "", KeyState::Present, "k"});
        server = std::make_unique<practice::PracticeServer>(std::move(owned), fs::path("unused"));
    }
    std::string run(const Action& action)
    {
        const auto output = server->run(action, {}, [](const std::string&) {}, {});
        if (!output) return inEnglish(output.error().message);
        return output->exitCode == 0 ? "" : output->text;
    }
};

/// Those of the plan whose ids begin so.
inline std::vector<const Step*> stepsLike(const Plan& plan, const char* id)
{
    std::vector<const Step*> steps;
    for (const Step& step : plan.steps)
        if (step.id.starts_with(id)) steps.push_back(&step);
    return steps;
}

inline void carryOut(InMemory& memory, const std::vector<const Step*>& steps)
{
    for (const Step* step : steps) {
        ASSERT_TRUE(step->state == StepState::Needed || step->state == StepState::Done) << step->id << " " << inEnglish(step->reason);
        ASSERT_TRUE(step->action && step->undo) << step->id;
        const std::string trouble = step->state == StepState::Needed ? memory.run(*step->action) : "";
        ASSERT_EQ(trouble, "") << byHand(*step->action).commandPrompt.value_or("");
    }
}

inline void takeBack(InMemory& memory, const std::vector<const Step*>& steps)
{
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        const std::string trouble = (*step)->state == StepState::Needed ? memory.run(*(*step)->undo) : "";
        ASSERT_EQ(trouble, "") << byHand(*(*step)->undo).commandPrompt.value_or("");
    }
}

inline std::uint64_t seed()
{
    const char* given = std::getenv("MONBAN_SEED");
    return given ? std::strtoull(given, nullptr, 10) : 20261123;
}

}  // namespace monban::support
