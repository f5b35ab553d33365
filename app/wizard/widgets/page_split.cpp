// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/page_split.h"

#include <wx/sizer.h>

#include <algorithm>

namespace monban::wizard {
namespace {

constexpr int kPagePercent = 64;  // of the height of both
constexpr int kLargestPagePercent = 71;

/// None while the page is still being made.
int needed(const wxWindow& page) { return page.GetSizer() ? page.GetSizer()->GetMinSize().y : 0; }

}  // namespace

PageSplit::PageSplit(wxWindow* parent) : wxSplitterWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxSP_LIVE_UPDATE | wxSP_3DSASH)
{
    SetMinimumPaneSize(8 * GetCharHeight());
    SetSashGravity(1.0);
    Bind(wxEVT_SPLITTER_SASH_POS_CHANGED, [this](wxSplitterEvent& event) {
        m_isMovedByUser = true;
        event.Skip();
    });
}

void PageSplit::begin(wxWindow* page, wxWindow* panes) { SplitHorizontally(page, panes); }

void PageSplit::giveRoomTo(const wxWindow& page) { moveTo(std::max(needed(page), GetClientSize().y * kPagePercent / 100)); }

void PageSplit::growFor(const wxWindow& page)
{
    if (needed(page) > GetSashPosition()) moveTo(needed(page));
}

void PageSplit::moveTo(int position)
{
    if (m_isMovedByUser) return;
    const int before = GetSashPosition();
    SetSashPosition(std::min(position, GetClientSize().y * kLargestPagePercent / 100));
    // Windows copies what a moved control showed; seen under Wine: it stays where it was as well, and labels stay away.
    if (GetSashPosition() != before && GetWindow2()) GetWindow2()->Refresh();
}

}  // namespace monban::wizard
