// SPDX-License-Identifier: MIT
#include "tests/wizard/gui/layout_check.h"

#include <wx/bookctrl.h>
#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/panel.h>
#include <wx/radiobut.h>
#include <wx/scrolbar.h>
#include <wx/scrolwin.h>
#include <wx/splitter.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <algorithm>

#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {
namespace {

std::string called(const wxWindow& window)
{
    const wxString label = wxControl::RemoveMnemonics(window.GetLabel());
    return (window.GetName() + " \"" + label.Left(40) + "\"").utf8_string();
}

std::string sized(const wxSize& size) { return std::to_string(size.x) + "x" + std::to_string(size.y); }

/// Windows of our own making, in which it is looked on; what is inside of a native control is its own affair.
bool isOurs(const wxWindow& window)
{
    return dynamic_cast<const wxPanel*>(&window) || dynamic_cast<const wxScrolledWindow*>(&window) || dynamic_cast<const wxSplitterWindow*>(&window) ||
           dynamic_cast<const wxBookCtrlBase*>(&window);
}

/// The size its words need, in the width it has got.
wxSize neededSize(const wxWindow& window)
{
    const wxSize best = window.GetBestSize();
    if (dynamic_cast<const WrappedText*>(&window)) {
        int widest = 0;
        wxString rest = wxControl::RemoveMnemonics(window.GetLabel());
        while (!rest.empty()) {
            widest = std::max(widest, window.GetTextExtent(rest.BeforeFirst('\n')).x);
            rest = rest.AfterFirst('\n');
        }
        return {widest, best.y};
    }
    if (window.HasFlag(wxST_ELLIPSIZE_END) && dynamic_cast<const wxStaticText*>(&window)) return {0, best.y};
    if (dynamic_cast<const wxTextCtrl*>(&window)) return {10 * window.GetCharWidth(), window.HasFlag(wxTE_MULTILINE) ? 3 * window.GetCharHeight() : best.y};
    if (dynamic_cast<const wxChoice*>(&window)) return {std::min(best.x, 10 * window.GetCharWidth()), best.y};  // a long list may be cut
    if (dynamic_cast<const wxStaticText*>(&window) || dynamic_cast<const wxAnyButton*>(&window) || dynamic_cast<const wxCheckBox*>(&window) ||
        dynamic_cast<const wxRadioButton*>(&window))
        return best;
    return {0, 0};
}

/// Where its children may be; a scrolled window only scrolls up and down.
wxSize room(const wxWindow& parent)
{
    wxSize size = parent.GetClientSize();
    if (dynamic_cast<const wxScrolledWindow*>(&parent)) size.y = std::max(size.y, parent.GetVirtualSize().y);
    return size;
}

wxRect placeOf(const wxWindow& child)
{
    wxRect place = child.GetRect();
    if (const auto* scrolled = dynamic_cast<const wxScrolledWindow*>(child.GetParent())) place.SetPosition(scrolled->CalcUnscrolledPosition(place.GetPosition()));
    return place;
}

void look(const wxWindow& parent, std::vector<std::string>& faults)
{
    std::vector<const wxWindow*> visible;
    for (const wxWindow* child : parent.GetChildren())
        if (child->IsShown() && !child->IsTopLevel() && !dynamic_cast<const wxScrollBar*>(child)) visible.push_back(child);
    const wxSize space = room(parent);
    for (const wxWindow* child : visible) {
        const wxRect place = placeOf(*child);
        const wxSize needed = neededSize(*child);
        if (place.width < needed.x || place.height < needed.y)
            faults.push_back(called(*child) + " is " + sized(place.GetSize()) + " and needs " + sized(needed));
        if (place.x < 0 || place.y < 0 || place.GetRight() >= space.x || place.GetBottom() >= space.y)
            faults.push_back(called(*child) + " ends at " + std::to_string(place.GetRight() + 1) + "," + std::to_string(place.GetBottom() + 1) + " outside of " +
                             called(parent) + ", which is " + sized(space));
        for (const wxWindow* other : visible) {
            if (other == child) break;
            if (place.Intersects(placeOf(*other))) faults.push_back(called(*child) + " overlaps " + called(*other));
        }
        if (isOurs(*child)) look(*child, faults);
    }
}

}  // namespace

std::vector<std::string> layoutFaults(const wxWindow& parent)
{
    std::vector<std::string> faults;
    look(parent, faults);
    return faults;
}

}  // namespace monban::wizard
