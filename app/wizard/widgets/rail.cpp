// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/rail.h"

#include <wx/settings.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include "app/wizard/text.h"

namespace monban::wizard {

namespace {

/// Where the mouse chooses a chapter. Its key is Ctrl and the number, so Tab passes it by.
class RowPanel final : public wxPanel {
public:
    explicit RowPanel(wxWindow* parent) : wxPanel(parent) { m_container.DisableSelfFocus(); }
};

}  // namespace

Rail::Rail(wxWindow* parent, const std::vector<Entry>& entries, std::function<void(std::size_t)> chosen)
    : wxPanel(parent), m_chosen(std::move(chosen))
{
    SetName("rail");
    SetBackgroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_BTNFACE));
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    SetSizer(sizer);
    auto* heading = new wxStaticText(this, wxID_ANY, shown(tr("Client certificates for IIS")));
    heading->SetFont(heading->GetFont().Bold());
    sizer->Add(heading, wxSizerFlags().DoubleBorder());
    for (std::size_t i = 0; i < entries.size(); ++i) add(entries[i], i);
}

void Rail::add(const Entry& entry, std::size_t index)
{
    Row row;
    row.number = entry.number;
    row.panel = new RowPanel(this);
    row.panel->SetBackgroundColour(GetBackgroundColour());
    row.mark = new StateMark(row.panel, Mark::ToDo);
    row.title = new wxStaticText(row.panel, wxID_ANY, entry.title);
    row.word = new wxStaticText(row.panel, wxID_ANY, entry.number);
    row.word->SetForegroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_GRAYTEXT));
    auto* texts = new wxBoxSizer(wxVERTICAL);
    texts->Add(row.title);
    texts->Add(row.word);
    // As wide as the title is in bold, or the rail would be another width on every page.
    const wxFont bold = GetFont().Bold();
    int width = 0;
    int height = 0;
    GetTextExtent(entry.title, &width, &height, nullptr, nullptr, &bold);
    texts->SetMinSize({width, -1});
    if (!entry.key.empty()) row.panel->SetToolTip(entry.key);
    auto* across = new wxBoxSizer(wxHORIZONTAL);
    across->Add(row.mark, wxSizerFlags().CenterVertical().DoubleBorder(wxLEFT));
    across->Add(texts, wxSizerFlags(1).CenterVertical().Border());
    row.panel->SetSizer(across);
    GetSizer()->Add(row.panel, wxSizerFlags().Expand());
    for (wxWindow* window : {static_cast<wxWindow*>(row.panel), static_cast<wxWindow*>(row.mark), static_cast<wxWindow*>(row.title), static_cast<wxWindow*>(row.word)})
        window->Bind(wxEVT_LEFT_UP, [this, index](wxMouseEvent&) { m_chosen(index); });
    m_rows.push_back(row);
}

void Rail::setState(std::size_t index, Mark mark, const wxString& word)
{
    Row& row = m_rows[index];
    row.mark->setMark(mark);
    const wxString text = row.number.empty() ? word : word + wxString::FromUTF8(" · ") + row.number;
    if (row.word->GetLabelText() != text) {
        row.word->SetLabelText(text);
        row.panel->Layout();
    }
}

void Rail::setHere(std::size_t index)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        Row& row = m_rows[i];
        const wxFont plain = GetFont();
        row.title->SetFont(i == index ? plain.Bold() : plain);
        row.panel->SetBackgroundColour(i == index ? wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW) : GetBackgroundColour());
        row.panel->Layout();
        row.panel->Refresh();
    }
}

}  // namespace monban::wizard
