// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

namespace monban::wizard {

/// Chapter 5: what to do when something does not work, as tasks that run and can be taken back.
class TroubleshootPage final : public Page {
public:
    TroubleshootPage(wxWindow* parent, Session& session);

    bool isOnTheWay() const override { return false; }
    void refresh() override;
    std::pair<Mark, Message> state() const override { return {Mark::Information, {tr("when needed"), {}}}; }
    std::optional<Refusal> problem() const override { return std::nullopt; }

private:
    void addTask(const char* title, const char* explanation, const std::vector<std::pair<const char*, std::function<void()>>>& actions);
    void run(Chapter chapter);

    bool m_wasBound = false;  ///< the chapter that binds had nothing left to do
};

}  // namespace monban::wizard
