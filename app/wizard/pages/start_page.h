// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>

#include "app/wizard/background.h"
#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"

namespace monban::wizard {

/// Which job: those that work on this server. What the server is like stands below.
class StartPage final : public Page {
public:
    struct Jobs {
        std::function<void()> setUp;
        std::function<void(const Renewable&)> renew;
        std::function<void()> practise;
        std::function<void(const Unfinished&)> resume;
        std::function<void(const Work&, const Answers&)> work;
    };
    /// practice: null on a real server.
    StartPage(wxWindow* parent, Session& session, const PracticeHost* practice, Jobs jobs);

    std::vector<LiveLine> status() const override;
    std::optional<Refusal> problem() const override;
    std::pair<Mark, Message> state() const override;
    void refresh() override;

    /// The sites were tried: the live status shows it.
    std::function<void()> onTried;

private:
    void build() override;
    /// A plain http address of a started site, and what it answered.
    struct Address {
        std::string url;
        std::optional<std::uint16_t> loopbackPort;  ///< of a practice server
        std::optional<int> status = {};
        friend bool operator==(const Address&, const Address&) = default;
    };
    using Addresses = std::vector<Address>;
    Addresses addresses() const;
    void tryAddresses();
    void showFacts();
    /// A job that is there for a while, such as one to go on with.
    struct Offer {
        wxString name;
        const char* title;
        Message note;  ///< Windows breaks no line of a command link by itself
        std::function<void()> job;
    };
    /// Those in one place of the page, and how they are shown now.
    struct Offers {
        wxSizer* sizer = nullptr;
        std::vector<std::string> shown = {};
    };
    void addJob(wxSizer* to, const Offer& offer);
    void show(Offers& offers, const std::vector<Offer>& list, const wxString& before);
    std::vector<Offer> pressing() const;
    std::vector<Offer> renewals() const;
    std::vector<Offer> more() const;

    Jobs m_jobs;
    const PracticeHost* m_practice;
    std::optional<Addresses> m_tried;
    std::chrono::steady_clock::time_point m_triedAt{};
    bool m_isTrying = false;
    Offers m_pressing;
    Offers m_renewals;
    Offers m_more;
    Background m_background;  // last: joined before the rest goes
};

}  // namespace monban::wizard
