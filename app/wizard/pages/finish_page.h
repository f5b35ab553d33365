// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"

namespace monban::wizard {

/// What is true now, when it takes effect, and what would reset it.
class FinishPage final : public Page {
public:
    /// practice: null on a real server.
    FinishPage(wxWindow* parent, Session& session, const PracticeHost* practice);

    const char* word() const override { return "finish"; }
    void refresh() override;
    std::optional<Refusal> problem() const override { return std::nullopt; }
    std::vector<LiveLine> status() const override;
    std::pair<Mark, Message> state() const override;

private:
    void build() override;
    void say(const Message& text);
    void saveText(const wxString& title, const std::string& name, const std::string& text);
    void saveAnswers();
    void saveLog();
    bool isAllDone() const;
    /// How the site treats visitors now, of the settings as they were wanted.
    Message summary() const;

    const PracticeHost* m_practice;
    WrappedText* m_summary = nullptr;
    WrappedText* m_journal = nullptr;
    WrappedText* m_said = nullptr;
};

}  // namespace monban::wizard
