// SPDX-License-Identifier: MIT
#include "core/run/execute.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/observe/pitfalls.h"
#include "core/run/interrupted.h"
#include "core/run/keep.h"
#include "core/run/planning.h"

namespace monban {
namespace {

constexpr std::size_t kMostOutput = 256 * 1024;
// How fast a step is tried again that Windows refuses for a moment (WINDOWS-FACTS 1.4).
constexpr std::chrono::milliseconds kFirstPause{300};
constexpr std::chrono::milliseconds kLongestPause{5000};

/// How the things a step changes are now; an error as soon as one cannot be read.
Result<std::vector<State>> statesNow(const Step& step, const Facts& facts)
{
    std::vector<State> states;
    for (const State& wanted : step.after) {
        auto seen = observedState(wanted, facts);
        if (!seen) return seen.error();
        states.push_back(*seen);
    }
    return states;
}

bool allSatisfied(const std::vector<State>& seen, const std::vector<State>& wanted)
{
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!satisfies(seen[i], wanted[i])) return false;
    return true;
}

/// "ssl_records[…].ctl_store is none, expected iis_client_trust", for each line that is not as wanted.
std::string differences(const std::vector<State>& seen, const std::vector<State>& wanted)
{
    std::string text;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        for (const FactLine& line : factLines(wanted[i])) {
            const std::string value = valueAt(seen[i], line.fact);
            if (value != line.value) text += (text.empty() ? "" : "; ") + line.fact + " = " + value + " (" + line.value + ")";
        }
    return text;
}

std::string changedSubject(const std::vector<State>& planned, const std::vector<State>& now)
{
    for (std::size_t i = 0; i < planned.size() && i < now.size(); ++i)
        if (!(planned[i] == now[i])) return subjectOf(now[i]);
    return {};
}

std::string shownCommand(const Action& action)
{
    const ByHand hand = byHand(action);
    return hand.commandPrompt ? *hand.commandPrompt : hand.powerShell.value_or("");
}

/// One run over one plan; what both apply and undo share.
class Execution {
public:
    Execution(const Plan& plan, Server& server, const Materials& materials, Progress& progress, std::stop_token stop)
        : m_plan(plan), m_server(server), m_materials(materials), m_progress(progress), m_stop(stop)
    {
        m_outcome.results.resize(plan.steps.size());
    }
    virtual ~Execution() = default;

    Outcome run()
    {
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i)
            if (m_plan.steps[i].state == StepState::Done) m_outcome.results[i].outcome = StepOutcome::Skipped;
        if (m_plan.has(StepState::Blocked) || m_plan.has(StepState::Unknown)) return refused();
        if (!m_plan.has(StepState::Needed)) {
            m_outcome.outcome = m_plan.has(StepState::Waiting) ? RunOutcome::Waiting : RunOutcome::Done;
            if (auto noted = nothingToDo(); !noted) return failedWhole(noted.error().message);
            return finished();
        }
        auto held = journalOf(m_server).lock();
        if (!held) return notBegun(held.error());
        m_facts = m_server.observe(lookupsFor(m_plan));
        for (std::size_t i = 0; i < m_plan.steps.size() && !m_ended; ++i) {
            if (m_plan.steps[i].state != StepState::Waiting) step(i);
        }
        if (m_outcome.outcome == RunOutcome::Done && m_plan.has(StepState::Waiting)) m_outcome.outcome = RunOutcome::Waiting;
        if (m_outcome.outcome == RunOutcome::Done) lookAgain();
        if (auto ended = end(m_outcome.outcome); !ended && m_outcome.outcome != RunOutcome::Failed) return failedWhole(ended.error().message);
        return finished();
    }

protected:
    /// The name of the run in the journal; one that is not begun yet begins.
    virtual Result<std::string> runName() = 0;
    /// Notes on the disk what is about to change; the step does not begin when this fails.
    virtual Result<Done> begin(std::size_t index, const std::vector<State>& before) = 0;
    virtual Result<Done> ended(std::size_t index, bool good, const std::vector<State>& after) = 0;
    virtual Result<Done> end(RunOutcome outcome) = 0;
    /// Everything is as the plan wants it already.
    virtual Result<Done> nothingToDo() { return Done{}; }
    /// Whether everything the steps brought about must still be so when all have run.
    virtual bool mustLast() const { return false; }

