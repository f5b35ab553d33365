// SPDX-License-Identifier: MIT
#pragma once
#include <wx/stattext.h>

namespace monban::wizard {

/// A paragraph that wraps to the width its place has, whatever font and language; wxStaticText itself wraps only once
/// and keeps the line breaks.
class WrappedText final : public wxStaticText {
public:
    explicit WrappedText(wxWindow* parent, const wxString& text = {});
    void setText(const wxString& text);
    const wxString& text() const { return m_text; }

private:
    void wrapTo(int width);
    wxSize DoGetBestClientSize() const override;

    wxString m_text;
    int m_width = 0;
};

/// After something in that window has another size: what scrolls around it, or it, is laid out anew. A scroll bar that comes
/// takes room away, which the layout before it did not know.
void layOutAround(wxWindow& changed);

}  // namespace monban::wizard
