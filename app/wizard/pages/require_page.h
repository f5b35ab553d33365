// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

class wxRadioButton;

namespace monban::wizard {

/// Chapter 3.4: from here on nobody without a certificate gets in. Says so, and asks.
class RequirePage final : public Page {
public:
    RequirePage(wxWindow* parent, Session& session);

    void load() override;
    void store() override;
    void refresh() override;
    std::optional<Refusal> problem() const override;
    Message verb() const override;
    std::pair<Mark, Message> state() const override;

private:
    void build() override;
    wxRadioButton* m_ignore = nullptr;
    wxRadioButton* m_accept = nullptr;
    wxRadioButton* m_require = nullptr;
    wxCheckBox* m_ssl = nullptr;
    wxCheckBox* m_agreed = nullptr;
};

}  // namespace monban::wizard
