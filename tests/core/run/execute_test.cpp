// SPDX-License-Identifier: MIT
#include "core/run/execute.h"

#include <gtest/gtest.h>

#include "core/platform/platform.h"
#include "tests/support/fake_server.h"

namespace monban {
namespace {

using support::FakeServer;

class ExecuteTest : public testing::Test {
protected:
    ExecuteTest() : m_server(support::temporaryFolder())
    {
        m_materials = support::materials();
        m_plan = plan();
        m_server.obey(m_plan);
    }
    Plan plan() { return planSetup({Answers{}, m_materials, m_server.facts, {}}); }
    Outcome run() { return execute(m_plan, m_server, m_materials, m_progress, m_stop.get_token()); }
    Outcome undo()
    {
        const Journal journal(m_server.journalFolder());
        auto run = runToUndo(journal, "");
        EXPECT_TRUE(run && *run);
        const auto back = planUndo(**run, journal, m_server.facts);
        EXPECT_TRUE(back);
        m_server.obey(*back);
        return executeUndo(**run, *back, m_server, m_progress, {});
    }
    std::vector<JournalRun> runs() { return Journal(m_server.journalFolder()).runs()->runs; }
    static std::string outcomes(const Outcome& outcome)
    {
        std::string text;
        for (const StepResult& result : outcome.results) text += std::string(text.empty() ? "" : " ") + name(result.outcome);
        return text;
    }

    FakeServer m_server;
    Materials m_materials;
    Plan m_plan;
    Progress m_progress;
    std::stop_source m_stop;
};

TEST_F(ExecuteTest, RunsEveryStepAndKeepsAJournal)
{
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done);
    EXPECT_EQ(outcomes(outcome), "done done done done done done done");
    ASSERT_EQ(runs().size(), 1u);
    EXPECT_EQ(runs()[0].run, *outcome.run);
    EXPECT_EQ(runs()[0].steps.size(), 7u);
    EXPECT_TRUE(runs()[0].ended);
}

TEST_F(ExecuteTest, BelievesOnlyWhatItObserves)
{
    m_server.answer = [](const Action&) -> Result<Output> { return Output{0, "completed successfully"}; };
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_EQ(outcomes(outcome), "failed not-run not-run not-run not-run not-run not-run");
    EXPECT_NE(inEnglish(outcome.reason).find("reported success, but the server does not show it"), std::string::npos);
}

TEST_F(ExecuteTest, KeepsIissConfigurationOnceBeforeItsFirstChange)
{
    std::size_t ranBefore = 99;
    m_server.backup = [&](const std::string& run) -> Result<std::optional<std::string>> {
        ranBefore = m_server.ran.size();
        return std::optional("kept by " + run);
    };
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done);
    EXPECT_EQ(m_server.backups, 1);
    ASSERT_EQ(m_plan.steps[3].id, "bind.site");
    EXPECT_EQ(ranBefore, 3u);
    EXPECT_EQ(runs()[0].configurationBackup, "kept by " + *outcome.run);
}

TEST_F(ExecuteTest, ChangesNothingInIisWithoutItsBackup)
{
    m_server.backup = [](const std::string&) -> Result<std::optional<std::string>> { return Error{ErrorCode::Io, {"no room", {}}, ""}; };
    const Outcome outcome = run();
    EXPECT_EQ(outcomes(outcome), "done done done failed not-run not-run not-run");
    EXPECT_EQ(inEnglish(outcome.reason), "no room");
    EXPECT_EQ(m_server.ran.size(), 3u);
    EXPECT_EQ(undo().outcome, RunOutcome::Done);
    EXPECT_EQ(m_server.backups, 1) << "what is taken back did not touch IIS";
}

TEST_F(ExecuteTest, BelievesNoJournalThatIsNotGuarded)
{
    ASSERT_EQ(run().outcome, RunOutcome::Done);
    m_server.journalGuard = [](JournalUse) { return Result<Done>(Error{ErrorCode::Denied, {"somebody else's", {}}, "not ours"}); };
    const auto read = journalOf(m_server).runs();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().detail, "not ours");
    EXPECT_FALSE(runToUndo(journalOf(m_server), ""));
    m_server.facts = support::freshFacts();
    const std::size_t ranBefore = m_server.ran.size();
    EXPECT_EQ(run().outcome, RunOutcome::Failed);
    EXPECT_EQ(m_server.ran.size(), ranBefore);
}

