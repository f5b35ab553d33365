// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "core/practice/folder_names.h"
#include "core/practice/practice_server.h"
#include "core/report/status_json.h"
#include "core/run/execute.h"
#include "core/run/planning.h"
#include "tests/core/run/paths.h"

/// Each step of each path goes wrong in each way: the account of what was done is exact, and undo restores `status`.
namespace monban {
namespace {

using nlohmann::json;

enum class Kill { None, Before, After };
struct ProcessDies : std::runtime_error {
    ProcessDies() : std::runtime_error("the process dies") {}
};

/// Gives programs less time than Monban does, and can die or lose sight of the server at one action.
class Impatient final : public Server {
public:
    explicit Impatient(const fs::path& folder) : m_folder(folder), m_server(std::move(*practice::PracticeServer::open(folder))) {}
    Facts observe(const Lookups& lookups) override { return m_server->observe(lookups); }
    Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits) override
    {
        ++m_actions;
        const bool here = m_actions == at;
        if (here && kill == Kill::Before) throw ProcessDies();
        if (here && !before.empty()) setFaults(before);
        auto output = m_server->run(action, materials, sink, {std::chrono::milliseconds(20), limits.stop});
        if (here && kill == Kill::After) throw ProcessDies();
        if (here) setFaults(after);
        return output;
    }
    fs::path journalFolder() const override { return m_server->journalFolder(); }
    void setFaults(const std::string& faults)
    {
        const fs::path file = m_folder / "machine.json";
        json machine = json::parse(*readText(file));
        machine["faults"] = json::parse(faults);
        ASSERT_TRUE(replaceFile(file, machine.dump()));
    }

    /// Nothing goes wrong any more.
    void recover()
    {
        at = m_actions = 0;
        kill = Kill::None;
        before.clear();
        after = "[]";
        setFaults("[]");
    }

    int at = 0;  ///< which action, counted from 1
    Kill kill = Kill::None;
    std::string before;  ///< faults while it runs …
    std::string after = "[]";  ///< … and once it has run

private:
    fs::path m_folder;
    std::unique_ptr<Server> m_server;
    int m_actions = 0;
};

class FaultTest : public testing::TestWithParam<support::Path> {
protected:
    FaultTest() : m_path(GetParam()), m_folder(m_path.folder()), m_prepared(m_path.prepared()) {}

    const Materials& materials() const { return m_path.materials(); }

