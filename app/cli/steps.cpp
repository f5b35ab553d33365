// SPDX-License-Identifier: MIT
#include "app/cli/steps.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

#include "core/platform/platform.h"
#include "core/report/plan_json.h"

namespace monban::cli {
namespace {

const char* word(StepState state)
{
    switch (state) {
    case StepState::Needed: return tr("to do");
    case StepState::Done: return tr("done already");
    case StepState::Blocked: return tr("not possible yet");
    case StepState::Waiting: return tr("waiting");
    case StepState::Unknown: return tr("unknown");
    }
    return "";
}

const char* word(StepOutcome outcome)
{
    switch (outcome) {
    case StepOutcome::Done: return tr("done");
    case StepOutcome::Skipped: return tr("done already");
    case StepOutcome::Failed: return tr("failed");
    case StepOutcome::NotRun: return tr("not run");
    }
    return "";
}

const char* word(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Done: return tr("Everything is as it should be.");
    case RunOutcome::Failed: return tr("It did not end well.");
    case RunOutcome::Cancelled: return tr("It was cancelled.");
    case RunOutcome::Waiting: return tr("It waits for the CA's answer.");
    }
    return "";
}

void printAction(const Console& console, const Action& action)
{
    const auto* file = std::get_if<WriteFile>(&action);
    if (const auto text = file ? writtenText(*file) : std::nullopt) {
        console.print("      " + console.text(Message{tr("done by Monban itself; {0} will hold:"), {file->path}}));
        for (std::size_t at = 0; at < text->size();) {
            const auto end = std::min(text->find('\n', at), text->size());
            console.print("      > " + text->substr(at, end - at - (end > at && (*text)[end - 1] == '\r' ? 1 : 0)));
            at = end + 1;
        }
        return;
    }
    const ByHand hand = byHand(action);
    const std::string line = hand.commandPrompt ? *hand.commandPrompt : hand.powerShell.value_or("");
    if (std::holds_alternative<Command>(action)) console.print("      " + line);
    else console.print("      " + console.text(Message{tr("done by Monban itself; by hand it would be: {0}"), {line}}));
}

/// What the step changes, line by line; of something that is not there yet its coming is one line, since the command
/// above says the rest.
void printDifferences(const Console& console, const State& wanted, const Facts& facts)
{
    const auto seen = observedState(wanted, facts);
    if (!seen) return;
    const auto lines = factLines(wanted);
    const bool isNew = lines.size() > 1 && std::all_of(lines.begin(), lines.end(), [&](const FactLine& line) {
        return valueAt(*seen, line.fact) == "absent";
    });
    if (isNew) {
        console.print("      " + subjectOf(wanted) + ": absent → present");
        return;
    }
    for (const FactLine& line : lines)
        if (valueAt(*seen, line.fact) != line.value) console.print("      " + line.fact + ": " + valueAt(*seen, line.fact) + " → " + line.value);
}

std::string heading(const Console& console, const Plan& plan, std::size_t index)
{
    const std::string place = std::to_string(index + 1) + "/" + std::to_string(plan.steps.size());
    return "[" + place + "] " + console.text(plan.steps[index].title);
}

}  // namespace

void printPlan(const Console& console, const Plan& plan, const Facts& facts)
{
    for (const Step& step : plan.steps) {
        console.print("  [" + console.text(word(step.state)) + "] " + step.id + "  " + console.text(step.title));
        if (!step.reason.empty()) console.print("      " + console.text(step.reason));
        if (step.state != StepState::Needed) continue;
        if (step.action) printAction(console, *step.action);
        for (const State& wanted : step.after) printDifferences(console, wanted, facts);
        if (!step.undo && plan.kind != PlanKind::Undo) console.print("      " + console.text(tr("cannot be undone")));
    }
    for (const Finding& finding : plan.findings) console.print(finding);
    for (const Finding& finding : plan.pitfalls) console.print(finding);
    console.print(console.text(Message{tr("Digest of this plan: {0}"), {digestOf(plan)}}));
}

bool isAtTerminal(const Console& console) { return !console.json && platform::inputIsTerminal() && platform::outputIsTerminal(); }

bool approves(const Console& console, const Plan& plan, const Facts& facts, const char* question)
{
    if (!isAtTerminal(console) || !plan.has(StepState::Needed)) return true;
    printPlan(console, plan, facts);
    platform::writeError(console.text(question));
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) answer += static_cast<char>(c);
    return answer == "y" || answer == "Y" || answer == "yes";
}

void LiveProgress::started(const Plan& plan, std::size_t index)
{
    if (m_console.json) return;
    m_console.print(heading(m_console, plan, index));
    if (plan.steps[index].action) printAction(m_console, *plan.steps[index].action);
}

void LiveProgress::output(std::size_t, const std::string& text)
{
    if (m_console.json) return;
    m_line += text;
    for (std::size_t end = m_line.find('\n'); end != std::string::npos; end = m_line.find('\n')) {
        m_console.print("      | " + m_line.substr(0, end));
        m_line.erase(0, end + 1);
    }
}

void LiveProgress::finished(const Plan& plan, std::size_t index, const StepResult& result)
{
    if (m_console.json) return;
    if (!m_line.empty()) output(index, "\n");
    if (result.outcome == StepOutcome::Skipped) {
        m_console.print(heading(m_console, plan, index) + " — " + m_console.text(word(result.outcome)));
        return;
    }
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f", result.seconds);
    const std::string outcome = m_console.text(word(result.outcome));
    m_console.print("      " + m_console.text(result.exitCode
        ? Message{tr("{0} ({1} s, exit code {2})"), {outcome, seconds, std::to_string(*result.exitCode)}}
        : Message{tr("{0} ({1} s)"), {outcome, seconds}}));
    if (!result.reason.empty()) m_console.print("      " + m_console.text(result.reason));
}

int report(const Console& console, const Plan& plan, const Outcome& outcome)
{
    if (console.json) {
        console.print(outcomeJson(plan, outcome, console.language));
    } else {
        if (outcome.outcome != RunOutcome::Done || outcome.reason.empty()) console.print(console.text(word(outcome.outcome)));
        if (!outcome.reason.empty()) console.print(console.text(outcome.reason));
        for (const Finding& finding : outcome.findings) console.print(finding);
        const bool stands = outcome.run && !outcome.takenBack.value_or(false);
        const bool isUndo = plan.kind == PlanKind::Undo;
        if (stands && !isUndo)
            console.print(console.text(Message{tr("This run is called {0}; \"monban undo {0}\" takes it back."), {*outcome.run}}));
        else if (stands && outcome.outcome == RunOutcome::Done)
            console.print(console.text(Message{tr("The run {0} is undone."), {*outcome.run}}));
        for (const Finding& finding : outcome.pitfalls) console.print(finding);
    }
    switch (outcome.outcome) {
    case RunOutcome::Done: return kDone;
    case RunOutcome::Waiting: return kWaiting;
    default: return kWanting;
    }
}

}  // namespace monban::cli
