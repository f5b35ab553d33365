// SPDX-License-Identifier: MIT
// Random http.sys records, random answers, every Windows Server: a plan changes what the answers ask and nothing else.
// The expectation is written from WINDOWS-FACTS 1 and 2, without a look at how the plan comes to its result.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "core/plan/plan.h"
#include "tests/core/plan/random_records.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using namespace support;

constexpr int kCasesOfABuild = 2'600;
/// http.sys's bits for the five switches of the answers (tests/data/truth/flags.tsv), and the first build that has them.
struct SwitchBit {
    std::optional<bool> BindAnswers::*answer;
    std::uint32_t bit;
    int since;
};
constexpr SwitchBit kSwitchBits[] = {{&BindAnswers::disableHttp2, 0x10, 14393},
                                     {&BindAnswers::disableQuic, 0x20, 17763},
                                     {&BindAnswers::disableTls13, 0x40, 17763},
                                     {&BindAnswers::disableOcspStapling, 0x80, 17763},
                                     {&BindAnswers::disableLegacyTls, 0x400, 17763}};

Answers randomAnswers(Dice& dice, const std::vector<SslRecord>& records, int build)
{
    Answers answers;
    answers.bind.site = "Default Web Site";
    // Mostly a place that has a record, so that there is something to carry over.
    const SslRecord& aim = dice.of(records);
    const bool free = aim.family == RecordFamily::Ccs || dice.once(5);
    if (free ? dice.once(2) : aim.family == RecordFamily::HostNamePort) answers.bind.hostname = free ? dice.of(kHosts) : aim.endpoint;
    else answers.bind.endpoint = free ? dice.of(kAddresses) : aim.endpoint;
    answers.bind.checkRevocation = dice.maybe();
    for (const SwitchBit& one : kSwitchBits)
        if (build >= one.since) answers.bind.*(one.answer) = dice.maybe();
    answers.import.store = dice.once(2) ? "MY" : "WebHosting";
    answers.trust.ctlStore = dice.once(2) ? "iis_client_trust" : "my ctl 門";
    answers.bind.sendTrustedIssuerList = dice.once(2);
    return answers;
}

/// IIS's binding for a place: with the site under test, with another one, or with none.
enum class Answering { TheSite, AnotherSite, Nobody };
Facts factsWith(const Answers& answers, const std::vector<SslRecord>& records, int build, Answering who)
{
    Facts facts = support::freshFacts(build);
    facts.records = {records, support::kNow};
    for (const char* store : {"MY", "WebHosting", "Remote Desktop"}) facts.stores[store] = {everyCertificate(), support::kNow};
    const std::string place = answers.bind.hostname.empty() ? answers.bind.endpoint : answers.bind.hostname;
    const std::string name = place.substr(0, place.rfind(':'));
    const std::string port = place.substr(place.rfind(':') + 1);
    const bool byName = !answers.bind.hostname.empty();
    const bool every = name == "0.0.0.0" || name == "[::]";
    const std::string information = (byName || every ? "*" : name) + ":" + port + ":" + (byName ? name : "");
    const Binding binding = bindingFrom("https", information, byName ? 1 : 0);
    Site other = facts.sites->front();
    other.name = "Other";
    other.id = 2;
    other.access.front().path = "Other";
    other.bindings = {bindingFrom("http", "*:8080:", 0)};
    if (who == Answering::TheSite) facts.sites->front().bindings.push_back(binding);
    if (who == Answering::AnotherSite) other.bindings.push_back(binding);
    facts.sites->push_back(other);
    return facts;
}

std::vector<const Step*> recordSteps(const Plan& plan) { return stepsLike(plan, "bind.record"); }

/// What has to stand there afterwards: the record that was there, with what was asked for changed.
SslRecord expected(const Answers& answers, const SslRecord* existing)
{
    SslRecord record;
    if (existing) record = *existing;
    else record.appId = "{4dc3e181-e14b-4a21-b022-59fc669b0914}";
    record.family = answers.bind.hostname.empty() ? RecordFamily::IpPort : RecordFamily::HostNamePort;
    record.endpoint = answers.bind.hostname.empty() ? answers.bind.endpoint : answers.bind.hostname;
    record.thumbprint = std::string(40, 'b');
    record.store = answers.import.store;
    record.ctlStore = answers.trust.ctlStore;
    record.flags |= 0x2;
    for (const SwitchBit& one : kSwitchBits)
        if (const std::optional<bool>& answer = answers.bind.*(one.answer)) record.flags = *answer ? record.flags | one.bit : record.flags & ~one.bit;
    if (answers.bind.checkRevocation) record.checkMode = *answers.bind.checkRevocation ? record.checkMode & ~1u : record.checkMode | 1u;
    return record;
}