    /// The server as it was at first, its journal empty.
    void renew()
    {
        m_path.reset();
        m_server = std::make_unique<Impatient>(m_folder);
        const Planned planned = m_path.plan(*m_server);
        m_facts = planned.facts;
        m_plan = planned.plan;
        m_needed.clear();
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i)
            if (m_plan.steps[i].state == StepState::Needed) m_needed.push_back(i);
    }
    /// All that `status` says, without the clock, which goes on.
    json status()
    {
        json shown = statusJson(m_server->observe({}), Language::English);
        shown["machine"].erase("clock");
        return shown;
    }
    Outcome apply(std::stop_token stop = {})
    {
        return execute(m_plan, *m_server, materials(), m_progress, stop);
    }
    Outcome undo()
    {
        const Journal journal(m_server->journalFolder());
        const auto run = runToUndo(journal, "");
        if (!run || !*run || (*run)->run == m_path.runBefore()) return {};
        const auto back = planUndo(**run, journal, m_server->observe(lookupsFor(**run)));
        EXPECT_TRUE(back);
        return back ? executeUndo(**run, *back, *m_server, m_progress, {}) : Outcome{};
    }
    void expectUndone(const json& before, const std::string& where)
    {
        m_server->recover();
        const Outcome outcome = undo();
        EXPECT_EQ(outcome.outcome, RunOutcome::Done) << where << ": " << inEnglish(outcome.reason);
        const json now = status();
        EXPECT_TRUE(now == before) << where << ": " << json::diff(before, now).dump();
        EXPECT_TRUE(practice::entriesOf(m_folder / "keys")->size() == practice::entriesOf(m_prepared / "keys")->size())
            << where << ": no key stays behind";
    }
    /// Steps before it are done and seen to be so, those after it were not begun and changed nothing.
    void expectAccount(const Outcome& outcome, std::size_t failed, const std::string& where)
    {
        ASSERT_EQ(outcome.results.size(), m_plan.steps.size());
        const Facts now = m_server->observe(lookupsFor(m_plan));
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const Step& step = m_plan.steps[i];
            const StepResult& result = outcome.results[i];
            const bool needed = step.state == StepState::Needed;
            const StepOutcome wanted = !needed ? StepOutcome::Skipped : i < failed ? StepOutcome::Done : i == failed ? StepOutcome::Failed : StepOutcome::NotRun;
            EXPECT_EQ(result.outcome, wanted) << where << ", " << step.id << ": " << inEnglish(result.reason);
            EXPECT_EQ(result.reason.empty(), result.outcome != StepOutcome::Failed) << where << ", " << step.id;
            const bool seenDone = result.outcome == StepOutcome::Done && !touchedLater(i);
            const bool untouched = result.outcome == StepOutcome::NotRun && !step.ordered;
            for (const State& state : seenDone ? step.after : std::vector<State>{})
                EXPECT_TRUE(satisfies(*observedState(state, now), state)) << where << ", " << step.id;
            for (const State& state : untouched ? step.before : std::vector<State>{})
                EXPECT_TRUE(*observedState(state, now) == state) << where << ", " << step.id;
            EXPECT_TRUE(isUtf8(result.output)) << where;
            EXPECT_LE(result.output.size(), 256u * 1024) << where;
        }
    }
    bool touchedLater(std::size_t index) const
    {
        for (std::size_t i = index + 1; i < m_plan.steps.size(); ++i)
            for (const State& later : m_plan.steps[i].after)
                for (const State& state : m_plan.steps[index].after)
                    if (subjectOf(later) == subjectOf(state)) return true;
        return false;
    }
    void atStep(std::size_t which) { m_server->at = static_cast<int>(which + 1); }
    std::string where(std::size_t which, const std::string& kind) const
    {
        return m_plan.steps[m_needed[which]].id + " " + kind;
    }

    support::PreparedPath m_path;
    const fs::path& m_folder;
    const fs::path& m_prepared;
    std::unique_ptr<Impatient> m_server;
    Facts m_facts;
    Plan m_plan;
    std::vector<std::size_t> m_needed;
    Progress m_progress;
};

std::string faultOf(const std::string& kind) { return R"([{"program": "*", "kind": ")" + kind + R"(", "exit_code": 7}])"; }

TEST_P(FaultTest, ThePathIsTheOneMeant)
{
    renew();
    std::string ids;
    for (const std::size_t i : m_needed) ids += (ids.empty() ? "" : " ") + m_plan.steps[i].id;
    EXPECT_EQ(ids, GetParam().steps);
    const json before = status();
    const Outcome outcome = apply();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    expectAccount(outcome, m_plan.steps.size(), "no fault");
    EXPECT_NE(status(), before);
    expectUndone(before, "no fault");
}

TEST_P(FaultTest, AStepThatDoesNotComeTrueFailsAndIsTheLastOne)
{
    for (const std::string kind : {"no-effect", "fail", "busy", "denied", "hang", "other-writer"}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            // The caller's own cache is emptied without any rights.
            if (kind == "denied" && m_plan.steps[m_needed[which]].id == "troubleshoot.flush-crl.cache") continue;
            atStep(which);
            m_server->before = faultOf(kind);
            const Outcome outcome = apply();
            EXPECT_EQ(outcome.outcome, RunOutcome::Failed) << where(which, kind);
            EXPECT_EQ(outcome.reason, outcome.results[m_needed[which]].reason) << where(which, kind);
            expectAccount(outcome, m_needed[which], where(which, kind));
            expectUndone(before, where(which, kind));
        }
    }
}

TEST_P(FaultTest, AStepThatCameTrueIsDoneWhateverItSaid)
{
    for (const std::string kind : {"garbage", "reports-failure"}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            atStep(which);
            m_server->before = faultOf(kind);
            const Outcome outcome = apply();
            EXPECT_EQ(outcome.outcome, RunOutcome::Done) << where(which, kind) << inEnglish(outcome.reason);
            expectAccount(outcome, m_plan.steps.size(), where(which, kind));
            const Step& step = m_plan.steps[m_needed[which]];
            if (std::holds_alternative<Command>(*step.action)) {
                EXPECT_EQ(outcome.results[m_needed[which]].exitCode, 7) << where(which, kind);
            }
            expectUndone(before, where(which, kind));
        }
    }
}

