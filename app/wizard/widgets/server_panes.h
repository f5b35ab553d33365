// SPDX-License-Identifier: MIT
#pragma once
#include <wx/splitter.h>

#include <functional>
#include <optional>
#include <vector>

#include "app/wizard/widgets/commands_pane.h"
#include "app/wizard/widgets/live_status.h"

namespace monban::wizard {

/// Beneath every page: what is true on the server, and what runs there. Its controls are made once the window has been
/// painted for the first time: the page is read first, and the first look at the server takes longer than that.
class ServerPanes final : public wxSplitterWindow {
public:
    struct Content {
        std::vector<LiveLine> status;
        wxString age;  ///< of the look at the server
        std::vector<RanStep> ran;
        std::vector<Step> coming;
        std::optional<RanCheck> check;
        std::vector<SelfCheck> checks;
    };
    explicit ServerPanes(wxWindow* parent);

    void show(Content content);
    /// The focus, on the commands.
    void takeFocus();
    bool hasFocus() const { return m_commands && m_commands->hasFocus(); }
    /// The user wants the check that is chosen: to be run, or its window opened.
    std::function<void(const SelfCheck&)> onCheck;

private:
    void make();

    Content m_content;
    LiveStatus* m_status = nullptr;
    CommandsPane* m_commands = nullptr;
    bool m_isPainted = false;
};

}  // namespace monban::wizard
