// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

class wxChoice;
class wxRadioButton;

namespace monban::wizard {

class CertificateCard;

/// Chapter 2.1: the PKCS#12 file and its password, or the names of a request (CSR).
class CertificatePage final : public Page {
public:
    CertificatePage(wxWindow* parent, Session& session);

    void load() override;
    void store() override;
    void refresh() override;
    std::optional<Refusal> problem() const override;
    Message verb() const override { return {tr("Make the &request"), {}}; }
    std::pair<Mark, Message> state() const override;
    std::vector<LiveLine> status() const override;

private:
    void addRequestForm();
    void showSource();
    bool isRequest() const;

    wxRadioButton* m_fromFile = nullptr;
    wxRadioButton* m_fromRequest = nullptr;
    wxFlexGridSizer* m_fileForm = nullptr;
    wxFlexGridSizer* m_requestForm = nullptr;
    wxTextCtrl* m_file = nullptr;
    wxTextCtrl* m_password = nullptr;
    wxTextCtrl* m_commonName = nullptr;
    wxTextCtrl* m_dnsNames = nullptr;
    wxChoice* m_keyBits = nullptr;
    CertificateCard* m_card = nullptr;
};

}  // namespace monban::wizard
