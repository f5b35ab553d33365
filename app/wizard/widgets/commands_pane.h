// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <string>
#include <vector>

#include "app/wizard/session.h"

class wxButton;
class wxChoice;
class wxTextCtrl;

namespace monban::wizard {

/// A read-only command or console with which the user sees the same for himself.
struct SelfCheck {
    std::string command;   ///< as it is typed, or the name of a console such as certlm.msc
    bool isPowerShell = false;
};

/// Exactly what will run, for either shell; beneath each step that ran its output, exit code and time.
class CommandsPane final : public wxPanel {
public:
    explicit CommandsPane(wxWindow* parent);
    void show(const std::vector<RanStep>& ran, const std::vector<Step>& coming);
    void setChecks(const std::vector<SelfCheck>& checks);

private:
    wxString commandText(const Step& step) const;
    void fill();
    void copy(const wxString& text);

    wxChoice* m_shell = nullptr;
    wxTextCtrl* m_text = nullptr;
    wxChoice* m_checks = nullptr;
    wxButton* m_copyCheck = nullptr;
    std::vector<RanStep> m_ran;
    std::vector<Step> m_coming;
    wxString m_shown;
    wxString m_commands;  ///< what "copy" takes: commands alone
};

}  // namespace monban::wizard
