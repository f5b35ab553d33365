// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <vector>

#include "core/pki/finding.h"

namespace monban::wizard {

/// What a person should know, each with its sign, what is wrong and what to do. Hidden while there is nothing.
class FindingList final : public wxPanel {
public:
    explicit FindingList(wxWindow* parent);
    void show(const std::vector<Finding>& findings);

private:
    std::vector<std::pair<Severity, wxString>> m_shown;
};

}  // namespace monban::wizard
