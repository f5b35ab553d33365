// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/wrapped_text.h"

#include <wx/scrolwin.h>

#include <algorithm>

#include "app/wizard/widgets/line_breaks.h"

namespace monban::wizard {
namespace {

// Narrower than the narrowest pane less a scroll bar, or a list would be laid out wider than it is seen.
constexpr int kLeastCharacters = 12;

}  // namespace

WrappedText::WrappedText(wxWindow* parent, const wxString& text)
    : wxStaticText(parent, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_NO_AUTORESIZE)
{
    setText(text);
    Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
        event.Skip();
        wrapTo(event.GetSize().x);
    });
}

void WrappedText::setText(const wxString& text)
{
    if (text == m_text) return;
    m_text = text;
    const int width = m_width;
    m_width = 0;
    SetLabelText(m_text);
    if (width > 0) wrapTo(width);
    InvalidateBestSize();
}

void WrappedText::wrapTo(int width)
{
    if (width == m_width || width <= 0) return;
    m_width = width;
    const int before = GetBestSize().y;
    // wxStaticText::Wrap() breaks at blanks alone, of which Japanese has none.
    SetLabelText(wxString(brokenToWidth(m_text.ToStdWstring(), width, [this](const std::wstring& piece) { return GetTextExtent(wxString(piece)).x; })));
    InvalidateBestSize();
    // Another number of lines: whoever laid this out has to do so again, once this event is over.
    if (GetBestSize().y != before && GetParent()) GetParent()->CallAfter([parent = GetParent()] { layOutAround(*parent); });
}

void layOutAround(wxWindow& changed)
{
    for (wxWindow* window = &changed; window && !window->IsTopLevel(); window = window->GetParent()) {
        auto* scrolled = dynamic_cast<wxScrolledWindow*>(window);
        if (!scrolled) continue;
        const wxSize before = scrolled->GetClientSize();
        scrolled->Layout();
        scrolled->FitInside();
        if (scrolled->GetClientSize() != before) scrolled->Layout();  // the scroll bar has come or gone
        scrolled->Refresh();  // Windows copies what moves as it was on screen, with whatever lay over it
        return;
    }
    changed.Layout();
}

// The width a sizer gives decides, never the length of the text: else one long sentence would widen the window.
wxSize WrappedText::DoGetBestClientSize() const
{
    const wxSize best = wxStaticText::DoGetBestClientSize();
    return {std::min(best.x, kLeastCharacters * GetCharWidth()), best.y};
}

}  // namespace monban::wizard
