// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/keep_bar.h"

#include <wx/button.h>
#include <wx/settings.h>
#include <wx/sizer.h>

#include "app/wizard/text.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {

KeepBar::KeepBar(wxWindow* parent) : wxPanel(parent)
{
    SetName("keep-bar");
    SetBackgroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_INFOBK));
    SetForegroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_INFOTEXT));
    m_text = new WrappedText(this);
    m_text->SetName("keep-text");
    m_keep = new wxButton(this, wxID_ANY, shown(tr("&Keep the settings")));
    m_keep->SetName("keep");
    m_takeBack = new wxButton(this, wxID_ANY, shown(tr("&Take them back")));
    m_takeBack->SetName("take-back");
    m_keep->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { onKeep(); });
    m_takeBack->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { onTakeBack(); });
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    row->Add(m_text, wxSizerFlags(1).CenterVertical().Border());
    row->Add(m_keep, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    row->Add(m_takeBack, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    SetSizer(row);
    Hide();
}

void KeepBar::show(std::chrono::seconds left, bool isAnswered, bool isWatched)
{
    m_text->setText(shown(isAnswered ? Message{tr("One moment…"), {}}
                          : isWatched ? Message{tr("Do you still get in? Try it from another device. Without your answer the settings are taken back in {0} seconds, by a "
                                                   "scheduled task if Monban itself is gone by then."),
                                                {std::to_string(left.count())}}
                                     : Message{tr("Do you still get in? Try it from another device. Without your answer the settings are taken back in {0} seconds. If "
                                                  "Monban is killed before that, it offers to do so when it is started again."),
                                               {std::to_string(left.count())}}));
    m_keep->Enable(!isAnswered);
    m_takeBack->Enable(!isAnswered);
    Show();
}

}  // namespace monban::wizard