TEST_P(FaultTest, ARunCutOffAtAnyMomentCanBeUndone)
{
    for (const Kill kill : {Kill::Before, Kill::After}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            atStep(which);
            m_server->kill = kill;
            EXPECT_THROW(apply(), ProcessDies);
            const auto runs = Journal(m_server->journalFolder()).runs();
            ASSERT_TRUE(runs && runs->runs.size() == (m_path.runBefore().empty() ? 1u : 2u));
            EXPECT_FALSE(runs->runs.back().ended);
            expectUndone(before, where(which, kill == Kill::Before ? "killed before" : "killed after"));
        }
    }
}

TEST_P(FaultTest, WhatCannotBeSeenAfterAStepIsNotClaimed)
{
    renew();
    const json before = status();
    for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
        renew();
        atStep(which);
        m_server->after = R"([{"program": "observe", "kind": "denied"}])";
        const Outcome outcome = apply();
        EXPECT_EQ(outcome.outcome, RunOutcome::Failed) << where(which, "unseen");
        for (std::size_t i = 0; i < outcome.results.size(); ++i)
            if (i >= m_needed[which]) {
                EXPECT_NE(outcome.results[i].outcome, StepOutcome::Done) << where(which, "unseen");
            }
        m_server->setFaults("[]");
        expectUndone(before, where(which, "unseen"));
    }
}

TEST_P(FaultTest, AnUndoThatFailsCanBeBegunAgain)
{
    for (const std::string kind : {"hang", "reports-failure"}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            ASSERT_EQ(apply().outcome, RunOutcome::Done);
            m_server->recover();
            // Latest first, so that the steps of this path come before those it shares with others.
            atStep(which - GetParam().own);
            m_server->before = faultOf(kind);
            const Outcome first = undo();
            const bool failed = first.outcome == RunOutcome::Failed;
            EXPECT_EQ(failed, kind != "reports-failure") << where(which, kind) << inEnglish(first.reason);
            const auto runs = Journal(m_server->journalFolder()).runs();
            EXPECT_EQ(runs->runs.back().undone, !failed) << where(which, kind);
            if (failed) expectUndone(before, where(which, kind));
            else EXPECT_EQ(status(), before) << where(which, kind);
        }
    }
}

TEST_P(FaultTest, AHangingStepCanBeCancelled)
{
    renew();
    const json before = status();
    const std::size_t hanging = std::min<std::size_t>(2, m_needed.size() - 1);
    atStep(hanging);
    m_server->before = faultOf("hang");
    // Asked to stop while the step hangs: the wrapper's time is over only later.
    class StopsAt final : public Progress {
    public:
        StopsAt(std::size_t step, std::stop_source& source) : m_step(step), m_source(source) {}
        void started(const Plan&, std::size_t) override
        {
            if (m_steps++ == m_step) m_source.request_stop();
        }

    private:
        std::size_t m_step;
        std::stop_source& m_source;
        std::size_t m_steps = 0;
    };
    std::stop_source later;
    StopsAt progress(hanging, later);
    const Outcome outcome = execute(m_plan, *m_server, materials(), progress, later.get_token());
    EXPECT_EQ(outcome.outcome, RunOutcome::Cancelled);
    expectAccount(outcome, m_needed[hanging], "cancelled");
    expectUndone(before, "cancelled");
}

TEST(FaultAfterAccept, ABindingThatIsBusyAtFirstIsTriedAgain)
{
    // WINDOWS-FACTS 1.4: right after certreq -accept a record may be refused for a moment.
    support::QuickServer original(windows_build::kServer2022);
    Impatient server(original.folder);
    Planned planned = planOn(server, original.answers, original.materials, {});
    for (Step& step : planned.plan.steps)
        if (step.id == "bind.record") step.retryFor = std::chrono::seconds(15);
    server.setFaults(R"([{"program": "netsh", "arguments": "add sslcert", "kind": "busy", "times": 2}])");
    server.at = -1;
    Progress progress;
    const Outcome outcome = execute(planned.plan, server, original.materials, progress, {});
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
}

INSTANTIATE_TEST_SUITE_P(Paths, FaultTest, testing::ValuesIn(support::paths().begin(), support::paths().end()),
                         [](const auto& parameter) { return "path" + std::to_string(parameter.index); });

}  // namespace
}  // namespace monban
