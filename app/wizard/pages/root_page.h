// SPDX-License-Identifier: MIT
#pragma once
#include <wx/timer.h>

#include "app/wizard/pages/page.h"

class wxRadioButton;

namespace monban::wizard {

class CertificateCard;
class WrappedText;

/// Chapter 2.2: the CA whose client certificates are admitted, and the user's word that it is the right one.
class RootPage final : public Page {
public:
    RootPage(wxWindow* parent, Session& session);

    void load() override;
    void store() override;
    void refresh() override;
    std::optional<Refusal> problem() const override;
    Message verb() const override { return {tr("&Save the root certificate"), {}}; }
    std::vector<LiveLine> status() const override;
    std::pair<Mark, Message> state() const override;

private:
    void build() override;
    void showSource();
    void compare();
    void confirm(const std::string& sha256);
    void showProgress();
    bool isByAddress() const;
    const CertificateMaterial* material() const;

    wxRadioButton* m_fromFile = nullptr;
    wxRadioButton* m_fromAddress = nullptr;
    wxFlexGridSizer* m_fileForm = nullptr;
    wxFlexGridSizer* m_addressForm = nullptr;
    wxTextCtrl* m_file = nullptr;
    wxTextCtrl* m_address = nullptr;
    wxTextCtrl* m_published = nullptr;
    std::string m_confirmedSha256;
    WrappedText* m_progress = nullptr;
    wxTimer m_typing;
    WrappedText* m_comparison = nullptr;
    CertificateCard* m_card = nullptr;
    wxCheckBox* m_confirmed = nullptr;
};

}  // namespace monban::wizard
