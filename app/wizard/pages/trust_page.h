// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

namespace monban::wizard {

class WrappedText;

/// Chapter 3.2: the root CA comes into two stores, each for its own reason.
class TrustPage final : public Page {
public:
    TrustPage(wxWindow* parent, Session& session);

    void refresh() override;
    std::optional<Refusal> problem() const override;
    Message verb() const override { return {tr("&Register"), {}}; }

private:
    void build() override;
    std::string contentOf(const std::string& store) const;

    wxTextCtrl* m_store = nullptr;
    WrappedText* m_ctl = nullptr;
    WrappedText* m_root = nullptr;
};

}  // namespace monban::wizard
