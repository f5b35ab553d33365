// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

namespace monban::wizard {

/// Which job: those that work on this server. What the server is like stands below.
class StartPage final : public Page {
public:
    struct Jobs {
        std::function<void()> setUp;
        std::function<void()> practise;
    };
    StartPage(wxWindow* parent, Session& session, Jobs jobs);

    std::vector<LiveLine> status() const override;
    std::optional<Refusal> problem() const override;
    std::pair<Mark, Message> state() const override;
    void refresh() override;

private:
    void addJob(const char* title, const char* note, const char* name, std::function<void()> job);
};

}  // namespace monban::wizard
