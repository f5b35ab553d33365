// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <utility>
#include <vector>

#include "app/wizard/widgets/state_mark.h"
#include "core/report/live_lines.h"

class wxScrolledWindow;
class wxStaticText;

namespace monban::wizard {

/// What the chapter expects of the server, one by one: what it is about, how it is now, and where that differs how it
/// shall be. Every word is readable whatever the width, since thumbprints and paths are long.
class LiveStatus final : public wxPanel {
public:
    explicit LiveStatus(wxWindow* parent);
    /// age: when it was looked at, in words.
    void show(const std::vector<LiveLine>& lines, const wxString& age);

private:
    struct Row {
        Mark mark;
        wxString what;
        wxString says;
        friend bool operator==(const Row&, const Row&) = default;
    };
    void fill();

    wxStaticText* m_age = nullptr;
    wxScrolledWindow* m_list = nullptr;
    std::vector<Row> m_rows;
};

}  // namespace monban::wizard
