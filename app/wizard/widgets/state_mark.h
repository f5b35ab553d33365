// SPDX-License-Identifier: MIT
#pragma once
#include <wx/window.h>

namespace monban::wizard {

/// What a mark says; a word always stands beside it, since a colour or shape alone says nothing to some.
enum class Mark { ToDo, Here, Done, Waiting, Problem, Skipped, Information };

/// A round sign as high as a line of text, drawn so that it is sharp at every scale.
class StateMark final : public wxWindow {
public:
    StateMark(wxWindow* parent, Mark mark);
    void setMark(Mark mark);
    bool AcceptsFocus() const override { return false; }

private:
    void paint();
    wxSize DoGetBestClientSize() const override;

    Mark m_mark;
};

}  // namespace monban::wizard
