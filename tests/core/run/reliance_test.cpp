// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/run/execute.h"
#include "tests/support/fake_server.h"

/// An earlier run is not taken back while a later one relies on what it did.
namespace monban {
namespace {

using support::FakeServer;
using Ids = std::set<std::string>;

JournalRun runOf(const std::string& name, const State& before, const State& after)
{
    JournalStep step;
    step.id = "step";
    step.before.push_back(before);
    step.wanted.push_back(after);
    step.after.push_back(after);
    step.outcome = "done";
    JournalRun run;
    run.run = name;
    run.outcome = "done";
    run.steps.push_back(std::move(step));
    return run;
}

class RelianceTest : public testing::Test {
protected:
    RelianceTest() : m_server(support::temporaryFolder()), m_materials(support::materials()) {}

    /// Runs those steps of the set-up alone, or all of them; returns the run's name.
    std::string run(const Ids& only = {})
    {
        Plan plan = planSetup({m_answers, m_materials, m_server.facts, {}});
        if (!only.empty()) std::erase_if(plan.steps, [&](const Step& step) { return !only.contains(step.id); });
        m_server.obey(plan);
        const Outcome outcome = execute(plan, m_server, m_materials, m_progress, {});
        EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
        return outcome.run.value_or("");
    }
    Plan undoing(const std::string& name)
    {
        const auto run = runToUndo(m_journal, name);
        EXPECT_TRUE(run && *run);
        const auto plan = planUndo(**run, m_journal, m_server.facts);
        EXPECT_TRUE(plan);
        return *plan;
    }
    Outcome undo(const std::string& name)
    {
        const auto run = runToUndo(m_journal, name);
        const Plan plan = undoing(name);
        m_server.obey(plan);
        m_server.ran.clear();
        return executeUndo(**run, plan, m_server, m_progress, {});
    }
    void expectRefused(const std::string& run, const std::string& later, const std::string& thing)
    {
        const Outcome outcome = undo(run);
        EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
        EXPECT_TRUE(m_server.ran.empty()) << "nothing is undone";
        const std::string reason = inEnglish(outcome.reason);
        EXPECT_NE(reason.find(later), std::string::npos) << reason;
        EXPECT_NE(reason.find(thing), std::string::npos) << reason;
    }
    void expectUndone(const std::string& run)
    {
        const Outcome outcome = undo(run);
        EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    }

