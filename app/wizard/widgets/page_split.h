// SPDX-License-Identifier: MIT
#pragma once
#include <wx/splitter.h>

namespace monban::wizard {

/// The page above, the panes of the server beneath. A page that needs more height than its part gets it from the panes,
/// up to a limit that leaves them readable; a boundary the user moved stays where it is.
class PageSplit final : public wxSplitterWindow {
public:
    explicit PageSplit(wxWindow* parent);

    void begin(wxWindow* page, wxWindow* panes);
    /// After another page was opened and laid out.
    void giveRoomTo(const wxWindow& page);
    /// While the same page is shown: what appears on it gets room, and nothing jumps back when it goes.
    void growFor(const wxWindow& page);

private:
    void moveTo(int position);

    bool m_isMovedByUser = false;
};

}  // namespace monban::wizard
