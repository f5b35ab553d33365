// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <chrono>
#include <functional>

class wxButton;

namespace monban::wizard {

class WrappedText;

/// "Keep these settings?" with the time that is left, as Windows asks after another screen resolution. Hidden while nothing
/// waits.
class KeepBar final : public wxPanel {
public:
    explicit KeepBar(wxWindow* parent);

    /// isAnswered: nothing can be pressed any more. isWatched: a scheduled task takes the settings back although the program is gone.
    void show(std::chrono::seconds left, bool isAnswered, bool isWatched);
    std::function<void()> onKeep;
    std::function<void()> onTakeBack;

private:
    WrappedText* m_text = nullptr;
    wxButton* m_keep = nullptr;
    wxButton* m_takeBack = nullptr;
};

}  // namespace monban::wizard
