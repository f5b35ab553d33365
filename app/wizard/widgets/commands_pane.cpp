// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/commands_pane.h"

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/clipbrd.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include "app/wizard/text.h"

namespace monban::wizard {
namespace {

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

wxString resultText(const StepResult& result)
{
    const std::string seconds = toUtf8(wxString::FromCDouble(result.seconds, 1));
    const std::string outcome = toUtf8(shown(word(result.outcome)));
    wxString text = result.exitCode ? shown(Message{tr("{0} ({1} s, exit code {2})"), {outcome, seconds, std::to_string(*result.exitCode)}})
                                    : shown(Message{tr("{0} ({1} s)"), {outcome, seconds}});
    if (!result.reason.empty()) text += "\n" + shown(result.reason);
    return text + "\n";
}

wxString indented(const std::string& output)
{
    wxString text;
    wxString rest = fromUtf8(output);
    rest.Replace("\r\n", "\n");
    while (!rest.empty()) {
        text += "  " + rest.BeforeFirst('\n') + "\n";
        rest = rest.AfterFirst('\n');
    }
    return text;
}

}  // namespace

CommandsPane::CommandsPane(wxWindow* parent) : wxPanel(parent)
{
    auto* heading = new wxStaticText(this, wxID_ANY, shown(tr("What runs")));
    heading->SetFont(heading->GetFont().Bold());
    m_shell = new wxChoice(this, wxID_ANY);
    m_shell->SetName("shell");
    m_shell->Append(shown(tr("Command Prompt")));
    m_shell->Append("PowerShell");
    m_shell->SetSelection(0);
    auto* copyAll = new wxButton(this, wxID_ANY, shown(tr("Copy")));
    copyAll->SetName("copy-commands");
    auto* top = new wxBoxSizer(wxHORIZONTAL);
    top->Add(heading, wxSizerFlags(1).CenterVertical());
    top->Add(m_shell, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    top->Add(copyAll, wxSizerFlags().CenterVertical());
    m_text = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_MULTILINE | wxTE_READONLY);
    m_text->SetName("commands");
    m_text->SetFont(wxFont(wxFontInfo(GetFont().GetFractionalPointSize()).Family(wxFONTFAMILY_TELETYPE)));
    auto* checkLabel = new wxStaticText(this, wxID_ANY, shown(tr("Check it yourself:")));
    m_checks = new wxChoice(this, wxID_ANY);
    m_checks->SetName("self-check");
    m_copyCheck = new wxButton(this, wxID_ANY, shown(tr("Copy")));
    auto* bottom = new wxBoxSizer(wxHORIZONTAL);
    bottom->Add(checkLabel, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    bottom->Add(m_checks, wxSizerFlags(1).CenterVertical().Border(wxRIGHT));
    bottom->Add(m_copyCheck, wxSizerFlags().CenterVertical());
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    sizer->Add(top, wxSizerFlags().Expand().Border());
    sizer->Add(m_text, wxSizerFlags(1).Expand().Border(wxLEFT | wxRIGHT));
    sizer->Add(bottom, wxSizerFlags().Expand().Border());
    SetSizer(sizer);
    m_checks->SetMinSize({20 * GetCharWidth(), -1});  // long commands must not widen the pane

    m_shell->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { fill(); });
    copyAll->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copy(m_commands); });
    m_copyCheck->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copy(m_checks->GetStringSelection()); });
}

wxString CommandsPane::commandText(const Step& step) const
{
    if (!step.action) return {};
    const ByHand hand = byHand(*step.action);
    const bool isPrompt = m_shell->GetSelection() == 0;
    const std::optional<std::string>& line = isPrompt ? hand.commandPrompt : hand.powerShell;
    return line ? fromUtf8(*line) : wxString();
}

void CommandsPane::show(const std::vector<RanStep>& ran, const std::vector<Step>& coming)
{
    m_ran = ran;
    m_coming = coming;
    fill();
}

void CommandsPane::fill()
{
    wxString text;
    m_commands.clear();
    const auto add = [&](const Step& step) {
        text += "# " + shown(step.title) + "\n";
        const bool isOwn = step.action && !std::holds_alternative<Command>(*step.action);
        if (isOwn) text += "# " + shown(tr("Monban does this itself; by hand it would be:")) + "\n";
        const wxString command = commandText(step);
        if (!command.empty()) {
            text += command + "\n";
            m_commands += command + "\n";
        } else if (step.action) {
            text += "# " + shown(tr("Command Prompt has no command for this; see PowerShell.")) + "\n";
        }
        if (!step.reason.empty()) text += "# " + shown(step.reason) + "\n";
    };
    for (const RanStep& one : m_ran) {
        add(one.step);
        text += indented(one.output);
        if (one.result) text += resultText(*one.result);
        text += "\n";
    }
    for (const Step& step : m_coming) {
        add(step);
        text += "\n";
    }
    if (text.empty()) text = shown(tr("Nothing has to be run now."));
    if (text == m_shown) return;
    m_shown = text;
    m_text->ChangeValue(text);
    // While it runs, what happens is at the end.
    if (!m_ran.empty()) m_text->ShowPosition(m_text->GetLastPosition());
}

void CommandsPane::setChecks(const std::vector<SelfCheck>& checks)
{
    wxArrayString lines;
    for (const SelfCheck& check : checks) lines.Add(fromUtf8(check.command));
    if (lines == m_checks->GetStrings()) return;  // or the choice would jump back with every look
    m_checks->Set(lines);
    if (!lines.empty()) m_checks->SetSelection(0);
    m_checks->Enable(!lines.empty());
    m_copyCheck->Enable(!lines.empty());
}

void CommandsPane::copy(const wxString& text)
{
    if (!wxTheClipboard->Open()) return;
    wxTheClipboard->SetData(new wxTextDataObject(text));
    wxTheClipboard->Close();
}

}  // namespace monban::wizard
