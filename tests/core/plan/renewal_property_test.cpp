// SPDX-License-Identifier: MIT
// Random http.sys records of any owner, every Windows Server: a renewal changes the hashes that should change and not a bit
// else. The expectation is written from the issue and WINDOWS-FACTS 2, without a look at how the plan comes to its result.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "core/plan/renewal.h"
#include "tests/core/plan/random_records.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using namespace support;

constexpr int kCasesOfABuild = 2'600;
const std::string kNew(40, 'b');
const std::string kOld(40, 'c');

/// IIS's binding that stands exactly at the record's place.
Binding bindingAt(const SslRecord& record)
{
    const auto colon = record.endpoint.rfind(':');
    const std::string name = record.endpoint.substr(0, colon);
    const std::string port = record.endpoint.substr(colon);
    if (record.family == RecordFamily::HostNamePort) return bindingFrom("https", "*" + port + ":" + name, 1);
    return bindingFrom("https", (name == "0.0.0.0" ? "*" : name) + port + ":", 0);
}

struct Case {
    int build;
    std::vector<SslRecord> records;
    std::vector<bool> isBound;  ///< of each: a site of IIS has a binding just there
    bool namesTheOld;           ///< certificate.replaces, or else the shared name tells
    bool acceptsUnknown;
};

/// "*:443:" is met over IPv6 as well (WINDOWS-FACTS 2.1).
bool answers(const Case& one, std::size_t index)
{
    if (one.isBound[index]) return true;
    const std::string& endpoint = one.records[index].endpoint;
    if (one.records[index].family != RecordFamily::IpPort || !endpoint.starts_with("[::]")) return false;
    for (std::size_t i = 0; i < one.records.size(); ++i)
        if (one.isBound[i] && one.records[i].family == RecordFamily::IpPort && one.records[i].endpoint == "0.0.0.0" + endpoint.substr(4)) return true;
    return false;
}

/// Whose hash is to change: IIS's own, and what no known program owns where a site answers or the user says it is the site's.
bool isOurs(const Case& one, std::size_t index)
{
    const SslRecord& record = one.records[index];
    if (record.appId == "{4dc3e181-e14b-4a21-b022-59fc669b0914}") return true;
    const auto known = std::ranges::find_if(owners(), [&](const Owner& owner) { return owner.appId == record.appId; });
    if (known != owners().end() && known->foreign) return false;
    return answers(one, index) || one.acceptsUnknown;
}

Facts factsOf(const Case& one, const std::vector<SslRecord>& records)
{
    Facts facts = freshFacts(one.build);
    facts.records = {records, kNow};
    for (std::size_t i = 0; i < one.records.size(); ++i)
        if (one.isBound[i]) facts.sites->front().bindings.push_back(bindingAt(one.records[i]));
    std::vector<StoredCertificate> store;
    for (const std::string& thumbprint : kCertificates) {
        if (thumbprint == kNew) continue;
        Certificate there = serverCertificate();
        there.thumbprintSha1 = thumbprint;
        if (thumbprint != kOld) there.dnsNames = {"other.example.test"};
        store.push_back({there, "", KeyState::NotExportable});
    }
    for (const char* name : {"MY", "WebHosting", "Remote Desktop"}) facts.stores[name] = {store, kNow};
    return facts;
}

std::vector<const Step*> recordSteps(const Plan& plan) { return stepsLike(plan, "renew.record"); }

Plan planOf(const Case& one, const std::vector<SslRecord>& records)
{
    Answers answers;
    if (one.namesTheOld) answers.certificate.replaces = kOld;
    const Materials given = materials();
    const Facts facts = factsOf(one, records);
    return planRenewal({answers, given, facts, one.acceptsUnknown ? std::set<std::string>{"unknown-owner"} : std::set<std::string>()});
}

