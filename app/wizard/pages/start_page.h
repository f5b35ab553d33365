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
        std::function<void(const Unfinished&)> resume;
    };
    StartPage(wxWindow* parent, Session& session, Jobs jobs);

    std::vector<LiveLine> status() const override;
    std::optional<Refusal> problem() const override;
    std::pair<Mark, Message> state() const override;
    void refresh() override;

private:
    void addJob(wxSizer* to, const char* title, const Message& note, const wxString& name, std::function<void()> job);
    void showUnfinished();

    Jobs m_jobs;
    wxSizer* m_unfinished = nullptr;
    std::vector<Message> m_shownUnfinished;
};

}  // namespace monban::wizard
