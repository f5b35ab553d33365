// SPDX-License-Identifier: MIT
// What scheduled tasks do: take back what nobody keeps, and turn the revocation check on again; and a list in the store CA.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/file.h"
#include "core/pki/pem.h"
#include "core/plan/task_command.h"
#include "core/practice/practice_server.h"
#include "core/run/keep.h"
#include "core/run/planning.h"
#include "tests/core/run/quick_server.h"

namespace monban {
namespace {

class Tasks : public testing::Test {
protected:
    Facts facts() { return m_server->observe({}); }
    std::vector<ScheduledTask> tasks() { return *facts().tasks; }
    bool isBound() { return !facts().records->empty(); }
    JournalRun latest() const { return journalOf(*m_server).runs()->runs.back(); }
    Planned planned(const Answers& answers, PlanKind kind = PlanKind::SetUp) { return planOn(*m_server, answers, m_original.materials, {}, kind); }
    Outcome run(const Plan& plan) { return execute(plan, *m_server, m_original.materials, m_progress, {}); }
    /// A set-up that is to be kept, watched by the task.
    Outcome apply(std::chrono::seconds time)
    {
        Planned now = planned(m_original.answers);
        EXPECT_FALSE(shallRevert(now.plan, now.facts, time));
        return run(now.plan);
    }
    void passes(std::chrono::seconds time)
    {
        auto backend = std::move(*practice::openFolder(m_original.folder));
        auto machine = *backend->machine();
        machine.clockOffsetSeconds += time.count();
        ASSERT_TRUE(backend->writeMachine(machine));
    }
    /// As if the Monban that ran had been killed after its last step, whether or not that step's end was noted.
    void cut(bool isNoted)
    {
        JournalRun run = latest();
        run.ended.reset();
        run.outcome = "running";
        if (!isNoted) {
            run.steps.back().after.clear();
            run.steps.back().outcome = "running";
        }
        ASSERT_TRUE(journalOf(*m_server).write(run));
    }
    Result<std::optional<Outcome>> wakes() { return takeBackOverdue(*m_server, m_progress, {}); }

    support::QuickServer m_original{windows_build::kServer2022};
    std::unique_ptr<Server> m_server = std::move(*practice::PracticeServer::open(m_original.folder));
    Progress m_progress;
};
using KeepTask = Tasks;
using Pause = Tasks;
using StoredList = Tasks;

TEST_F(KeepTask, ComesBeforeAllElseAndGoesWhenTheSettingsAreKept)
{
    Planned now = planned(m_original.answers);
    EXPECT_FALSE(shallRevert(now.plan, now.facts, kTimeToKeep));
    ASSERT_EQ(now.plan.steps.front().id, "keep.task");
    EXPECT_EQ(now.plan.steps.front().chapter, Chapter::Require) << "with what it watches over, where chapters run one by one";
    EXPECT_TRUE(now.plan.steps.front().undo);
    ASSERT_EQ(run(now.plan).outcome, RunOutcome::Done);
    const ScheduledTask wanted{kKeepTask, R"("C:\Program Files\Monban\monban.exe" undo --overdue)", 1, kLocalSystem};
    EXPECT_EQ(tasks(), std::vector{wanted});
    ASSERT_TRUE(keepRun("", *m_server));
    EXPECT_TRUE(tasks().empty());
    const auto back = takeBack("", *m_server, m_progress, {});
    ASSERT_TRUE(back);
    EXPECT_EQ(back->outcome, RunOutcome::Done) << "a task that is gone hinders no undo";
    EXPECT_FALSE(isBound());
}

TEST_F(KeepTask, TakesBackInTimeWhatNobodyKept)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    ASSERT_FALSE(wakes()->has_value()) << "somebody may still answer";
    EXPECT_TRUE(isBound());
    passes(std::chrono::seconds(70));
    ASSERT_FALSE(wakes()->has_value()) << "the Monban that asked goes first";
    passes(std::chrono::seconds(10));
    const auto back = wakes();
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->outcome, RunOutcome::Done);
    EXPECT_FALSE(isBound());
    EXPECT_TRUE(tasks().empty());
    EXPECT_TRUE(latest().undone);
    ASSERT_FALSE(wakes()->has_value());
}

