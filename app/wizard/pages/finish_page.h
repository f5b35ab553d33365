// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

namespace monban::wizard {

class WrappedText;

/// What is true now, when it takes effect, and what would reset it.
class FinishPage final : public Page {
public:
    FinishPage(wxWindow* parent, Session& session);

    const char* word() const override { return "finish"; }
    void refresh() override;
    std::optional<Refusal> problem() const override { return std::nullopt; }
    std::vector<LiveLine> status() const override;
    std::pair<Mark, Message> state() const override;

private:
    void saveAnswers();
    bool isAllDone() const;

    WrappedText* m_summary = nullptr;
    WrappedText* m_saved = nullptr;
};

}  // namespace monban::wizard