    const Plan& m_plan;
    Server& m_server;
    Facts m_facts;
    Outcome m_outcome;
    std::optional<std::string> m_backup;  // of IIS's configuration, as the server names it

private:
    Outcome refused()
    {
        m_outcome.outcome = RunOutcome::Failed;
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const Step& step = m_plan.steps[i];
            if (step.state == StepState::Blocked || step.state == StepState::Unknown) {
                m_outcome.results[i].reason = step.reason;
                if (m_outcome.reason.empty()) m_outcome.reason = step.reason;
            }
        }
        return finished();
    }
    Outcome failedWhole(const Message& reason)
    {
        m_outcome.outcome = RunOutcome::Failed;
        m_outcome.reason = reason;
        return finished();
    }
    /// Another run at this moment is nobody's failure; anything else is that of the step that would have come first.
    Outcome notBegun(const Error& error)
    {
        const auto first = std::find_if(m_plan.steps.begin(), m_plan.steps.end(),
                                        [](const Step& step) { return step.state == StepState::Needed; });
        if (error.code == ErrorCode::Busy || first == m_plan.steps.end()) return failedWhole(error.message);
        fail(static_cast<std::size_t>(first - m_plan.steps.begin()), error.message);
        return finished();
    }
    Outcome finished()
    {
        m_outcome.facts = m_server.observe(lookupsFor(m_plan));
        m_outcome.pitfalls = pitfalls(m_outcome.facts);
        // Whoever reads what became of it reads also what would have to be accepted.
        for (const Finding& one : m_plan.pitfalls)
            if (!one.acceptedBy.empty()) addOnce(m_outcome.pitfalls, one);
        return std::move(m_outcome);
    }

    /// A later step may have spoilt what an earlier one did, or what was so already.
    void lookAgain()
    {
        if (!mustLast()) return;
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const auto now = statesNow(m_plan.steps[i], m_facts);
            if (now && allSatisfied(*now, m_plan.steps[i].after)) continue;
            return fail(i, now ? Message{tr("It reported success, but the server does not show it: {0}."), {differences(*now, m_plan.steps[i].after)}}
                               : now.error().message);
        }
    }

    void step(std::size_t index)
    {
        const Step& step = m_plan.steps[index];
        StepResult& result = m_outcome.results[index];
        if (m_stop.stop_requested()) {
            result.reason = {tr("Cancelled before this step began."), {}};
            m_outcome.outcome = RunOutcome::Cancelled;
            m_ended = true;
            return;
        }
        const auto now = statesNow(step, m_facts);
        if (!now) return fail(index, now.error().message);
        if (allSatisfied(*now, step.after)) {
            result.outcome = StepOutcome::Skipped;
            m_progress.finished(m_plan, index, result);
            return;
        }
        if (const std::string changed = changedSubject(step.before, *now); !changed.empty() && !step.ordered)
            return fail(index, {tr("{0} was changed by somebody else since this was planned. Look at the plan again before you go on."), {changed}});
        if (changesConfiguration(step) && !m_isBackedUp)
            if (auto kept = keepConfiguration(); !kept) return fail(index, kept.error().message);
        if (auto noted = begin(index, *now); !noted)
            return fail(index, noted.error().code == ErrorCode::Conflict ? noted.error().message : notNoted(noted.error()).message);
        m_progress.started(m_plan, index);
        act(index);
    }

    static Error notNoted(const Error& error)
    {
        return {error.code, {tr("The journal could not be written, so nothing was changed here: {0}"), {error.detail}}, error.detail};
    }

    /// Whether appcmd's own backup would hold what the step changes.
    static bool changesConfiguration(const Step& step)
    {
        return std::ranges::any_of(step.after, [](const State& state) {
            return std::holds_alternative<BindingState>(state) || std::holds_alternative<AccessState>(state);
        });
    }

    Result<Done> keepConfiguration()
    {
        const auto run = runName();
        if (!run) return notNoted(run.error());
        auto kept = m_server.keepConfiguration(*run);
        if (!kept) return kept.error();
        m_backup = std::move(*kept);
        m_isBackedUp = true;
        return Done{};
    }

    void act(std::size_t index)
    {
        const Step& step = m_plan.steps[index];
        StepResult& result = m_outcome.results[index];
        const auto start = std::chrono::steady_clock::now();
        const OutputSink sink = [&](const std::string& text) {
            if (result.output.size() < kMostOutput) result.output += text.substr(0, kMostOutput - result.output.size());
            m_progress.output(index, text);
        };
        RunLimits limits;
        limits.stop = m_stop;
        auto output = m_server.run(*step.action, m_materials, sink, limits);
        m_facts = m_server.observe(lookupsFor(m_plan));
        auto after = statesNow(step, m_facts);
        for (auto pause = kFirstPause; shallRetry(step, output, after, start); pause = std::min(pause * 2, kLongestPause)) {
            if (!waited(pause)) break;
            output = m_server.run(*step.action, m_materials, sink, limits);
            m_facts = m_server.observe(lookupsFor(m_plan));
            after = statesNow(step, m_facts);
        }
        result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (output && std::holds_alternative<Command>(*step.action)) result.exitCode = output->exitCode;

        const bool good = after && allSatisfied(*after, step.after);
        if (auto noted = ended(index, good, after ? *after : std::vector<State>{}); !noted)
            return fail(index, {tr("The change was made, but the journal could not be written: {0}"), {noted.error().detail}});
        if (!good) {
            const bool cancelled = !output && output.error().code == ErrorCode::Cancelled;
            fail(index, whyNot(output, after, step));
            if (cancelled) m_outcome.outcome = RunOutcome::Cancelled;
            return;
        }
        result.outcome = StepOutcome::Done;
        m_progress.finished(m_plan, index, result);
    }

    using Clock = std::chrono::steady_clock;

    /// Only what visibly did nothing is tried again, and only where the step says that trying again may help.
    static bool shallRetry(const Step& step, const Result<Output>& output, const Result<std::vector<State>>& after, Clock::time_point start)
    {
        // A program that could not be started, or hung, will not do better; what Monban does itself is answered by Windows at once.
        const bool isAnswered = output || (output.error().code == ErrorCode::Io && !std::holds_alternative<Command>(*step.action));
        return Clock::now() - start < step.retryFor && isAnswered && after && !allSatisfied(*after, step.after) && *after == step.before;
    }
    /// False when the user cancelled meanwhile.
    bool waited(std::chrono::milliseconds pause)
    {
        constexpr std::chrono::milliseconds kPart{50};
        for (const auto end = Clock::now() + pause; Clock::now() < end; std::this_thread::sleep_for(kPart))
            if (m_stop.stop_requested()) return false;
        return true;
    }

    static Message whyNot(const Result<Output>& output, const Result<std::vector<State>>& after, const Step& step)
    {
        if (!output) return output.error().message;
        if (!after) return after.error().message;
        const std::string different = differences(*after, step.after);
        if (output->exitCode == 0)
            return {tr("It reported success, but the server does not show it: {0}."), {different}};
        return {tr("The command ended with code {0}, and the server does not show the change: {1}."), {std::to_string(output->exitCode), different}};
    }

    void fail(std::size_t index, const Message& reason)
    {
        StepResult& result = m_outcome.results[index];
        result.outcome = StepOutcome::Failed;
        result.reason = reason;
        m_outcome.outcome = RunOutcome::Failed;
        m_outcome.reason = reason;
        m_ended = true;
        m_progress.finished(m_plan, index, result);
    }

    const Materials& m_materials;
    Progress& m_progress;
    std::stop_token m_stop;
    bool m_ended = false;
    bool m_isBackedUp = false;
};

