// SPDX-License-Identifier: MIT
#include "core/run/keep.h"

#include <gtest/gtest.h>

#include "core/practice/practice_server.h"
#include "core/report/plan_json.h"
#include "core/run/planning.h"
#include "tests/core/run/quick_server.h"

namespace monban {
namespace {

/// A set-up that begins to require certificates, with so long to say that it is to be kept.
class Keeping : public testing::Test {
protected:
    void apply(std::chrono::seconds time)
    {
        m_plan = planOn(*m_server, m_original.answers, m_original.materials, {}).plan;
        EXPECT_TRUE(shallBeConfirmed(m_plan));
        m_plan.revertAfter = time;
        m_outcome = execute(m_plan, *m_server, m_original.materials, m_progress, {});
        ASSERT_EQ(m_outcome.outcome, RunOutcome::Done) << inEnglish(m_outcome.reason);
    }
    void wait(std::chrono::seconds time, const AskToKeep& ask) { keepOrRevert(m_outcome, m_plan, *m_server, m_progress, time, ask); }
    JournalRun latest() const { return journalOf(*m_server).runs()->runs.back(); }
    bool isBound() const { return !m_server->observe({}).records->empty(); }

    support::QuickServer m_original{windows_build::kServer2022};
    std::unique_ptr<Server> m_server = std::move(*practice::PracticeServer::open(m_original.folder));
    Plan m_plan;
    Outcome m_outcome;
    Progress m_progress;
};

TEST_F(Keeping, WithoutAnAnswerEverythingGoesBack)
{
    apply(std::chrono::seconds(1));
    EXPECT_EQ(latest().revertAfter, std::chrono::seconds(1)) << "whoever starts Monban next knows it";
    EXPECT_TRUE(unkeptRun(*journalOf(*m_server).runs()));
    int asked = 0;
    wait(std::chrono::seconds(1), [&](std::chrono::seconds left) {
        EXPECT_LE(left, std::chrono::seconds(1));
        ++asked;
        return KeepAnswer::None;
    });
    EXPECT_GE(asked, 3);
    EXPECT_EQ(m_outcome.outcome, RunOutcome::Cancelled);
    EXPECT_EQ(m_outcome.takenBack, true);
    EXPECT_FALSE(isBound());
    EXPECT_TRUE(latest().undone);
    EXPECT_FALSE(unkeptRun(*journalOf(*m_server).runs()));
}

TEST_F(Keeping, AnAnswerCounts)
{
    apply(std::chrono::seconds(60));
    wait(std::chrono::seconds(60), [](std::chrono::seconds) { return KeepAnswer::Keep; });
    EXPECT_EQ(m_outcome.outcome, RunOutcome::Done);
    EXPECT_FALSE(latest().revertAfter);
    EXPECT_TRUE(isBound());
    const auto again = keepRun("", *m_server);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::NotFound);
}

TEST_F(Keeping, NoMeansAtOnce)
{
    apply(std::chrono::seconds(60));
    wait(std::chrono::seconds(60), [](std::chrono::seconds) { return KeepAnswer::TakeBack; });
    EXPECT_EQ(m_outcome.takenBack, true);
    EXPECT_FALSE(isBound());
}

TEST_F(Keeping, AnotherMonbanMayAnswer)
{
    apply(std::chrono::seconds(60));
    int asked = 0;
    wait(std::chrono::seconds(60), [&](std::chrono::seconds) {
        if (++asked == 2) {
            EXPECT_FALSE(keepRun("0099-x", *m_server)) << "another run";
            EXPECT_TRUE(keepRun(*m_outcome.run, *m_server));
        }
        return KeepAnswer::None;
    });
    EXPECT_EQ(m_outcome.outcome, RunOutcome::Done);
    EXPECT_TRUE(isBound());
}

TEST_F(Keeping, ARunThatFailedWaitsForNobody)
{
    m_plan = planOn(*m_server, m_original.answers, m_original.materials, {}).plan;
    m_plan.revertAfter = std::chrono::seconds(60);
    m_plan.steps.back().after.front() = AccessState{"Default Web Site", 1, 1};  // which appcmd will not bring about
    m_outcome = execute(m_plan, *m_server, m_original.materials, m_progress, {});
    EXPECT_EQ(m_outcome.outcome, RunOutcome::Failed);
    EXPECT_FALSE(latest().revertAfter);
}

TEST_F(Keeping, WhatShutsNobodyOutIsNotAskedFor)
{
    Answers answers = m_original.answers;
    answers.require.mode = RequireAnswers::Mode::Accept;
    EXPECT_FALSE(shallBeConfirmed(planOn(*m_server, answers, m_original.materials, {}).plan));
}

TEST_F(Keeping, TheJournalKeepsWhatTheRunFollowedFrom)
{
    apply(std::chrono::seconds(60));
    EXPECT_EQ(latest().answers, m_original.answers);
    EXPECT_EQ(latest().kind, PlanKind::SetUp);
    ASSERT_TRUE(keepRun("", *m_server));
    // What a second run finds in order is approved as well.
    ASSERT_TRUE(m_server->run(SetHttpRecord{RecordFamily::IpPort, "0.0.0.0:443", std::nullopt}, {}, [](const std::string&) {}, {}));
    const Plan again = planOn(*m_server, m_original.answers, m_original.materials, {}).plan;
    EXPECT_EQ(execute(again, *m_server, m_original.materials, m_progress, {}).outcome, RunOutcome::Done);
    EXPECT_EQ(latest().steps.size(), 1u);
    EXPECT_GE(latest().confirmed.size(), 6u);
}

}  // namespace
}  // namespace monban
