// SPDX-License-Identifier: MIT
#include "core/run/interrupted.h"

#include <algorithm>
#include <map>

#include "core/plan/restore.h"

namespace monban {
namespace {

bool isAbsence(const State& state)
{
    if (const auto* record = std::get_if<RecordState>(&state)) return !record->record;
    if (const auto* certificate = std::get_if<CertificateState>(&state)) return !certificate->present;
    if (const auto* service = std::get_if<ServiceState>(&state)) return !service->running;
    // A task watches over a run, whatever that is for.
    if (std::holds_alternative<TaskState>(state)) return true;
    return !isRestorable(state);
}

/// Whether the step that was cut off had come true shows on the server.
void settleLastStep(JournalRun& run, const Facts& facts)
{
    if (run.steps.empty() || run.steps.back().outcome != "running") return;
    JournalStep& last = run.steps.back();
    std::vector<State> now;
    bool isTrue = true;
    for (const State& wanted : last.wanted) {
        const auto seen = observedState(wanted, facts);
        if (!seen) return;
        isTrue = isTrue && satisfies(*seen, wanted);
        now.push_back(*seen);
    }
    last.outcome = isTrue ? "done" : "failed";
    last.after = std::move(now);
}

const char* againBy(PlanKind kind)
{
    switch (kind) {
    case PlanKind::SetUp: return "monban apply --answers FILE";
    case PlanKind::Renewal: return "monban apply --renew --answers FILE";
    case PlanKind::Retirement: return "monban apply --retire --answers FILE";
    case PlanKind::Removal: return "monban apply --remove";
    case PlanKind::PutBack: return "monban apply --put-back";
    case PlanKind::Resumption: return "monban apply --resume-revocation";
    case PlanKind::Undo: break;
    }
    return "monban undo";
}

}  // namespace

const JournalRun* runWithoutEnd(const JournalRuns& journaled)
{
    if (journaled.runs.empty()) return nullptr;
    const JournalRun& latest = journaled.runs.back();
    return latest.undone || latest.ended ? nullptr : &latest;
}

std::optional<Finding> cutOffFinding(const JournalRuns& journaled, const Server& server)
{
    const JournalRun* run = runWithoutEnd(journaled);
    if (!run) return std::nullopt;
    if (const auto held = journalOf(server).lock(); !held && held.error().code == ErrorCode::Busy) return std::nullopt;
    return Finding{"run-interrupted", Severity::Warning, {tr("The run {0} was cut off while it changed this server."), {run->run}},
                   {tr("To go on with it, run it again as it was: {0}. To take it back: {1}."), {againBy(run->kind), "monban undo " + run->run}}};
}

std::optional<Finding> cutOffFinding(const JournalRuns& journaled, const Server& server, const Plan& plan, const Facts& facts)
{
    auto said = cutOffFinding(journaled, server);
    if (said && interruptedRun(journalOf(server), plan, facts))
        return Finding{"run-interrupted", Severity::Info, {tr("The run {0} was cut off while it changed this server. This goes on with it."), said->message.values}, {}};
    return said;
}

std::optional<JournalRun> interruptedRun(const Journal& journal, const Plan& plan, const Facts& facts)
{
    auto journaled = journal.runs();
    if (!journaled || journaled->runs.empty()) return std::nullopt;
    JournalRun& latest = journaled->runs.back();
    if (latest.undone || latest.ended) return std::nullopt;
    if (plan.kind != PlanKind::SetUp && plan.kind != PlanKind::Renewal) {
        // What such a run has taken away is in no later plan any more: it is known by what it was to do.
        if (latest.kind != plan.kind || latest.answers != plan.answers) return std::nullopt;
        settleLastStep(latest, facts);
        return std::move(latest);
    }
    std::multimap<std::string, const State*> mine;  // a thing may be changed by several steps, one after the other
    for (const Step& step : plan.steps)
        for (const State& state : step.after) mine.emplace(subjectOf(state), &state);
    std::map<std::string, const State*> its;
    for (const JournalStep& step : latest.steps)
        for (const State& state : step.wanted) its[subjectOf(state)] = &state;
    bool isSame = false;
    for (const auto& [subject, wanted] : its) {
        const auto [begin, end] = mine.equal_range(subject);
        if (begin == end || isAbsence(*wanted)) continue;
        if (std::none_of(begin, end, [&](const auto& one) { return satisfies(*one.second, *wanted); })) return std::nullopt;
        isSame = true;
    }
    if (!isSame) return std::nullopt;
    settleLastStep(latest, facts);
    return std::move(latest);
}

}  // namespace monban
