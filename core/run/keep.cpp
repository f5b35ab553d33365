// SPDX-License-Identifier: MIT
#include "core/run/keep.h"

#include <algorithm>
#include <thread>

#include "core/observe/pitfalls.h"
#include "core/plan/task_command.h"
#include "core/run/planning.h"

namespace monban {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{250};
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kFirstTry{15};  ///< so long the Monban that asked has to take it back itself

bool beginsToRequire(const Step& step)
{
    for (std::size_t i = 0; i < step.after.size() && i < step.before.size(); ++i) {
        const auto* after = std::get_if<AccessState>(&step.after[i]);
        const auto* before = std::get_if<AccessState>(&step.before[i]);
        if (after && before && (after->effective & access_flags::kRequireCert) && !(before->effective & access_flags::kRequireCert)) return true;
    }
    return false;
}

bool changesRecord(const Step& step)
{
    return std::ranges::any_of(step.after, [](const State& state) { return std::holds_alternative<RecordState>(state); });
}

/// Waits for somebody's word, whether it came to its end or was cut off.
bool isWaiting(const JournalRun& run) { return run.revertAfter && !run.undone; }

/// One whose undo was cut off is half set up: of that nothing can be kept.
bool canBeKept(const JournalRun& run) { return isWaiting(run) && run.ended && run.outcome != kUndoing; }

/// Nobody can be expected to say it any more. Of one that was cut off the end is not known: it counts from its beginning. A clock that
/// was set back behind that says nothing, and whoever is shut out has waited long enough.
bool isDue(const JournalRun& run, Time now) { return now >= run.ended.value_or(run.started) + *run.revertAfter + kFirstTry || now < run.started; }

const JournalRun* latestStanding(const JournalRuns& journaled)
{
    const auto latest = std::find_if(journaled.runs.rbegin(), journaled.runs.rend(), [](const JournalRun& run) { return !run.undone; });
    return latest == journaled.runs.rend() ? nullptr : &*latest;
}

/// A later run that cannot be read may be the one that waits, or build on the one that does.
bool isLaterUnreadable(const JournalRuns& journaled, const JournalRun* latest)
{
    return std::ranges::any_of(journaled.unreadable, [&](const auto& damaged) { return !latest || damaged.run > latest->run; });
}

/// The task that looks after runs holds the journal for a moment, too.
Result<std::unique_ptr<FileLock>> lockPatiently(const Journal& journal)
{
    for (auto end = std::chrono::steady_clock::now() + kPatience;; std::this_thread::sleep_for(kBetweenLooks)) {
        auto held = journal.lock();
        if (held || held.error().code != ErrorCode::Busy || std::chrono::steady_clock::now() >= end) return held;
    }
}

void removeKeepTask(Server& server)
{
    const Facts facts = server.observe({});
    const auto seen = observedState(TaskState{kKeepTask, std::nullopt}, facts);
    const Materials none;
    if (seen && std::get<TaskState>(*seen).task) (void)server.run(deletingTask(facts, kKeepTask), none, {}, {});
}

bool isToBeConfirmed(const Plan& plan, const Step& step)
{
    const bool replaces = plan.kind == PlanKind::Renewal || plan.kind == PlanKind::PutBack;
    return step.state == StepState::Needed && (beginsToRequire(step) || (replaces && changesRecord(step)));
}

}  // namespace

bool shallBeConfirmed(const Plan& plan)
{
    return std::ranges::any_of(plan.steps, [&](const Step& step) { return isToBeConfirmed(plan, step); });
}

std::optional<Error> shallRevert(Plan& plan, const Facts& facts, std::chrono::seconds time)
{
    plan.revertAfter = time;
    // With what is to be confirmed, since the wizard runs chapter by chapter; anything else a script wants back is one run anyway.
    const auto step = std::ranges::find_if(plan.steps, [&](const Step& one) { return isToBeConfirmed(plan, one); });
    const auto any = std::ranges::find(plan.steps, StepState::Needed, &Step::state);
    return any == plan.steps.end() ? std::nullopt : addKeepTask(plan, facts, step != plan.steps.end() ? step->chapter : any->chapter);
}

bool watches(const Plan& plan) { return std::ranges::find(plan.steps, kKeepStep, &Step::id) != plan.steps.end(); }