class Apply final : public Execution {
public:
    using Execution::Execution;

private:
    Result<std::string> runName() override
    {
        if (m_run.run.empty()) {
            if (auto cutOff = interruptedRun(journalOf(m_server), m_plan, m_facts)) {
                m_run = std::move(*cutOff);
                m_run.revertAfter = m_plan.revertAfter;  // whoever goes on decides
                m_backup = m_run.configurationBackup;
                return m_run.run;
            }
            auto run = journalOf(m_server).begin(m_facts.machine ? m_facts.machine->clock : hostTime());
            if (!run) return run.error();
            m_run = std::move(*run);
            m_run.kind = m_plan.kind;
            m_run.answers = m_plan.answers;
            m_run.revertAfter = m_plan.revertAfter;
            for (const Step& step : m_plan.steps)
                if (const auto now = statesNow(step, m_facts); step.state == StepState::Done && now) m_run.confirmed.insert(m_run.confirmed.end(), now->begin(), now->end());
        }
        return m_run.run;
    }
    Result<Done> begin(std::size_t index, const std::vector<State>& before) override
    {
        if (const auto run = runName(); !run) return run.error();
        m_run.configurationBackup = m_backup;
        const Step& step = m_plan.steps[index];
        JournalStep entry;
        entry.id = step.id;
        entry.chapter = name(step.chapter);
        entry.title = step.title;
        entry.command = shownCommand(*step.action);
        entry.before = before;
        entry.wanted = step.after;
        entry.outcome = "running";
        m_run.steps.push_back(std::move(entry));
        if (auto written = journalOf(m_server).write(m_run); !written) {
            m_run.steps.pop_back();
            return written.error();
        }
        m_outcome.run = m_run.run;
        return Done{};
    }
    /// All of it had come true when the run was cut off: only its end is missing.
    Result<Done> nothingToDo() override
    {
        if (m_plan.has(StepState::Waiting)) return Done{};
        auto held = journalOf(m_server).lock();
        if (!held) return Done{};  // somebody else is at work: nothing of this is pressing
        m_facts = m_server.observe(lookupsFor(m_plan));
        auto cutOff = interruptedRun(journalOf(m_server), m_plan, m_facts);
        if (!cutOff) return Done{};
        m_run = std::move(*cutOff);
        m_run.revertAfter.reset();
        return end(RunOutcome::Done);
    }
    Result<Done> ended(std::size_t, bool good, const std::vector<State>& after) override
    {
        m_run.steps.back().after = after;
        m_run.steps.back().outcome = good ? "done" : "failed";
        return journalOf(m_server).write(m_run);
    }
    Result<Done> end(RunOutcome outcome) override
    {
        if (m_run.run.empty() || m_run.steps.empty()) return Done{};
        m_run.outcome = name(outcome);
        if (outcome != RunOutcome::Done) m_run.revertAfter.reset();  // whoever sees it fail decides
        m_run.ended = m_facts.machine ? m_facts.machine->clock : hostTime();
        return journalOf(m_server).write(m_run);
    }

