// SPDX-License-Identifier: MIT
// Random http.sys records of any owner, every Windows Server: taking the set-up off a site touches the request for client
// certificates in that site's records, and not a bit else. What has to hold is written from the issue, not from the plan's code.
#include <gtest/gtest.h>

#include <iostream>

#include "core/observe/server_index.h"
#include "core/plan/removal.h"
#include "tests/core/plan/random_records.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using namespace support;

constexpr int kCasesOfABuild = 1'500;

struct Case {
    int build;
    std::vector<SslRecord> records;
    Facts facts;
    std::set<std::size_t> mine;    ///< records with a binding of our site just there
    std::set<std::size_t> others;  ///< … of the other site
    std::set<int> ports;           ///< of our bindings
    bool otherNeeds;               ///< the other site wants client certificates
};

Binding bindingAt(const SslRecord& record)
{
    const std::string name = addressOf(record.endpoint);
    const std::string port = std::to_string(*portOf(record.endpoint));
    if (record.family == RecordFamily::HostNamePort) return bindingFrom("https", "*:" + port + ":" + name, 1);
    return bindingFrom("https", (name == "0.0.0.0" ? "*" : name) + ":" + port + ":", 0);
}

Case random(std::uint64_t seed, int build)
{
    Dice dice(seed);
    Case one{build, randomRecords(dice), freshFacts(build), {}, {}, {}, dice.once(2)};
    Site other = one.facts.sites->front();
    other.name = "Other";
    other.bindings.clear();
    other.access = {Access{"Other", one.otherNeeds ? access_flags::kSsl | access_flags::kNegotiateCert : 0, !one.otherNeeds}};
    for (std::size_t i = 0; i < one.records.size(); ++i) {
        if (one.records[i].family == RecordFamily::Ccs) continue;
        if (dice.once(2)) {
            one.facts.sites->front().bindings.push_back(bindingAt(one.records[i]));
            one.mine.insert(i);
            one.ports.insert(*portOf(one.records[i].endpoint));
        }
        if (dice.once(3)) {
            other.bindings.push_back(bindingAt(one.records[i]));
            one.others.insert(i);
        }
    }
    one.facts.sites->push_back(other);
    one.facts.records = {one.records, kNow};
    return one;
}

Plan planOf(const Case& one, const std::vector<SslRecord>& records)
{
    Answers answers;
    answers.bind.site = "Default Web Site";
    Facts facts = one.facts;
    facts.records = {records, kNow};
    return planRemoval({answers, {}, facts, {}});
}

bool isForeignOwner(const SslRecord& record)
{
    return std::ranges::any_of(owners(), [&](const Owner& owner) { return owner.appId == record.appId && owner.foreign; });
}

class RemovalProperty : public testing::TestWithParam<int> {};

TEST_P(RemovalProperty, OnlyTheRequestGoesAndOnlyFromTheSitesOwnRecords)
{
    int changedRecords = 0;
    for (int i = 0; i < kCasesOfABuild && !HasFailure(); ++i) {
        const std::uint64_t seed = support::seed() + static_cast<std::uint64_t>(GetParam()) * 1'000'000 + static_cast<std::uint64_t>(i);
        SCOPED_TRACE("MONBAN_SEED=" + std::to_string(seed));
        const Case one = random(seed, GetParam());
        const Plan plan = planOf(one, one.records);
        InMemory memory(one.records, one.build);
        const auto steps = stepsLike(plan, "remove.record");
        ASSERT_NO_FATAL_FAILURE(carryOut(memory, steps));
        ASSERT_EQ(memory.backend->sslRecords.size(), one.records.size()) << "no journal, so https stays";
        for (std::size_t r = 0; r < one.records.size(); ++r) {
            const SslRecord& before = one.records[r];
            const auto found = std::ranges::find_if(memory.backend->sslRecords, [&](const SslRecord& record) { return samePlace(record, before); });
            ASSERT_NE(found, memory.backend->sslRecords.end());
            SslRecord cleared = before;
            cleared.flags &= ~record_flags::kNegotiateClientCertificate;
            cleared.ctlStore.clear();
            cleared.ctlIdentifier.clear();
            const std::string now = shown(comparable(*found));
            const bool isSame = now == shown(comparable(before));
            ASSERT_TRUE(isSame || now == shown(comparable(cleared))) << shown(before) << "\n" << now;
            changedRecords += !isSame;
            const auto port = portOf(before.endpoint);
            if (isForeignOwner(before) || before.family == RecordFamily::Ccs || !port || !one.ports.contains(*port) || (one.others.contains(r) && one.otherNeeds)) {
                ASSERT_TRUE(isSame) << "not this site's to change: " << shown(before);
            }
            const bool isAsking = before.negotiatesClientCertificate() || !before.ctlStore.empty();
            if (one.mine.contains(r) && before.appId == kIisAppId && isAsking && !one.otherNeeds) {
                ASSERT_FALSE(isSame) << "it still asks: " << shown(before);
            }
        }
        EXPECT_TRUE(stepsLike(planOf(one, memory.backend->sslRecords), "remove.record").empty()) << "a second run finds nothing";
        ASSERT_NO_FATAL_FAILURE(takeBack(memory, steps));
        EXPECT_EQ(comparable(memory.backend->sslRecords), comparable(one.records)) << "undo";
    }
    std::cout << "build " << GetParam() << ": " << changedRecords << " records changed\n";
    EXPECT_GT(changedRecords, kCasesOfABuild / 4);
}

INSTANTIATE_TEST_SUITE_P(Builds, RemovalProperty,
                         testing::Values(windows_build::kServer2016, windows_build::kServer2019, windows_build::kServer2022, windows_build::kServer2025));

}  // namespace
}  // namespace monban
