// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/fact_card.h"

#include <wx/settings.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {

FactCard::FactCard(wxWindow* parent, const wxString& name) : wxPanel(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxBORDER_THEME)
{
    SetName(name);
    SetBackgroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW));
    m_grid = new wxFlexGridSizer(2, wxSize(GetCharWidth() * 2, GetCharHeight() / 4));
    m_grid->AddGrowableCol(1);
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    sizer->Add(m_grid, wxSizerFlags().Expand().DoubleBorder());
    SetSizer(sizer);
    Hide();
}

void FactCard::showRows(std::vector<Row> rows)
{
    const bool isShown = !rows.empty();
    if (rows == m_rows && IsShown() == isShown) return;
    if (rows != m_rows) {
        m_rows = std::move(rows);
        m_grid->Clear(true);
        for (const Row& row : m_rows) {
            auto* name = new wxStaticText(this, wxID_ANY, wxString());
            name->SetLabelText(row.label);
            auto* text = new WrappedText(this, row.value);
            if (row.style == Style::Strong) text->SetFont(text->GetFont().Bold());
            if (row.style == Style::Fingerprint)
                text->SetFont(wxFont(wxFontInfo(text->GetFont().GetFractionalPointSize() * 1.3).Family(wxFONTFAMILY_TELETYPE)));
            m_grid->Add(name, wxSizerFlags().Top());
            m_grid->Add(text, wxSizerFlags(1).Expand());
        }
    }
    Show(isShown);
    layOutAround(*GetParent());
}

}  // namespace monban::wizard
