// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <functional>
#include <string>
#include <vector>

#include "app/wizard/widgets/state_mark.h"

class wxStaticText;

namespace monban::wizard {

/// The chapters down the left side: where the user is, and of each its state as sign and word.
class Rail final : public wxPanel {
public:
    struct Entry {
        wxString title;
        wxString number;  ///< of the procedure's chapter
        wxString key;     ///< with which the keyboard opens it, for the tooltip
    };
    /// chosen: a click on an entry, by its index.
    Rail(wxWindow* parent, const std::vector<Entry>& entries, std::function<void(std::size_t)> chosen);

    void setState(std::size_t index, Mark mark, const wxString& word);
    void setHere(std::size_t index);

private:
    struct Row {
        wxPanel* panel = nullptr;
        StateMark* mark = nullptr;
        wxStaticText* title = nullptr;
        wxStaticText* word = nullptr;
        wxString number;
    };
    void add(const Entry& entry, std::size_t index);

    std::vector<Row> m_rows;
    std::function<void(std::size_t)> m_chosen;
};

}  // namespace monban::wizard
