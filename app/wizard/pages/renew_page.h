// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

namespace monban::wizard {

class CertificateCard;

/// The new certificate takes the old one's place: what is different about it, which records change, and what visitors met
/// afterwards.
class RenewPage final : public Page {
public:
    RenewPage(wxWindow* parent, Session& session);

    const char* word() const override { return "renew"; }
    Message entry() const override { return {tr("Replace the certificate"), {}}; }
    const char* place() const override { return ""; }  // the procedure knows no renewal
    Message verb() const override { return {tr("&Replace the certificate"), {}}; }
    void refresh() override;
    std::vector<LiveLine> status() const override;
    std::pair<Mark, Message> state() const override;

private:
    void build() override;

    CertificateCard* m_card = nullptr;
};

}  // namespace monban::wizard
