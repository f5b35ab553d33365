// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <functional>
#include <string>
#include <vector>

#include "core/pki/finding.h"

namespace monban::wizard {

/// What a person should know, each with its sign, what is wrong and what to do. Hidden while there is nothing.
class FindingList final : public wxPanel {
public:
    explicit FindingList(wxWindow* parent);
    void show(const std::vector<Finding>& findings);

    /// Whether that pitfall (Finding::acceptedBy) is accepted, and the user's word that it is to be, or no longer. Where both are
    /// there, what can be accepted has a box to tick, called "accept-ID"; accepted, it is no problem any more.
    std::function<bool(const std::string& pitfall)> isAccepted;
    std::function<void(const std::string& pitfall, bool)> onAccept;

private:
    struct Line {
        Severity severity;
        wxString text;
        std::string box;  ///< beneath it: the pitfall that is accepted there
        friend bool operator==(const Line&, const Line&) = default;
    };
    std::vector<Line> linesOf(const std::vector<Finding>& findings) const;
    void addBox(const std::string& pitfall);

    std::vector<Line> m_shown;
};

}  // namespace monban::wizard
