// SPDX-License-Identifier: MIT
#include "app/wizard/run_text.h"

#include <cstdio>

#include "app/wizard/text.h"
#include "core/report/live_lines.h"

namespace monban::wizard {
namespace {

std::string say(const Message& message) { return inLanguage(message, language()); }

const char* word(StepOutcome outcome)
{
    switch (outcome) {
    case StepOutcome::Done: return tr("✓ seen on the server");
    case StepOutcome::Skipped: return tr("done already");
    case StepOutcome::Failed: return tr("failed");
    case StepOutcome::NotRun: return tr("not run");
    }
    return "";
}

std::string resultText(const StepResult& result)
{
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f", result.seconds);
    const std::string outcome = say({word(result.outcome), {}});
    std::string text = result.exitCode ? say({tr("{0} ({1} s, exit code {2})"), {outcome, seconds, std::to_string(*result.exitCode)}})
                                       : say({tr("{0} ({1} s)"), {outcome, seconds}});
    if (!result.reason.empty()) text += "\n" + say(result.reason);
    return text + "\n";
}

class Writer {
public:
    explicit Writer(ShellKind shell) : m_shell(shell) {}

    void coming(const Step& step)
    {
        show(step);
        m_text.text += "\n";
    }
    void ran(const RanStep& one)
    {
        show(one.step);
        m_text.text += indented(one.output);
        if (one.result) m_text.text += resultText(*one.result);
        m_text.text += "\n";
    }
    RunText take() { return std::move(m_text); }

private:
    void show(const Step& step)
    {
        m_text.text += "# " + say(step.title) + "\n";
        const bool isOwn = step.action && !std::holds_alternative<Command>(*step.action);
        if (isOwn) m_text.text += "# " + say({tr("Monban does this itself; by hand it would be:"), {}}) + "\n";
        const ByHand hand = step.action ? byHand(*step.action) : ByHand{};
        if (const auto& line = m_shell == ShellKind::CommandPrompt ? hand.commandPrompt : hand.powerShell) {
            m_text.text += *line + "\n";
            m_text.commands += *line + "\n";
        } else if (step.action) {
            m_text.text += "# " + say({tr("Command Prompt has no command for this; see PowerShell."), {}}) + "\n";
        }
        if (!step.reason.empty()) m_text.text += "# " + say(step.reason) + "\n";
    }
    ShellKind m_shell;
    RunText m_text;
};

}  // namespace

std::string indented(const std::string& output)
{
    std::string text;
    for (std::size_t at = 0; at < output.size();) {
        std::size_t end = output.find('\n', at);
        if (end == std::string::npos) end = output.size();
        const bool hasReturn = end > at && output[end - 1] == '\r';
        text += "  " + output.substr(at, end - at - (hasReturn ? 1 : 0)) + "\n";
        at = end + 1;
    }
    return text;
}

RunText runText(const std::vector<RanStep>& ran, const std::vector<Step>& coming, ShellKind shell)
{
    Writer writer(shell);
    for (const RanStep& one : ran) writer.ran(one);
    for (const Step& step : coming) writer.coming(step);
    return writer.take();
}

std::string logText(const Session& session, Time now)
{
    std::string text = "Monban " MONBAN_VERSION ", " + rfc3339(now) + "\n";
    if (const auto view = session.view(); view && view->facts.machine)
        text += view->facts.machine->name + ", " + view->facts.machine->osName + " (" + std::to_string(view->facts.machine->build) + ")\n";
    const auto add = [&](Chapter chapter, const std::vector<RanStep>& ran) {
        if (!ran.empty()) text += "\n== " + say(title(chapter)) + "\n\n" + runText(ran, {}, ShellKind::CommandPrompt).text;
    };
    for (const auto& [chapter, ran] : session.earlierRuns()) add(chapter, ran);
    for (const Chapter chapter : {Chapter::Certificate, Chapter::Import, Chapter::Trust, Chapter::Bind, Chapter::Require, Chapter::Troubleshoot})
        add(chapter, session.ran(chapter));
    return text;
}

}  // namespace monban::wizard