struct Case {
    int build;
    std::vector<SslRecord> records;
    Answers answers;
    Answering who;
};

/// What hinders a change hinders nothing where there is nothing to change.
void checkBlocked(const Plan& plan, bool nothingToChange)
{
    for (const Step* step : recordSteps(plan)) {
        if (nothingToChange && step->state == StepState::Done) continue;
        EXPECT_EQ(step->state, StepState::Blocked) << step->id;
        EXPECT_FALSE(step->reason.empty());
    }
}

/// Runs the steps, compares all records, plans again, and takes it back.
void checkDone(const Case& one, const Plan& plan, const SslRecord* existing)
{
    InMemory memory(one.records, one.build);
    const auto steps = recordSteps(plan);
    ASSERT_NO_FATAL_FAILURE(carryOut(memory, steps));
    std::vector<SslRecord> wanted = one.records;
    std::erase_if(wanted, [&](const SslRecord& record) { return existing && samePlace(record, *existing); });
    wanted.push_back(expected(one.answers, existing));
    ASSERT_EQ(comparable(memory.backend->sslRecords), comparable(wanted));

    const Facts after = factsWith(one.answers, memory.backend->sslRecords, one.build, Answering::TheSite);
    const Materials materials = support::materials();
    const auto again = planSetup({one.answers, materials, after, {}});
    for (const Step* step : recordSteps(again)) EXPECT_EQ(step->state, StepState::Done) << "a second run would change " << step->id;

    ASSERT_NO_FATAL_FAILURE(takeBack(memory, steps));
    EXPECT_EQ(comparable(memory.backend->sslRecords), comparable(one.records)) << "undo";
}

class RecordProperty : public testing::TestWithParam<int> {};

TEST_P(RecordProperty, APlanChangesWhatTheAnswersAskAndNothingElse)
{
    const std::uint64_t first = seed() + static_cast<std::uint64_t>(GetParam()) * 1'000'000;
    std::cout << "seed " << seed() << " (MONBAN_SEED), build " << GetParam() << "\n";
    int changed = 0;
    int blocked = 0;
    std::size_t records = 0;
    for (int i = 0; i < kCasesOfABuild; ++i) {
        Dice dice(first + static_cast<std::uint64_t>(i));
        Case one{GetParam(), randomRecords(dice), {}, Answering::TheSite};
        one.answers = randomAnswers(dice, one.records, one.build);
        one.who = static_cast<Answering>(dice.number(3));
        records += one.records.size();
        SslRecord place;
        place.family = one.answers.bind.hostname.empty() ? RecordFamily::IpPort : RecordFamily::HostNamePort;
        place.endpoint = one.answers.bind.hostname.empty() ? one.answers.bind.endpoint : one.answers.bind.hostname;
        const auto found = std::find_if(one.records.begin(), one.records.end(), [&](const SslRecord& record) { return samePlace(record, place); });
        const SslRecord* existing = found == one.records.end() ? nullptr : &*found;

        const Facts facts = factsWith(one.answers, one.records, one.build, one.who);
        const Materials materials = support::materials();
        const Plan plan = planSetup({one.answers, materials, facts, {}});
        ASSERT_FALSE(recordSteps(plan).empty());

        const auto known = existing ? std::find_if(owners().begin(), owners().end(), [&](const Owner& o) { return o.appId == existing->appId; }) : owners().end();
        const bool iis = existing && existing->appId == "{4dc3e181-e14b-4a21-b022-59fc669b0914}";
        const bool foreign = existing && known != owners().end() && known->foreign;
        const bool unowned = existing && !foreign && !iis && one.who != Answering::TheSite;
        if (foreign || unowned) {
            checkBlocked(plan, shown(comparable(expected(one.answers, existing))) == shown(comparable(*existing)));
            ++blocked;
        } else {
            checkDone(one, plan, existing);
            ++changed;
        }
        ASSERT_FALSE(HasFailure()) << "case " << i << " of seed " << seed() << ", build " << one.build << "\nexisting: " << (existing ? shown(*existing) : "none");
    }
    std::cout << records << " records, " << changed << " plans carried out and taken back, " << blocked << " blocked\n";
    EXPECT_GT(changed, kCasesOfABuild / 4);
    EXPECT_GT(blocked, kCasesOfABuild / 20);
}

INSTANTIATE_TEST_SUITE_P(Builds, RecordProperty, testing::Values(14393, 17763, 20348, 26100));

}  // namespace
}  // namespace monban
