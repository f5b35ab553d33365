// SPDX-License-Identifier: MIT
#include "app/cli/steps.h"

#include <nlohmann/json.hpp>

#include <cstdio>

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
    const ByHand hand = byHand(action);
    const std::string line = hand.commandPrompt ? *hand.commandPrompt : hand.powerShell.value_or("");
    if (std::holds_alternative<Command>(action)) console.print("      " + line);
    else console.print("      " + console.text(Message{tr("done by Monban itself; by hand it would be: {0}"), {line}}));
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
        for (const State& wanted : step.after) {
            const auto seen = observedState(wanted, facts);
            for (const FactLine& line : factLines(wanted))
                if (seen && valueAt(*seen, line.fact) != line.value)
                    console.print("      " + line.fact + ": " + valueAt(*seen, line.fact) + " → " + line.value);
        }
        if (!step.undo) console.print("      " + console.text(tr("cannot be undone")));
    }
    for (const Finding& finding : plan.findings) console.print(finding);
    for (const Finding& finding : plan.pitfalls) console.print(finding);
    console.print(console.text(Message{tr("Digest of this plan: {0}"), {digestOf(plan)}}));
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
    const std::string code = result.exitCode ? std::to_string(*result.exitCode) : "–";
    m_console.print("      " + m_console.text(Message{tr("{0} ({1} s, exit code {2})"), {m_console.text(word(result.outcome)), seconds, code}}));
    if (!result.reason.empty()) m_console.print("      " + m_console.text(result.reason));
}

int report(const Console& console, const Plan& plan, const Facts& facts, const Outcome& outcome)
{
    if (console.json) {
        console.print(outcomeJson(plan, facts, outcome, console.language));
    } else {
        console.print(console.text(word(outcome.outcome)));
        if (!outcome.reason.empty()) console.print(console.text(outcome.reason));
        if (outcome.run) console.print(console.text(Message{tr("This run is called {0}; \"monban undo {0}\" takes it back."), {*outcome.run}}));
        for (const Finding& finding : outcome.pitfalls) console.print(finding);
    }
    switch (outcome.outcome) {
    case RunOutcome::Done: return kDone;
    case RunOutcome::Waiting: return kWaiting;
    default: return kWanting;
    }
}

}  // namespace monban::cli
