// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/background.h"
#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"
#include "core/tls/https_visit.h"

class wxButton;

namespace monban::wizard {

/// Chapter 4: the address is opened without and with a client certificate, and both answers are shown.
class VerifyPage final : public Page {
public:
    /// practice: where a practice server's sites are served; null on a real one.
    VerifyPage(wxWindow* parent, Session& session, const PracticeHost* practice);

    void load() override;
    void refresh() override;
    std::optional<Refusal> problem() const override { return std::nullopt; }
    std::pair<Mark, Message> state() const override;
    std::vector<LiveLine> status() const override;

    /// What was seen is of a server that has changed since.
    void forget();
    bool isTesting() const { return m_isTesting; }

private:
    void build() override;
    struct Attempts {
        std::optional<Result<HttpsAnswer>> without;
        std::optional<Result<HttpsAnswer>> with;
    };
    void test(bool isAutomatic);
    void show(const Attempts& answers);
    bool isRefusedWithout() const;
    bool isAdmittedWith() const;

    const PracticeHost* m_practice;
    wxTextCtrl* m_address = nullptr;
    wxTextCtrl* m_client = nullptr;
    wxTextCtrl* m_password = nullptr;
    wxButton* m_test = nullptr;
    Attempts m_seen;
    bool m_isTesting = false;
    bool m_isPutOff = false;  ///< the visit that nobody asked for: the practice server does not serve the port yet
    Background m_background;
};

}  // namespace monban::wizard