TEST_F(ExecuteTest, IsContentWithAFailingCommandWhoseEffectIsThere)
{
    m_server.answer = [&](const Action& action) -> Result<Output> {
        m_server.perform(action);
        return Output{1, "?"};
    };
    EXPECT_EQ(run().outcome, RunOutcome::Done);
}

TEST_F(ExecuteTest, StopsAtTheStepThatFailsAndWhatWasDoneCanBeUndone)
{
    const Facts before = m_server.facts;
    m_server.answer = [&](const Action& action) -> Result<Output> {
        if (m_server.ran.size() == 4) return Output{5, "Access is denied."};
        m_server.perform(action);
        return Output{0, ""};
    };
    const Outcome outcome = run();
    EXPECT_EQ(outcomes(outcome), "done done done failed not-run not-run not-run");
    EXPECT_EQ(outcome.results[3].exitCode, 5);
    EXPECT_EQ(runs()[0].outcome, "failed");
    m_server.answer = nullptr;
    EXPECT_EQ(undo().outcome, RunOutcome::Done);
    EXPECT_TRUE(runs()[0].undone);
    for (const auto& [name, store] : m_server.facts.stores) EXPECT_TRUE(store->empty()) << name;
    EXPECT_EQ(m_server.facts.sites->front().bindings, before.sites->front().bindings);
}

TEST_F(ExecuteTest, UndoesEverythingLatestFirst)
{
    EXPECT_EQ(run().outcome, RunOutcome::Done);
    m_server.ran.clear();
    const Outcome outcome = undo();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done);
    EXPECT_EQ(std::get<Command>(m_server.ran.front()).arguments[0], "clear");
    EXPECT_TRUE(std::holds_alternative<RemoveImported>(m_server.ran.back()));
    EXPECT_EQ(plan().steps.size(), m_plan.steps.size());
    EXPECT_FALSE(plan().has(StepState::Done)) << "everything is as it was on the fresh server";
}

TEST_F(ExecuteTest, UndoRefusesToDestroyALaterChangeAndRunsNothing)
{
    run();
    m_server.facts.records->front().flags |= record_flags::kDisableHttp2;
    m_server.ran.clear();
    const Outcome outcome = undo();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_TRUE(m_server.ran.empty());
    EXPECT_NE(inEnglish(outcome.reason).find("ssl_records[ipport=0.0.0.0:443]"), std::string::npos);
    EXPECT_FALSE(runs()[0].undone);
}

TEST_F(ExecuteTest, SeesARunThatWasCutOffAndCanUndoIt)
{
    // Killed while the second step ran: its effect is there, the journal says "running".
    m_server.answer = [&](const Action& action) -> Result<Output> {
        m_server.perform(action);
        if (m_server.ran.size() == 2) throw std::runtime_error("the process dies");
        return Output{0, ""};
    };
    EXPECT_THROW(run(), std::runtime_error);
    ASSERT_EQ(runs().size(), 1u);
    EXPECT_FALSE(runs()[0].ended);
    EXPECT_EQ(runs()[0].steps.back().outcome, "running");
    m_server.answer = nullptr;
    EXPECT_EQ(undo().outcome, RunOutcome::Done);
    EXPECT_TRUE(storeOf(m_server.facts, "iis_client_trust")->empty());
}

TEST_F(ExecuteTest, RunsNothingWhenAStepIsBlocked)
{
    m_plan.steps[4].state = StepState::Blocked;
    m_plan.steps[4].reason = {"because", {}};
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_TRUE(m_server.ran.empty());
    EXPECT_FALSE(outcome.run);
}

TEST_F(ExecuteTest, StopsWhereSomebodyElseChangedTheServerSinceThePlan)
{
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = kIisAppId;
    m_server.facts.records->push_back(record);
    const Outcome outcome = run();
    EXPECT_EQ(outcomes(outcome), "done done done done failed not-run not-run");
    EXPECT_NE(inEnglish(outcome.reason).find("changed by somebody else"), std::string::npos);
}

TEST_F(ExecuteTest, SkipsWhatWasDoneMeanwhile)
{
    support::become(m_server.facts, m_plan.steps[1].after.front());
    EXPECT_EQ(outcomes(run()), "done skipped done done done done done");
}

TEST_F(ExecuteTest, CanBeCancelledBetweenSteps)
{
    m_server.answer = [&](const Action& action) -> Result<Output> {
        m_server.perform(action);
        if (m_server.ran.size() == 2) m_stop.request_stop();
        return Output{0, ""};
    };
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Cancelled);
    EXPECT_EQ(outcomes(outcome), "done done not-run not-run not-run not-run not-run");
    EXPECT_EQ(runs()[0].outcome, "cancelled");
}

