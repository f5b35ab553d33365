// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

class wxChoice;
class wxRadioButton;
class wxStaticText;

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
    std::vector<SelfCheck> checks() const override;

private:
    struct Switch {
        wxCheckBox* box = nullptr;
        std::optional<bool> BindAnswers::*answer = nullptr;
        std::uint32_t flag = 0;   ///< of http.sys's record
        int since = 0;            ///< the first Windows build that has it
        bool isTouched = false;   ///< else it stays as it is found
    };
    void addSwitch(wxSizer* grid, const char* label, const char* name, std::optional<bool> BindAnswers::*answer, std::uint32_t flag, int since);
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
