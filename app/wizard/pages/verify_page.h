// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/background.h"
#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"
#include "core/tls/probe.h"

class wxButton;

namespace monban::wizard {

class AttemptTable;

/// Chapter 4: the address is opened by everybody who may come, with and without certificates, and what they met is shown.
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
    void addFiles();
    void test(bool isAutomatic);
    /// Where the connections go; nothing: the practice server does not serve the address, which is said unless nobody asked.
    bool aim(ProbeQuestion& question, bool isAutomatic);
    void show(const Result<ProbeReport>& seen);
    const ProbeReport* report() const { return m_seen && *m_seen ? &**m_seen : nullptr; }
    const ProbeAttempt* attempt(const char* name) const;
    void save(bool asHtml);
    void addRefused(const std::string& file);
    void chooseRefused();
    void takePracticeRefused();

    const PracticeHost* m_practice;
    wxTextCtrl* m_address = nullptr;
    wxTextCtrl* m_password = nullptr;
    wxTextCtrl* m_refused = nullptr;  ///< PKCS#12 files, separated by semicolons
    wxButton* m_test = nullptr;
    std::vector<wxButton*> m_saving;
    AttemptTable* m_table = nullptr;
    WrappedText* m_names = nullptr;
    std::optional<Result<ProbeReport>> m_seen;
    Time m_seenAt{};
    bool m_isTesting = false;
    int m_generation = 0;  ///< of what is visited: a later one makes what is under way worthless
    bool m_isPutOff = false;  ///< the visit that nobody asked for: the practice server does not serve the port yet
    Background m_background;
};

}  // namespace monban::wizard