    FakeServer m_server;
    Materials m_materials;
    Answers m_answers;
    Progress m_progress;
    Journal m_journal{m_server.journalFolder()};
};

TEST_F(RelianceTest, TheStoreARecordNamesStaysUntilTheRecordIsUndone)
{
    const std::string trust = run({"trust.ctl"});
    const std::string rest = run();
    expectRefused(trust, rest, "ssl_records[ipport=0.0.0.0:443]");
    expectUndone(rest);
    expectUndone(trust);
    EXPECT_TRUE(storeOf(m_server.facts, "iis_client_trust")->empty());
}

TEST_F(RelianceTest, TheTrustedRootBehindThatStoreStaysAsWell)
{
    const std::string trust = run({"trust.root"});
    expectRefused(trust, run(), "ssl_records[ipport=0.0.0.0:443]");
}

TEST_F(RelianceTest, TheCertificateARecordUsesStaysUntilTheRecordIsUndone)
{
    const std::string import = run({"import.certificate"});
    const std::string rest = run();
    expectRefused(import, rest, "ssl_records[ipport=0.0.0.0:443]");
    expectUndone(rest);
    expectUndone(import);
}

TEST_F(RelianceTest, ASiteThatRequiresCertificatesKeepsTheRecordThatAsksForThem)
{
    const std::string bind = run({"import.certificate", "trust.ctl", "trust.root", "bind.site", "bind.record", "bind.issuer-list"});
    const std::string require = run();
    expectRefused(bind, require, "access[Default Web Site]");
    expectUndone(require);
    expectUndone(bind);
}

TEST_F(RelianceTest, ABindingStaysUnderTheRecordThatAnswersIt)
{
    const std::string site = run({"import.certificate", "trust.ctl", "trust.root", "bind.site"});
    const std::string record = run({"bind.record"});
    expectRefused(site, record, "ssl_records[ipport=0.0.0.0:443]");
}

TEST_F(RelianceTest, WhatNothingBreaksWithoutCanGoAtAnyTime)
{
    const std::string list = run({"bind.issuer-list"});
    run();
    expectUndone(list);
}

TEST_F(RelianceTest, WhatSomebodyTookAwaySinceReliesOnNothing)
{
    const std::string import = run({"import.certificate"});
    run();
    m_server.facts.records->clear();
    m_server.facts.sites->front().bindings.pop_back();
    m_server.facts.sites->front().access = {Access{"Default Web Site", 0, true}};
    expectUndone(import);
}

TEST_F(RelianceTest, WhatALaterRunDidAgainIsThatRunsToUndo)
{
    const std::string first = run({"import.certificate"});
    m_server.facts.stores["MY"]->clear();
    const std::string second = run({"import.certificate"});
    expectRefused(first, second, "stores[MY]");
    expectUndone(second);
    expectUndone(first);
}

TEST_F(RelianceTest, ALaterRunThatIsUndoneHindersNothing)
{
    const std::string import = run({"import.certificate"});
    const std::string rest = run();
    expectUndone(rest);
    const std::string again = run();
    expectRefused(import, again, again);
    expectUndone(again);
    expectUndone(import);
    EXPECT_TRUE(m_server.facts.stores["MY"]->empty());
}

TEST_F(RelianceTest, ARequestIsTheLaterRunsOnceItsAnswerWasAccepted)
{
    const RequestState made{"C:\\server.req", true, "CN=www", {}, "RSA 2048", std::string(40, 'd'), std::string(64, 'e')};
    const CertificateState pending{"REQUEST", std::string(40, 'd'), true, true, std::nullopt, {}};
    const JournalRun request = runOf("0001-request", RequestState{"C:\\server.req", false, {}, {}, {}, {}}, made);
    const JournalRun accept = runOf("0002-accept", pending, CertificateState{"REQUEST", std::string(40, 'd'), false, false, std::nullopt, {}});
    ASSERT_TRUE(makeFolders(m_server.journalFolder()));
    ASSERT_TRUE(m_journal.write(request));
    ASSERT_TRUE(m_journal.write(accept));
    // Its file is gone, so that it looks as if there had never been one.
    m_server.facts.files["C:\\server.req"] = {std::optional<Bytes>(), support::kNow};
    expectRefused("0001-request", "0002-accept", "requests[C:\\server.req]");
}

TEST_F(RelianceTest, ALaterRunThatCannotBeReadIsNamedAndTheRestGoesOn)
{
    const std::string first = run();
    ASSERT_TRUE(replaceFile(m_server.journalFolder() / "0000-earlier.json", std::string("{\"run\": ")));
    ASSERT_TRUE(replaceFile(m_server.journalFolder() / "9999-later.json", std::string("x")));
    const auto unnamed = runToUndo(m_journal, "");
    ASSERT_FALSE(unnamed);
    EXPECT_NE(inEnglish(unnamed.error().message).find("9999-later"), std::string::npos);
    EXPECT_NE(inEnglish(unnamed.error().message).find("monban undo " + first), std::string::npos) << "what can be done all the same";
    const Plan plan = undoing(first);
    ASSERT_EQ(plan.findings.size(), 2u);
    EXPECT_EQ(plan.findings[0].id, "journal-unreadable");
    EXPECT_EQ(plan.findings[0].severity, Severity::Info) << "an earlier one relies on nothing that came later";
    EXPECT_EQ(plan.findings[1].severity, Severity::Warning);
    expectUndone(first);
}

TEST_F(RelianceTest, WhatSomebodyElsesRecordUsesByNowStays)
{
    const std::string all = run();
    SslRecord federation = m_server.facts.records->front();
    federation.endpoint = "0.0.0.0:49443";
    federation.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    federation.ctlStore.clear();
    m_server.facts.records->push_back(federation);
    expectRefused(all, "0.0.0.0:49443", "AD FS");
    // Of another certificate, with visitors by the same CTL store: that may have been empty before, too.
    m_server.facts.records->back().thumbprint = std::string(40, 'd');
    m_server.facts.records->back().ctlStore = "iis_client_trust";
    const auto warned = [&] {
        const Plan plan = undoing(all);
        return std::ranges::any_of(plan.findings, [](const Finding& one) { return one.id == "others-ctl-emptied"; });
    };
    EXPECT_TRUE(warned());
    m_server.facts.stores["iis_client_trust"]->push_back({support::certificate("Their CA", 'e'), "", KeyState::None});
    EXPECT_FALSE(warned());
    expectUndone(all);
}

TEST_F(RelianceTest, WhatWasTakenBackOnceIsNotTakenBackFromWhoeverBuiltItAnew)
{
    const std::string all = run();
    const Facts made = m_server.facts;
    expectUndone(all);
    EXPECT_EQ(undo(all).outcome, RunOutcome::Done) << "nothing is left to do";
    m_server.facts = made;
    expectRefused(all, all, "already");
}

TEST_F(RelianceTest, ARunThatSomebodyTookBackByHandCountsAsUndone)
{
    const std::string first = run({"trust.ctl"});
    const std::string second = run({"import.certificate"});
    m_server.facts.stores["MY"]->clear();
    EXPECT_EQ((*runToUndo(m_journal, ""))->run, second);
    expectUndone(second);
    EXPECT_TRUE(m_server.ran.empty());
    EXPECT_EQ((*runToUndo(m_journal, ""))->run, first) << "the run before has its turn";
}

}  // namespace
}  // namespace monban