TEST_F(KeepTask, TakesBackARunThatWasKilledAtAnyStep)
{
    const Facts before = facts();
    std::size_t steps = 1;
    for (std::size_t count = 1; count <= steps; ++count)
        for (const bool isNoted : {false, true}) {
            Planned now = planned(m_original.answers);
            EXPECT_FALSE(shallRevert(now.plan, now.facts, std::chrono::seconds(60)));
            steps = now.plan.steps.size();
            now.plan.steps.resize(count);
            ASSERT_EQ(run(now.plan).outcome, RunOutcome::Done) << count;
            cut(isNoted);
            ASSERT_FALSE(wakes()->has_value()) << count;
            passes(std::chrono::minutes(2));
            const auto back = wakes();
            ASSERT_TRUE(back && *back) << count;
            ASSERT_EQ((*back)->outcome, RunOutcome::Done) << count << ": " << inEnglish((*back)->reason);
            const Facts after = facts();
            EXPECT_EQ(*after.records, *before.records) << count;
            EXPECT_EQ(after.sites->front().bindings, before.sites->front().bindings) << count;
            EXPECT_EQ(after.sites->front().access, before.sites->front().access) << count;
            EXPECT_EQ(after.schannel->sendTrustedIssuerList, before.schannel->sendTrustedIssuerList) << count;
            for (const auto& [name, store] : after.stores) EXPECT_TRUE(store->empty()) << count << " " << name;
            EXPECT_TRUE(tasks().empty()) << count;
        }
    EXPECT_GE(steps, 7u);
}

TEST_F(KeepTask, LeavesAloneWhoeverIsAtWorkAndWhateverIsKept)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    passes(std::chrono::hours(1));
    {
        const auto held = journalOf(*m_server).lock();
        ASSERT_TRUE(held);
        ASSERT_FALSE(wakes()->has_value()) << "another Monban is at work";
        EXPECT_TRUE(isBound());
        EXPECT_FALSE(tasks().empty());
    }
    ASSERT_TRUE(keepRun("", *m_server));
    // Somebody, or an undo that was cut off, left the task there.
    ASSERT_TRUE(m_server->run(creatingTask(facts(), {kKeepTask, taskCommand("C:\\x\\monban.exe", kKeepTaskArguments), 1, kLocalSystem}), {}, {}, {}));
    ASSERT_FALSE(wakes()->has_value());
    EXPECT_TRUE(isBound());
    EXPECT_TRUE(tasks().empty()) << "nothing waits, so nothing has to wake";
}

TEST_F(KeepTask, NeverGoesBackBehindALaterRun)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    Answers answers = m_original.answers;
    answers.troubleshoot.samplePage = true;
    ASSERT_EQ(run(planned(answers).plan).outcome, RunOutcome::Done) << "by somebody who can still reach the server";
    const auto runs = journalOf(*m_server).runs()->runs;
    ASSERT_EQ(runs.size(), 2u);
    ASSERT_TRUE(runs.front().revertAfter);
    passes(std::chrono::hours(1));
    ASSERT_FALSE(wakes()->has_value());
    EXPECT_TRUE(isBound());
}

TEST_F(KeepTask, LeavesWhatItCannotReadAndWhatSomebodyChangedSince)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    passes(std::chrono::hours(1));
    const fs::path damaged = m_server->journalFolder() / "99990101-000000.json";
    ASSERT_TRUE(replaceFile(damaged, std::string("{")));
    ASSERT_FALSE(wakes()->has_value()) << "a later run may have been built on it";
    EXPECT_TRUE(isBound());
    EXPECT_FALSE(tasks().empty());
    fs::remove(damaged);
    SslRecord changed = facts().records->front();
    changed.ctlStore = "other";
    ASSERT_TRUE(m_server->run(SetHttpRecord{changed.family, changed.endpoint, changed}, {}, {}, {}));
    const auto refused = wakes();
    ASSERT_TRUE(refused && *refused);
    EXPECT_EQ((*refused)->outcome, RunOutcome::Failed);
    EXPECT_TRUE(tasks().empty()) << "who mends it must not meet a task that takes everything back weeks later";
}