std::optional<JournalRun> unkeptRun(const JournalRuns& journaled)
{
    const JournalRun* latest = latestStanding(journaled);
    return latest && canBeKept(*latest) ? std::optional(*latest) : std::nullopt;
}

bool waitsToBeKept(const std::string& name, const Server& server)
{
    const auto journaled = journalOf(server).runs();
    if (!journaled) return true;
    const auto run = std::ranges::find(journaled->runs, name, &JournalRun::run);
    return run == journaled->runs.end() || isWaiting(*run);
}

Result<JournalRun> keepRun(const std::string& name, Server& server)
{
    const Journal journal = journalOf(server);
    auto held = lockPatiently(journal);
    if (!held) return held.error();
    auto journaled = journal.runs();
    if (!journaled) return journaled.error();
    auto run = unkeptRun(*journaled);
    if (!name.empty()) {
        const auto named = std::ranges::find(journaled->runs, name, &JournalRun::run);
        run = named != journaled->runs.end() && canBeKept(*named) ? std::optional(*named) : std::nullopt;
    }
    if (!run)
        return Error{ErrorCode::NotFound,
                     name.empty() ? Message{tr("No run waits to be kept."), {}} : Message{tr("The run {0} does not wait to be kept. \"monban runs\" lists them."), {name}},
                     "nothing to keep"};
    run->revertAfter.reset();
    if (auto written = journal.write(*run); !written) return written.error();
    std::ranges::replace_if(journaled->runs, [&](const JournalRun& one) { return one.run == run->run; }, *run);
    if (const JournalRun* latest = latestStanding(*journaled); !latest || !isWaiting(*latest)) removeKeepTask(server);
    return *run;
}

namespace {

/// The task has nothing left to do, unless somebody has begun something in this moment.
void removeIdleTask(Server& server)
{
    const Journal journal = journalOf(server);
    const auto held = journal.lock();
    const auto journaled = held ? journal.runs() : Result<JournalRuns>(held.error());
    if (!journaled) return;
    const JournalRun* latest = latestStanding(*journaled);
    if (!isLaterUnreadable(*journaled, latest) && (!latest || !isWaiting(*latest))) removeKeepTask(server);
}

/// Nothing of it ran: another Monban was at work, a part of the server could not be read, or the undo is blocked.
bool wasRefused(const Outcome& outcome)
{
    return outcome.outcome == RunOutcome::Failed && std::ranges::none_of(outcome.results, [](const StepResult& one) { return one.outcome == StepOutcome::Done || one.outcome == StepOutcome::Failed; });
}

/// Something was changed since the run: that does not mend itself.
bool isBlocked(const std::string& run, Server& server) { return planUndoOn(server, run).plan.has(StepState::Blocked); }

}  // namespace

Result<std::optional<Outcome>> takeBackOverdue(Server& server, Progress& progress, std::stop_token stop)
{
    const Journal journal = journalOf(server);
    const auto journaled = journal.runs();
    if (!journaled) return journaled.error();
    // Only the latest that stands: what came after another was built on it by somebody who could still reach the server.
    const JournalRun* latest = latestStanding(*journaled);
    if (isLaterUnreadable(*journaled, latest)) return std::optional<Outcome>();
    if (!latest || !isWaiting(*latest)) {
        removeIdleTask(server);
        return std::optional<Outcome>();
    }
    const Facts facts = server.observe({});
    if (!isDue(*latest, facts.machine ? facts.machine->clock : hostTime())) return std::optional<Outcome>();
    if (const auto held = journal.lock(); !held) {
        if (held.error().code == ErrorCode::Busy) return std::optional<Outcome>();  // whoever is at work is alive
        return held.error();
    }
    auto outcome = takeBack(latest->run, server, progress, stop);
    if (!outcome) return outcome.error();
    // Whoever mends what blocks it must not have everything taken back weeks later. Anything else is tried again.
    if (wasRefused(*outcome) && isBlocked(latest->run, server)) removeKeepTask(server);
    return std::optional(std::move(*outcome));
}

Result<bool> isTooEarlyToResume(Server& server, Time notBefore)
{
    const Facts facts = server.observe({});
    if ((facts.machine ? facts.machine->clock : hostTime()) < notBefore) return true;
    const auto journaled = journalOf(server).runs();
    if (!journaled) return journaled.error();
    const JournalRun* latest = latestStanding(*journaled);
    return latest && (isWaiting(*latest) || !latest->ended);
}