TEST_F(ExecuteTest, WithoutAJournalNothingIsChanged)
{
    // A file where the journal's folder should be: it cannot be made.
    ASSERT_TRUE(replaceFile(m_server.journalFolder(), std::string("x")));
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_TRUE(m_server.ran.empty());
}

TEST_F(ExecuteTest, TwoAtOnceAreNotPossible)
{
    const auto held = Journal(m_server.journalFolder()).lock();
    ASSERT_TRUE(held);
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    const std::string reason = inEnglish(outcome.reason);
    for (const std::string& part : {std::string("Another Monban"), platform::userName(), std::to_string(platform::processId()), rfc3339(hostTime()).substr(0, 10)})
        EXPECT_NE(reason.find(part), std::string::npos) << reason;
}

TEST_F(ExecuteTest, ASecondRunChangesAndRecordsNothing)
{
    run();
    m_plan = plan();
    m_server.ran.clear();
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done);
    EXPECT_FALSE(outcome.run);
    EXPECT_TRUE(m_server.ran.empty());
    EXPECT_EQ(runs().size(), 1u);
}

TEST_F(ExecuteTest, OneDamagedJournalHidesNoOtherRun)
{
    const Outcome done = run();
    const Journal journal(m_server.journalFolder());
    ASSERT_TRUE(replaceFile(m_server.journalFolder() / "0000-earlier.json", std::string("{\"run\": ")));
    ASSERT_EQ(journal.runs()->unreadable.size(), 1u);
    EXPECT_EQ(journal.runs()->unreadable[0].run, "0000-earlier");
    EXPECT_EQ((*runToUndo(journal, ""))->run, *done.run);
    EXPECT_EQ(runToUndo(journal, "0000-earlier").error().code, ErrorCode::Damaged);

    ASSERT_TRUE(replaceFile(m_server.journalFolder() / "9999-later.json", std::string("x")));
    EXPECT_EQ(runToUndo(journal, "").error().code, ErrorCode::Damaged) << "what came later may have to go first";
    EXPECT_EQ((*runToUndo(journal, *done.run))->run, *done.run) << "whoever names the run knows better";
}

/// Refuses an action some times, as http.sys does a key that certreq has only just made.
TEST_F(ExecuteTest, TriesAgainWhereTheStepSaysThatItHelpsAndNothingHasChanged)
{
    for (Step& step : m_plan.steps)
        if (step.id == "bind.record") step.retryFor = std::chrono::seconds(15);
    int refused = 0;
    m_server.answer = [&](const Action& action) -> Result<Output> {
        const auto* command = std::get_if<Command>(&action);
        if (command && command->arguments.at(0) == "http" && ++refused < 3) return Output{1, "The parameter is incorrect."};
        m_server.perform(action);
        return Output{0, "ok"};
    };
    EXPECT_EQ(run().outcome, RunOutcome::Done);
    EXPECT_EQ(refused, 3);
}

/// The same where Monban writes the record itself; a step that cannot be done at all is not tried again.
TEST_F(ExecuteTest, TriesAgainWhatItDoesItself)
{
    SslRecord record;
    for (Step& step : m_plan.steps) {
        if (step.id != "bind.record") continue;
        step.retryFor = std::chrono::seconds(15);
        record = *std::get<RecordState>(step.after.front()).record;
        step.action = SetHttpRecord{record.family, record.endpoint, record};
    }
    m_server.obey(m_plan);
    int refused = 0;
    ErrorCode code = ErrorCode::Io;
    m_server.answer = [&](const Action& action) -> Result<Output> {
        if (std::holds_alternative<SetHttpRecord>(action) && ++refused < 3) return Error{code, {"87", {}}, "87"};
        m_server.perform(action);
        return Output{0, "ok"};
    };
    EXPECT_EQ(run().outcome, RunOutcome::Done);
    EXPECT_EQ(refused, 3);
    m_server.facts.records = {std::vector<SslRecord>{}, support::kNow};
    refused = 0;
    code = ErrorCode::Denied;
    EXPECT_EQ(run().outcome, RunOutcome::Failed);
    EXPECT_EQ(refused, 1);
}

TEST_F(ExecuteTest, TriesNothingTwiceWithoutReason)
{
    int tried = 0;
    m_server.answer = [&](const Action&) -> Result<Output> { return ++tried, Output{1, "no"}; };
    EXPECT_EQ(run().outcome, RunOutcome::Failed);
    EXPECT_EQ(tried, 1);
}

}  // namespace
}  // namespace monban