TEST_F(KeepTask, WhatCannotBeReadForAMomentIsTriedAgain)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    passes(std::chrono::hours(1));
    const fs::path file = m_original.folder / "http" / "records.json";
    const Bytes records = *readFile(file);
    ASSERT_TRUE(replaceFile(file, std::string("{")));
    const auto refused = wakes();
    ASSERT_TRUE(refused && *refused);
    EXPECT_EQ((*refused)->outcome, RunOutcome::Failed);
    EXPECT_FALSE(tasks().empty()) << "nobody else would let people in again";
    ASSERT_TRUE(replaceFile(file, records));
    const auto back = wakes();
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->outcome, RunOutcome::Done);
    EXPECT_TRUE(tasks().empty());
}

TEST_F(KeepTask, AClockThatWasSetBackKeepsNobodyShutOut)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    passes(-std::chrono::hours(3));
    const auto back = wakes();
    ASSERT_TRUE(back && *back);
    EXPECT_FALSE(isBound());
}

TEST_F(KeepTask, WhoKeepsTooLateHearsThatItWasTakenBack)
{
    Outcome outcome = apply(std::chrono::seconds(60));
    passes(std::chrono::hours(1));
    ASSERT_TRUE(wakes()->has_value());
    keepOrRevert(outcome, {}, *m_server, m_progress, std::chrono::seconds(60), [](std::chrono::seconds) { return KeepAnswer::Keep; });
    EXPECT_EQ(outcome.outcome, RunOutcome::Cancelled);
    EXPECT_EQ(outcome.takenBack, true);
}

TEST_F(KeepTask, NeitherASwitchedOffNorAnEditedTaskHindersTheWayBack)
{
    ASSERT_EQ(apply(std::chrono::seconds(60)).outcome, RunOutcome::Done);
    ASSERT_TRUE(m_server->run(creatingTask(facts(), {kKeepTask, taskCommand("C:\\x\\other.exe", "x"), 7, kLocalSystem}), {}, {}, {}));
    const auto back = takeBack("", *m_server, m_progress, {});
    ASSERT_TRUE(back);
    EXPECT_EQ(back->outcome, RunOutcome::Done) << inEnglish(back->reason);
    EXPECT_TRUE(tasks().empty());
}

TEST_F(KeepTask, APortableProgramSaysThatItsQuestionEndsWithIt)
{
    Planned now = planned(m_original.answers);
    now.facts.taskProgram = {Error{ErrorCode::Unsupported, {tr("Cancelled."), {}}, "test"}, Time{}};
    const std::size_t steps = now.plan.steps.size();
    EXPECT_TRUE(shallRevert(now.plan, now.facts, kTimeToKeep));
    EXPECT_EQ(now.plan.steps.size(), steps);
    EXPECT_EQ(now.plan.revertAfter, kTimeToKeep);
    now = planned(m_original.answers);
    const std::string digest = digestOf(now.plan);
    now.facts.tasks = {Error{ErrorCode::Damaged, {tr("Cancelled."), {}}, "test"}, Time{}};
    EXPECT_TRUE(shallRevert(now.plan, now.facts, kTimeToKeep)) << "a task nobody can read hinders no set-up";
    EXPECT_FALSE(now.plan.has(StepState::Unknown));
    now = planned(m_original.answers);
    EXPECT_FALSE(shallRevert(now.plan, now.facts, kTimeToKeep));
    EXPECT_EQ(digestOf(now.plan), digest) << "what was approved is what the task watches over";
}

/// The set-up, and then the check off for an hour.
class Paused : public Tasks {
protected:
    void SetUp() override
    {
        m_answers = m_original.answers;
        m_answers.bind.checkRevocation = true;
        ASSERT_EQ(run(planned(m_answers).plan).outcome, RunOutcome::Done);
        m_answers.troubleshoot.revocationOffUntil = facts().machine->clock + std::chrono::hours(1);
        m_before = record();
        m_plan = planned(m_answers).plan;
        m_outcome = run(m_plan);
    }
    SslRecord record() { return facts().records->front(); }
    std::string task() { return tasks().empty() ? std::string() : tasks().front().command; }

    Answers m_answers;
    SslRecord m_before;
    Plan m_plan;
    Outcome m_outcome;
};

