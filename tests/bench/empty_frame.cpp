// SPDX-License-Identifier: MIT
// The least a program with a window can be: what the wizard's start is measured against.
#include <wx/frame.h>

#include "tests/bench/first_paint.h"

namespace {

class App final : public wxApp {
public:
    bool OnInit() override
    {
        if (!wxApp::OnInit()) return false;
        auto* frame = new wxFrame(nullptr, wxID_ANY, "Empty", wxDefaultPosition, {1000, 700});
        frame->SetName("empty");
        frame->Show();
        return true;
    }

private:
    FirstPaint m_watch{"empty"};
};

}  // namespace

wxIMPLEMENT_APP(App);
