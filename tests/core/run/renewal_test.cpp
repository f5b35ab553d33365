// SPDX-License-Identifier: MIT
#include "core/run/renewal.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/plan/renewal.h"
#include "core/practice/practice_server.h"
#include "core/report/status_json.h"
#include "tests/core/run/paths.h"

namespace monban {
namespace {

using nlohmann::json;

const support::Path& renewalPath()
{
    static const support::Path kPath = *std::ranges::find_if(support::paths(), [](const support::Path& path) { return path.kind == PlanKind::Renewal; });
    return kPath;
}

/// The practice server with visitors who can be told what they meet, and actions that can go wrong.
class Watched final : public Server {
public:
    explicit Watched(const fs::path& folder) : m_server(std::move(*practice::PracticeServer::open(folder))) {}
    Facts observe(const Lookups& lookups) override
    {
        Facts facts = m_server->observe(lookups);
        if (!knowsRoots) facts.stores["ROOT"]->clear();
        return facts;
    }
    Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits) override
    {
        ++actions;
        if (actions == spoilt && spoil) spoil();
        if (actions == failing) return Output{1, "no"};
        return m_server->run(action, materials, sink, limits);
    }
    Result<HttpsAnswer> visit(const SslRecord& record, const std::string& name, const std::stop_token& stop) override
    {
        names.push_back(name);
        auto answer = m_server->visit(record, name, stop);
        return met ? met(record, std::move(answer)) : answer;
    }
    fs::path journalFolder() const override { return m_server->journalFolder(); }

    bool knowsRoots = true;
    int actions = 0;
    int failing = 0;  ///< which action, counted from 1, does nothing and fails
    int spoilt = 0;   ///< before which one somebody else comes
    std::function<void()> spoil;
    std::function<Result<HttpsAnswer>(const SslRecord&, Result<HttpsAnswer>)> met;
    std::vector<std::string> names;

private:
    std::unique_ptr<Server> m_server;
};

class RenewalRun : public testing::Test {
protected:
    RenewalRun() : m_path(renewalPath()), m_server(m_path.folder()), m_before(status()) {}

    json status()
    {
        json shown = statusJson(m_server.observe({}), Language::English);
        shown["machine"].erase("clock");
        return shown;
    }
    Outcome run(std::stop_token stop = {})
    {
        m_plan = m_path.plan(m_server).plan;
        return renew(m_plan, m_server, m_path.materials(), m_progress, stop);
    }
    void expectTakenBack(const Outcome& outcome)
    {
        EXPECT_EQ(outcome.takenBack, true) << inEnglish(outcome.reason);
        EXPECT_TRUE(has(outcome, "taken-back"));
        const json now = status();
        EXPECT_TRUE(now == m_before) << json::diff(m_before, now).dump();
        const auto runs = journalOf(m_server).runs();
        EXPECT_TRUE(runs && std::ranges::all_of(runs->runs, [](const JournalRun& one) { return one.undone; }));
    }
    static bool has(const Outcome& outcome, const std::string& id)
    {
        return std::ranges::any_of(outcome.findings, [&](const Finding& finding) { return finding.id == id; });
    }
    /// Visitors meet something else as soon as the new certificate is shown.
    void laterMeet(std::function<void(HttpsAnswer&)> change)
    {
        m_server.met = [this, change](const SslRecord&, Result<HttpsAnswer> answer) {
            if (answer && answer->serverCertificate == std::get<RecordState>(m_plan.steps.back().after.front()).record->thumbprint) change(*answer);
            return answer;
        };
    }