TEST_F(Paused, TheTaskIsThereBeforeTheCheckIsOff)
{
    ASSERT_EQ(m_outcome.outcome, RunOutcome::Done) << inEnglish(m_outcome.reason);
    std::string needed;
    for (const Step& step : m_plan.steps)
        if (step.state == StepState::Needed) needed += step.id + " ";
    EXPECT_EQ(needed, "troubleshoot.pause.task troubleshoot.pause.record ");
    SslRecord wanted = m_before;
    wanted.checkMode |= check_mode::kNoRevocationCheck;
    EXPECT_EQ(record(), wanted) << "that flag and no other";
    EXPECT_EQ(task(), "\"C:\\Program Files\\Monban\\monban.exe\" apply --resume-revocation --endpoint 0.0.0.0:443 --not-before " + rfc3339(*m_answers.troubleshoot.revocationOffUntil) + " --yes");
    EXPECT_FALSE(planned(m_answers).plan.has(StepState::Needed)) << "the same answers change nothing";
}

TEST_F(Paused, ItIsOnAgainWhateverBecameOfTheRecordMeanwhile)
{
    SslRecord changed = record();
    changed.flags |= record_flags::kDsMapper;
    ASSERT_TRUE(m_server->run(SetHttpRecord{changed.family, changed.endpoint, changed}, {}, {}, {}));
    ASSERT_EQ(run(planned({}, PlanKind::Resumption).plan).outcome, RunOutcome::Done);
    changed.checkMode &= ~check_mode::kNoRevocationCheck;
    EXPECT_EQ(record(), changed);
    EXPECT_TRUE(tasks().empty());
    EXPECT_FALSE(planned({}, PlanKind::Resumption).plan.has(StepState::Needed));
}

TEST_F(Paused, TheTaskWaitsWhileARunWaitsToBeKept)
{
    passes(std::chrono::hours(2));
    EXPECT_EQ(*isTooEarlyToResume(*m_server, *m_answers.troubleshoot.revocationOffUntil), false);
    EXPECT_EQ(*isTooEarlyToResume(*m_server, facts().machine->clock + std::chrono::hours(1)), true);
    JournalRun run = latest();
    run.revertAfter = std::chrono::seconds(60);
    ASSERT_TRUE(journalOf(*m_server).write(run));
    EXPECT_EQ(*isTooEarlyToResume(*m_server, *m_answers.troubleshoot.revocationOffUntil), true) << "a later run would hide the one that is to go back";
}

TEST_F(Paused, TheSameAnswersTurnItOnWhenTheTimeIsOver)
{
    passes(std::chrono::hours(2));
    m_answers.bind.checkRevocation.reset();
    ASSERT_EQ(run(planned(m_answers).plan).outcome, RunOutcome::Done);
    EXPECT_EQ(record(), m_before);
    EXPECT_TRUE(tasks().empty());
}

TEST_F(Paused, UndoTakesTheTaskWithIt)
{
    const auto back = takeBack("", *m_server, m_progress, {});
    ASSERT_TRUE(back && back->outcome == RunOutcome::Done);
    EXPECT_EQ(record(), m_before);
    EXPECT_TRUE(tasks().empty());
}

TEST_F(Paused, ARecordThatIsGoneLetsTheTaskGo)
{
    ASSERT_TRUE(m_server->run(SetHttpRecord{m_before.family, m_before.endpoint, std::nullopt}, {}, {}, {}));
    const Planned now = planned({}, PlanKind::Resumption);
    ASSERT_EQ(now.plan.steps.size(), 1u);
    ASSERT_EQ(run(now.plan).outcome, RunOutcome::Done);
    EXPECT_TRUE(tasks().empty());
}

TEST_F(Pause, NothingIsCheckedLessWithoutAProgramThatEndsIt)
{
    m_original.answers.troubleshoot.revocationOffUntil = facts().machine->clock + std::chrono::hours(1);
    Facts portable = facts();
    portable.taskProgram = {Error{ErrorCode::Denied, {tr("Cancelled."), {}}, "test"}, Time{}};
    const Plan plan = planSetup({m_original.answers, m_original.materials, portable, {}});
    const auto task = std::ranges::find(plan.steps, "troubleshoot.pause.task", &Step::id);
    ASSERT_NE(task, plan.steps.end());
    EXPECT_EQ(task->state, StepState::Blocked);
}

