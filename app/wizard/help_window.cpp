// SPDX-License-Identifier: MIT
#include "app/wizard/help_window.h"

#include <wx/frame.h>
#include <wx/html/htmlwin.h>
#include <wx/sizer.h>

#include "app/wizard/help_topics.h"
#include "app/wizard/markdown.h"
#include "app/wizard/text.h"

namespace monban::wizard {

void showHelpFor(wxWindow* parent, const std::string& word)
{
    const auto text = helpTopic(word, language());
    if (!text) return;
    // One window for all topics: whoever asks again sees it change, and does not collect windows.
    wxWindow* existing = wxWindow::FindWindowByName("help", parent);
    auto* frame = dynamic_cast<wxFrame*>(existing);
    wxHtmlWindow* html = nullptr;
    if (frame) {
        html = dynamic_cast<wxHtmlWindow*>(wxWindow::FindWindowByName("help-text", frame));
    } else {
        frame = new wxFrame(parent, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxDEFAULT_FRAME_STYLE | wxFRAME_FLOAT_ON_PARENT, "help");
        html = new wxHtmlWindow(frame, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxHW_DEFAULT_STYLE, "help-text");
        html->SetStandardFonts(frame->GetFont().GetPointSize());
        html->SetBorders(2 * frame->GetCharWidth());
        frame->SetClientSize(75 * frame->GetCharWidth(), 38 * frame->GetCharHeight());
        html->Bind(wxEVT_CHAR_HOOK, [frame](wxKeyEvent& event) {
            if (event.GetKeyCode() == WXK_ESCAPE) frame->Close();
            else event.Skip();
        });
    }
    if (!html) return;
    frame->SetTitle(shown(tr("Monban help")));
    html->SetPage(fromUtf8(htmlFromMarkdown(*text)));
    frame->Show();
    frame->Raise();
    html->SetFocus();
}

}  // namespace monban::wizard