/// Runs the steps on a server in memory, compares every record with what has to stand there, plans again, takes it back.
void check(const Case& one, const Plan& plan, const std::vector<SslRecord>& wanted)
{
    InMemory memory(one.records, one.build);
    const auto steps = recordSteps(plan);
    ASSERT_NO_FATAL_FAILURE(carryOut(memory, steps));
    ASSERT_EQ(comparable(memory.backend->sslRecords), comparable(wanted));
    const Plan again = planOf(one, memory.backend->sslRecords);
    for (const Step* step : recordSteps(again))
        EXPECT_EQ(step->state, StepState::Done) << "a second run would change " << step->id << " " << inEnglish(step->reason);
    ASSERT_NO_FATAL_FAILURE(takeBack(memory, steps));
    EXPECT_EQ(comparable(memory.backend->sslRecords), comparable(one.records)) << "undo";
}

/// Whoever accepts what a plan says gets a plan that asks for nothing else to be accepted.
void checkAcceptance(Case one)
{
    one.acceptsUnknown = false;
    const auto shown = planOf(one, one.records).saidOf("unknown-owner");
    one.acceptsUnknown = true;
    const auto then = planOf(one, one.records).saidOf("unknown-owner");
    EXPECT_TRUE(shown.empty() || std::ranges::includes(shown, then));
}

class RenewalProperty : public testing::TestWithParam<int> {};

TEST_P(RenewalProperty, OnlyTheHashesThatShouldChangeDo)
{
    const std::uint64_t first = seed() + static_cast<std::uint64_t>(GetParam()) * 1'000'000;
    std::cout << "seed " << seed() << " (MONBAN_SEED), build " << GetParam() << "\n";
    int renewed = 0;
    int blocked = 0;
    std::size_t records = 0;
    std::size_t changed = 0;
    std::size_t left = 0;
    for (int i = 0; i < kCasesOfABuild; ++i) {
        Dice dice(first + static_cast<std::uint64_t>(i));
        Case one{GetParam(), randomRecords(dice), {}, dice.once(2), dice.once(4)};
        for (SslRecord& record : one.records)
            if (record.family != RecordFamily::Ccs && dice.once(2)) record.thumbprint = kOld;
        for (const SslRecord& record : one.records) one.isBound.push_back(record.family != RecordFamily::Ccs && dice.once(2));
        records += one.records.size();

        std::vector<SslRecord> wanted = one.records;
        std::size_t ours = 0;
        std::size_t foreign = 0;
        std::size_t there = 0;
        for (std::size_t r = 0; r < one.records.size(); ++r) {
            const bool hasOld = one.records[r].thumbprint == kOld;
            if (hasOld && isOurs(one, r)) wanted[r].thumbprint = kNew, ++ours;
            else if (hasOld) ++foreign;
            else if (one.records[r].thumbprint == kNew && isOurs(one, r)) ++there;
        }
        const Plan plan = planOf(one, one.records);
        if (i % 4 == 0) checkAcceptance(one);
        const auto named = std::ranges::count_if(plan.findings, [](const Finding& finding) { return finding.id == kRecordLeft; });
        if (ours + there > 0) {
            check(one, plan, wanted);
            EXPECT_EQ(static_cast<std::size_t>(named), foreign);
            EXPECT_EQ(incompleteRenewal(plan).has_value(), foreign > 0);
            ++renewed;
            changed += ours;
            left += foreign;
        } else {
            EXPECT_TRUE(plan.has(StepState::Blocked));
            ++blocked;
        }
        ASSERT_FALSE(HasFailure()) << "case " << i << " of seed " << seed() << ", build " << one.build;
    }
    std::cout << records << " records, " << renewed << " renewals carried out and taken back (" << changed << " hashes changed, " << left << " left to others), " << blocked
              << " blocked\n";
    EXPECT_GT(renewed, kCasesOfABuild / 2);
    EXPECT_GT(left, static_cast<std::size_t>(kCasesOfABuild / 10));
    EXPECT_GT(blocked, kCasesOfABuild / 50);
}

INSTANTIATE_TEST_SUITE_P(Builds, RenewalProperty, testing::Values(windows_build::kServer2016, windows_build::kServer2019, windows_build::kServer2022, windows_build::kServer2025));

}  // namespace
}  // namespace monban