TEST_F(Pause, AnEndpointsTaskHasANameThatFilesCanHave)
{
    EXPECT_EQ(resumeTaskName("[::]:443"), "Monban\\CheckRevocation-[__]_443");
    const Facts seen = facts();
    const Step step = taskStep(seen, "x", Chapter::Troubleshoot, {}, "Monban\\X", std::string(300, 'a'), 5);
    EXPECT_EQ(step.state, StepState::Blocked) << "longer than schtasks takes";
}

TEST_F(StoredList, GoesIntoTheStoreAndOutAgain)
{
    m_original.answers.troubleshoot.installCrl = utf8(m_original.folder / "ca" / "ia1.crl");
    m_original.materials = readMaterials(m_original.answers, Secret("secret"), {});
    ASSERT_TRUE(m_original.materials.crl && *m_original.materials.crl);
    const Planned now = planned(m_original.answers);
    const auto step = std::ranges::find(now.plan.steps, "troubleshoot.install-crl", &Step::id);
    ASSERT_NE(step, now.plan.steps.end());
    EXPECT_EQ(step->state, StepState::Needed) << inEnglish(step->reason);
    ASSERT_EQ(run(now.plan).outcome, RunOutcome::Done);
    ASSERT_EQ(facts().storedCrls->size(), 1u);
    EXPECT_EQ(facts().storedCrls->front().thumbprint, (*m_original.materials.crl)->thumbprint);
    ASSERT_EQ(takeBack("", *m_server, m_progress, {})->outcome, RunOutcome::Done);
    EXPECT_TRUE(facts().storedCrls->empty());
}

TEST_F(StoredList, OneThatHelpsNobodyIsNotInstalled)
{
    m_original.answers.troubleshoot.installCrl = utf8(m_original.folder / "ca" / "ia1.crl");
    m_original.materials = readMaterials(m_original.answers, Secret("secret"), {});
    const auto refusal = [&](const auto& change) {
        Materials materials = readMaterials(m_original.answers, Secret("secret"), {});
        Facts seen = facts();
        change(**materials.crl, seen);
        const Plan plan = planSetup({m_original.answers, materials, seen, {}});
        const auto step = std::ranges::find(plan.steps, "troubleshoot.install-crl", &Step::id);
        return step->state == StepState::Blocked ? inEnglish(step->reason) : std::string();
    };
    EXPECT_EQ(refusal([](CrlMaterial&, Facts&) {}), "");
    EXPECT_NE(refusal([](CrlMaterial& one, Facts& seen) { one.crl.nextUpdate = seen.machine->clock - std::chrono::hours(1); }).find("ended on"), std::string::npos);
    EXPECT_NE(refusal([](CrlMaterial& one, Facts& seen) { one.crl.thisUpdate = seen.machine->clock + std::chrono::hours(1); }).find("begins on"), std::string::npos);
    EXPECT_NE(refusal([](CrlMaterial& one, Facts&) { one.crl.delta = true; }).find("delta"), std::string::npos);
    EXPECT_NE(refusal([](CrlMaterial& one, Facts&) { one.crl.der.back() ^= 1; }).find("signed by no CA"), std::string::npos);
    const auto der = firstOfKind(*readFile(m_original.folder / "ca" / "ia1.crl"), DerKind::Crl);
    const std::string two = pemText("X509 CRL", *der) + pemText("X509 CRL", *der);
    ASSERT_TRUE(replaceFile(m_original.folder / "two.crl", two));
    m_original.answers.troubleshoot.installCrl = utf8(m_original.folder / "two.crl");
    EXPECT_EQ(readMaterials(m_original.answers, Secret("secret"), {}).crl->error().code, ErrorCode::InvalidInput) << "which of them?";
    ASSERT_TRUE(replaceFile(m_original.folder / "two.crl", pemText("X509 CRL", *der) + pem((*m_original.materials.root)->certificate)));
    EXPECT_EQ(readMaterials(m_original.answers, Secret("secret"), {}).crl->error().code, ErrorCode::InvalidInput) << "the certificate would go into the store, too";
    ASSERT_TRUE(replaceFile(m_original.folder / "two.crl", pemText("X509 CRL", *der)));
    EXPECT_TRUE(*readMaterials(m_original.answers, Secret("secret"), {}).crl);
    m_original.answers.troubleshoot.installCrl = m_original.answers.certificate.file;
    EXPECT_FALSE(*readMaterials(m_original.answers, Secret("secret"), {}).crl) << "no list at all";
}

}  // namespace
}  // namespace monban