Result<Outcome> takeBack(const std::string& name, Server& server, Progress& progress, std::stop_token stop)
{
    const Journal journal = journalOf(server);
    auto run = runToUndo(journal, name);
    if (!run) return run.error();
    const auto plan = planUndo(**run, journal, server.observe(lookupsFor(**run)));
    if (!plan) return plan.error();
    return executeUndo(std::move(**run), *plan, server, progress, stop);
}

void noteIfTakenBack(Outcome& outcome, const Server& server)
{
    const auto journaled = journalOf(server).runs();
    if (!journaled) return;
    const auto run = std::ranges::find(journaled->runs, *outcome.run, &JournalRun::run);
    if (run == journaled->runs.end() || !(run->undone || run->outcome == kUndoing)) return;
    outcome.outcome = RunOutcome::Cancelled;
    outcome.takenBack = true;
    outcome.reason = {tr("The settings were taken back before: by the scheduled task, or by another Monban."), {}};
}

void goBack(Outcome& outcome, const Plan& plan, Server& server, Progress& progress)
{
    // Whoever cancelled wants the server as it was: this is not to be cancelled.
    auto back = takeBack(*outcome.run, server, progress, {});
    const auto mayPass = [&] { return back && wasRefused(*back) && !isBlocked(*outcome.run, server); };
    for (auto end = std::chrono::steady_clock::now() + kPatience; mayPass() && std::chrono::steady_clock::now() < end;) {
        std::this_thread::sleep_for(kBetweenLooks);  // the task that looks after runs holds the journal for a moment, too
        back = takeBack(*outcome.run, server, progress, {});
    }
    outcome.takenBack = back && back->outcome == RunOutcome::Done;
    if (*outcome.takenBack)
        outcome.findings.push_back({"taken-back", Severity::Info, {tr("Everything this run had done was taken back: the server is as it was before."), {}}, {}});
    else
        outcome.findings.push_back({"not-taken-back", Severity::Error, back ? back->reason : back.error().message,
                                    {tr("Because of this not everything could be taken back. Mend it, then take the rest back: monban undo {0}"), {*outcome.run}}});
    outcome.facts = server.observe(lookupsFor(plan));
    outcome.pitfalls = pitfalls(outcome.facts);
}

void keepOrRevert(Outcome& outcome, const Plan& plan, Server& server, Progress& progress, std::chrono::seconds time, const AskToKeep& ask)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + time;
    bool isKept = false;  // somebody has said so; another Monban may hold the journal for a moment
    for (;;) {
        const auto begun = Clock::now();
        const auto left = std::chrono::ceil<std::chrono::seconds>(end - begun);
        const KeepAnswer answer = isKept ? KeepAnswer::Keep : ask(std::max(left, std::chrono::seconds(0)));
        if (answer == KeepAnswer::Keep) {
            isKept = true;
            const auto kept = keepRun(*outcome.run, server);
            if (!kept && kept.error().code == ErrorCode::NotFound) noteIfTakenBack(outcome, server);
            if (kept || kept.error().code == ErrorCode::NotFound) return;
            if (kept.error().code == ErrorCode::Busy && begun < end + kTimeToKeep) {
                std::this_thread::sleep_for(kBetweenLooks);
                continue;
            }
            outcome.findings.push_back({"keep-not-noted", Severity::Warning, kept.error().message,
                                        {tr("The settings stay, but the journal does not say so. Say it again later: monban keep {0}"), {*outcome.run}}});
            return;
        }
        // Another Monban may have said so, or taken the run back.
        if (!waitsToBeKept(*outcome.run, server)) return noteIfTakenBack(outcome, server);
        if (answer == KeepAnswer::TakeBack || Clock::now() >= end) {
            outcome.outcome = RunOutcome::Cancelled;
            outcome.reason = answer == KeepAnswer::TakeBack ? Message{tr("The settings were not kept."), {}}
                                                            : Message{tr("Nobody said within {0} seconds that the settings are to be kept."), {std::to_string(time.count())}};
            return goBack(outcome, plan, server, progress);
        }
        std::this_thread::sleep_until(std::min(begun + kBetweenLooks, end));
    }
}

}  // namespace monban
