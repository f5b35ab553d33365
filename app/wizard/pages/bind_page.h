// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"
#include "core/plan/protocol_switches.h"

class wxChoice;
class wxRadioButton;

namespace monban::wizard {

/// Chapter 3.3: site, address and port, and the protocol switches of IIS's binding dialog.
class BindPage final : public Page {
public:
    BindPage(wxWindow* parent, Session& session);

    void load() override;
    void store() override;
    void refresh() override;
    std::optional<Refusal> problem() const override;
    Message verb() const override;

private:
    void build() override;
    struct Switch {
        wxCheckBox* box = nullptr;
        ProtocolSwitch of;
        bool isTouched = false;  ///< else it stays as it is found
    };
    void addSwitch(wxSizer* grid, const char* label, const char* name, std::optional<bool> BindAnswers::*answer);
    void fillSites();
    void showPlaces();
    std::string siteName() const;
    const SslRecord* record() const;

    wxChoice* m_site = nullptr;
    wxRadioButton* m_byAddress = nullptr;
    wxRadioButton* m_byName = nullptr;
    wxTextCtrl* m_endpoint = nullptr;
    wxTextCtrl* m_hostname = nullptr;
    wxCheckBox* m_issuerList = nullptr;
    std::vector<Switch> m_switches;
    std::vector<std::string> m_sites;
};

}  // namespace monban::wizard
