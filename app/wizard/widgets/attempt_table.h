// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include "core/tls/probe.h"

class wxListCtrl;

namespace monban::wizard {

class WrappedText;

/// What was tried on a site: a row for each attempt, expected beside met, and beneath it all that was seen in the chosen one.
/// Hidden while there is nothing.
class AttemptTable final : public wxPanel {
public:
    explicit AttemptTable(wxWindow* parent);
    void show(const ProbeReport* report);

private:
    void showDetails(int row);

    wxListCtrl* m_list = nullptr;
    WrappedText* m_details = nullptr;
    std::vector<wxString> m_texts;  ///< the details, a row each
};

}  // namespace monban::wizard
