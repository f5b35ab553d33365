// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <vector>

class wxFlexGridSizer;

namespace monban::wizard {

/// A framed card of labelled facts. Hidden while there are none.
class FactCard : public wxPanel {
public:
    enum class Style {
        Plain,
        Strong,
        Fingerprint,  ///< large and of even width: to be compared digit by digit with what stands elsewhere
    };
    struct Row {
        wxString label;
        wxString value;
        Style style = Style::Plain;
        friend bool operator==(const Row&, const Row&) = default;
    };
    FactCard(wxWindow* parent, const wxString& name);
    /// The page around it is laid out anew where something changed.
    void showRows(std::vector<Row> rows);

private:
    wxFlexGridSizer* m_grid = nullptr;
    std::vector<Row> m_rows;
};

}  // namespace monban::wizard
