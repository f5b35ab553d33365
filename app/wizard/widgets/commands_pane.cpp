// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/commands_pane.h"

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/clipbrd.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include "app/wizard/run_text.h"
#include "app/wizard/text.h"

namespace monban::wizard {
namespace {

/// GTK's exact fit leaves the words no room.
void giveAir(wxButton* button) { button->SetMinSize({button->GetTextExtent(button->GetLabelText()).x + 4 * button->GetCharWidth(), -1}); }

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
    m_copyCheck = new wxButton(this, wxID_ANY, shown(tr("Copy")), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
    m_doCheck = new wxButton(this, wxID_ANY, shown(tr("Run")), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
    m_doCheck->SetName("do-check");
    giveAir(m_copyCheck);
    giveAir(m_doCheck);
    auto* bottom = new wxBoxSizer(wxHORIZONTAL);
    bottom->Add(checkLabel, wxSizerFlags(1).CenterVertical().Border(wxRIGHT));
    bottom->Add(m_copyCheck, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    bottom->Add(m_doCheck, wxSizerFlags().CenterVertical());
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    sizer->Add(top, wxSizerFlags().Expand().Border());
    sizer->Add(m_text, wxSizerFlags(1).Expand().Border(wxLEFT | wxRIGHT));
    sizer->Add(bottom, wxSizerFlags().Expand().Border(wxLEFT | wxTOP | wxRIGHT));
    sizer->Add(m_checks, wxSizerFlags().Expand().Border());
    SetSizer(sizer);
    m_checks->SetMinSize({20 * GetCharWidth(), -1});  // long commands must not widen the pane

    m_shell->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { fill(); });
    copyAll->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copy(m_commands); });
    m_checks->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { showCheckButton(); });
    m_doCheck->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
        if (const int chosen = m_checks->GetSelection(); chosen >= 0 && onCheck) onCheck(m_known[static_cast<std::size_t>(chosen)]);
    });
    m_copyCheck->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copy(m_checks->GetStringSelection()); });
}

void CommandsPane::show(const std::vector<RanStep>& ran, const std::vector<Step>& coming, const std::optional<RanCheck>& check)
{
    m_ran = ran;
    m_coming = coming;
    m_check = check;
    fill();
}

void CommandsPane::fill()
{
    RunText run = runText(m_ran, m_coming, m_shell->GetSelection() == 0 ? ShellKind::CommandPrompt : ShellKind::PowerShell);
    m_commands = fromUtf8(run.commands);
    wxString text = fromUtf8(run.text);
    if (text.empty()) text = shown(tr("Nothing has to be run now.")) + "\n\n";
    if (m_check) {
        text += "> " + fromUtf8(m_check->text) + "\n" + fromUtf8(indented(m_check->output));
        if (m_check->isRunning) text += shown(tr("Running…"));
        else if (!m_check->problem.empty()) text += shown(m_check->problem);
        else text += shown(Message{tr("exit code {0}"), {std::to_string(m_check->exitCode.value_or(0))}});
        text += "\n";
    }
    if (text == m_shown) return;
    m_shown = text;
    m_text->ChangeValue(text);
    // While it runs, what happens is at the end.
    if (!m_ran.empty() || m_check) m_text->ShowPosition(m_text->GetLastPosition());
}

void CommandsPane::takeFocus() { m_text->SetFocus(); }
bool CommandsPane::hasFocus() const { return FindFocus() == m_text; }

void CommandsPane::setChecks(const std::vector<SelfCheck>& checks)
{
    wxArrayString lines;
    for (const SelfCheck& check : checks) lines.Add(fromUtf8(check.text));
    m_known = checks;
    if (lines == m_checks->GetStrings()) return;  // or the choice would jump back with every look
    m_checks->Set(lines);
    if (!lines.empty()) m_checks->SetSelection(0);
    m_checks->Enable(!lines.empty());
    m_copyCheck->Enable(!lines.empty());
    m_doCheck->Enable(!lines.empty());
    showCheckButton();
}

void CommandsPane::showCheckButton()
{
    const int chosen = m_checks->GetSelection();
    const bool isWindow = chosen >= 0 && m_known[static_cast<std::size_t>(chosen)].kind == SelfCheck::Kind::Window;
    m_doCheck->SetLabel(shown(isWindow ? tr("Open") : tr("Run")));
    giveAir(m_doCheck);
    Layout();
}

void CommandsPane::copy(const wxString& text)
{
    if (!wxTheClipboard->Open()) return;
    wxTheClipboard->SetData(new wxTextDataObject(text));
    wxTheClipboard->Close();
}

}  // namespace monban::wizard
