// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

class wxChoice;

namespace monban::wizard {

class CertificateCard;
class WrappedText;

/// Chapter 3.1: the certificate and its key come into a store of this server.
class ImportPage final : public Page {
public:
    ImportPage(wxWindow* parent, Session& session);

    void load() override;
    void store() override;
    void refresh() override;
    Message verb() const override { return {tr("&Import"), {}}; }

private:
    void build() override;
    const Certificate* certificate() const;

    CertificateCard* m_card = nullptr;
    wxChoice* m_store = nullptr;
    WrappedText* m_there = nullptr;
};

}  // namespace monban::wizard
