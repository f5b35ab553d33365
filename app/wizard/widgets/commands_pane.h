// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/wizard/session.h"
#include "core/report/self_checks.h"

class wxButton;
class wxChoice;
class wxTextCtrl;

namespace monban::wizard {

/// Exactly what will run, for either shell; beneath each step that ran its output, exit code and time; at the end what a
/// check of the user's own said.
class CommandsPane final : public wxPanel {
public:
    explicit CommandsPane(wxWindow* parent);
    void show(const std::vector<RanStep>& ran, const std::vector<Step>& coming, const std::optional<RanCheck>& check);
    void setChecks(const std::vector<SelfCheck>& checks);
    /// The focus, on the text.
    void takeFocus();
    bool hasFocus() const;
    /// The user wants the check that is chosen: to be run, or its window opened.
    std::function<void(const SelfCheck&)> onCheck;

private:
    void fill();
    void showCheckButton();
    void copy(const wxString& text);

    wxChoice* m_shell = nullptr;
    wxTextCtrl* m_text = nullptr;
    wxChoice* m_checks = nullptr;
    wxButton* m_copyCheck = nullptr;
    wxButton* m_doCheck = nullptr;
    std::vector<SelfCheck> m_known;
    std::vector<RanStep> m_ran;
    std::vector<Step> m_coming;
    std::optional<RanCheck> m_check;
    wxString m_shown;
    wxString m_commands;  ///< what "copy" takes: commands alone
};

}  // namespace monban::wizard