    JournalRun m_run;
};

class Undo final : public Execution {
public:
    Undo(JournalRun run, const Plan& plan, Server& server, const Materials& none, Progress& progress, std::stop_token stop)
        : Execution(plan, server, none, progress, stop), m_run(std::move(run))
    {
        m_outcome.run = m_run.run;
    }

private:
    bool mustLast() const override { return true; }
    Result<std::string> runName() override { return m_run.run; }
    /// The states to go back to are in the journal already, and running an undo twice comes to the same. That it is on its way
    /// is noted all the same: what stands of the run by then was approved by nobody.
    Result<Done> begin(std::size_t, const std::vector<State>&) override
    {
        if (m_run.outcome == kUndoing) return Done{};
        if (m_run.revertAfter && !waitsToBeKept(m_run.run, m_server))
            return Error{ErrorCode::Conflict, {tr("Another Monban has kept the run {0} meanwhile, or taken it back."), {m_run.run}}, "no longer waiting"};
        m_outcomeBefore = std::exchange(m_run.outcome, kUndoing);
        return journalOf(m_server).write(m_run);
    }
    Result<Done> ended(std::size_t, bool, const std::vector<State>&) override { return Done{}; }
    Result<Done> end(RunOutcome outcome) override
    {
        if (outcome != RunOutcome::Done) return Done{};
        m_run.undone = true;
        if (!m_outcomeBefore.empty()) m_run.outcome = m_outcomeBefore;
        return journalOf(m_server).write(m_run);
    }
    /// Somebody took it back by hand: were it not noted, the run would stand before all earlier ones for ever.
    Result<Done> nothingToDo() override
    {
        auto held = journalOf(m_server).lock();
        if (!held) return held.error();
        return end(RunOutcome::Done);
    }

    JournalRun m_run;
    std::string m_outcomeBefore;
};

}  // namespace

const char* name(StepOutcome outcome)
{
    switch (outcome) {
    case StepOutcome::Done: return "done";
    case StepOutcome::Skipped: return "skipped";
    case StepOutcome::Failed: return "failed";
    case StepOutcome::NotRun: return "not-run";
    }
    return "not-run";
}

const char* name(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Done: return "done";
    case RunOutcome::Failed: return "failed";
    case RunOutcome::Cancelled: return "cancelled";
    case RunOutcome::Waiting: return "waiting";
    }
    return "failed";
}

Outcome execute(const Plan& plan, Server& server, const Materials& materials, Progress& progress, std::stop_token stop)
{
    return Apply(plan, server, materials, progress, stop).run();
}

Outcome executeUndo(JournalRun run, const Plan& plan, Server& server, Progress& progress, std::stop_token stop)
{
    const Materials none;
    return Undo(std::move(run), plan, server, none, progress, stop).run();
}

}  // namespace monban