    support::PreparedPath m_path;
    Watched m_server;
    json m_before;
    Plan m_plan;
    Progress m_progress;
};

TEST_F(RenewalRun, AVisitorIsShownTheNewCertificateAndAskedAsBefore)
{
    const Outcome outcome = run();
    ASSERT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    EXPECT_FALSE(outcome.takenBack);
    EXPECT_EQ(std::ranges::count_if(outcome.findings, [](const Finding& one) { return one.id == "renewal-seen"; }), 2);
    EXPECT_TRUE(std::ranges::all_of(m_server.names, [](const std::string& name) { return name == "www.example.test" || name.empty(); }));
    EXPECT_FALSE(has(outcome, "renewal-chain-incomplete"));
    EXPECT_TRUE(incompleteRenewal(m_plan));
}

TEST_F(RenewalRun, WhereNobodyAnswersNothingIsJudged)
{
    m_server.met = [](const SslRecord& record, Result<HttpsAnswer> answer) {
        return record.family == RecordFamily::HostNamePort ? Result<HttpsAnswer>(Error{ErrorCode::Io, {"nobody", {}}, "refused"}) : answer;
    };
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    EXPECT_TRUE(has(outcome, "renewal-seen"));
    EXPECT_TRUE(has(outcome, "renewal-not-visited"));
}

TEST_F(RenewalRun, AChainThatLacksALinkIsSaid)
{
    m_server.knowsRoots = false;  // as if another CA stood between
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    EXPECT_TRUE(has(outcome, "renewal-chain-incomplete"));
}

TEST_F(RenewalRun, WhoCancelsWhileNobodyAnswersHasEverythingBack)
{
    std::stop_source stop;
    m_server.met = [&, count = 0](const SslRecord&, Result<HttpsAnswer>) mutable {
        if (++count == 3) stop.request_stop();  // two looks before, then those afterwards
        return Result<HttpsAnswer>(Error{ErrorCode::Io, {"nobody", {}}, "refused"});
    };
    const Outcome outcome = run(stop.get_token());
    EXPECT_EQ(outcome.outcome, RunOutcome::Cancelled);
    expectTakenBack(outcome);
}

TEST_F(RenewalRun, EachStepThatFailsTakesEverythingBack)
{
    for (int failing = 1; failing <= 3; ++failing) {
        m_server.actions = 0;
        m_server.failing = failing;
        const Outcome outcome = run();
        EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
        EXPECT_FALSE(outcome.reason.empty());
        EXPECT_EQ(outcome.results[static_cast<std::size_t>(failing - 1)].outcome, StepOutcome::Failed);
        expectTakenBack(outcome);
    }
}

TEST_F(RenewalRun, AnotherCertificateTakesEverythingBack)
{
    laterMeet([](HttpsAnswer& answer) { answer.serverCertificate = std::string(40, 'e'); });
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_NE(inEnglish(outcome.reason).find(std::string(40, 'e')), std::string::npos);
    expectTakenBack(outcome);
}

TEST_F(RenewalRun, WhoeverIsNotAskedAnyMoreTakesEverythingBack)
{
    laterMeet([](HttpsAnswer& answer) { answer.asked = Asked::Never; });
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    expectTakenBack(outcome);
}

TEST_F(RenewalRun, OtherCaNamesTakeEverythingBack)
{
    laterMeet([](HttpsAnswer& answer) { answer.acceptableIssuers.push_back("CN=Anybody"); });
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_NE(inEnglish(outcome.reason).find("CN=Anybody"), std::string::npos);
    expectTakenBack(outcome);
}

TEST_F(RenewalRun, AMomentsDelayIsForgiven)
{
    int late = 2;
    m_server.met = [&](const SslRecord&, Result<HttpsAnswer> answer) {
        const bool isNew = !m_plan.steps.empty() && answer && answer->serverCertificate == std::get<RecordState>(m_plan.steps.back().after.front()).record->thumbprint;
        if (isNew && late-- > 0) return Result<HttpsAnswer>(Error{ErrorCode::Io, {"reset", {}}, "reset"});
        return answer;
    };
    EXPECT_EQ(run().outcome, RunOutcome::Done);
    EXPECT_LE(late, 0);
}

TEST_F(RenewalRun, WhoCancelsGetsTheServerAsItWas)
{
    class StopsAtTheSecond final : public Progress {
    public:
        void started(const Plan&, std::size_t index) override
        {
            if (index == 1) source.request_stop();
        }
        std::stop_source source;
    } progress;
    m_plan = m_path.plan(m_server).plan;
    const Outcome outcome = renew(m_plan, m_server, m_path.materials(), progress, progress.source.get_token());
    EXPECT_EQ(outcome.outcome, RunOutcome::Cancelled);
    expectTakenBack(outcome);
}

TEST_F(RenewalRun, SomebodyElsesChangeIsNotDestroyedByGoingBack)
{
    m_server.failing = m_server.spoilt = 3;  // the first record has the new certificate, and somebody gives it another setting
    m_server.spoil = [&] {
        auto backend = practice::openFolder(m_path.folder());
        auto records = *(*backend)->records();
        records.front().flags ^= record_flags::kDisableHttp2;
        ASSERT_TRUE((*backend)->writeRecords(records));
    };
    const Outcome outcome = run();
    EXPECT_EQ(outcome.outcome, RunOutcome::Failed);
    EXPECT_EQ(outcome.takenBack, false);
    ASSERT_TRUE(has(outcome, "not-taken-back"));
    const auto records = *(*practice::openFolder(m_path.folder()))->records();
    EXPECT_TRUE(records.front().flags & record_flags::kDisableHttp2);
}

TEST_F(RenewalRun, ASecondRunChangesNothing)
{
    ASSERT_EQ(run().outcome, RunOutcome::Done);
    const json after = status();
    const Outcome again = run();
    EXPECT_EQ(again.outcome, RunOutcome::Done);
    EXPECT_FALSE(again.run);
    EXPECT_EQ(status(), after);
}

}  // namespace
}  // namespace monban
