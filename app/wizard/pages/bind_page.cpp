// SPDX-License-Identifier: MIT
#include "app/wizard/pages/bind_page.h"

#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <algorithm>
#include <cassert>

#include "core/model/pasted.h"

namespace monban::wizard {

BindPage::BindPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Bind, {tr("Publish the site by HTTPS and ask for client certificates"), {}},
           {tr("The certificate is asked for at the very start of a connection. Asking later, as IIS does by itself, fails in browsers with TLS 1.3."), {}})
{
}

void BindPage::build()
{
    auto* form = addForm();
    m_site = new wxChoice(this, wxID_ANY);
    m_site->SetName("site");
    addRow(form, tr("&Site:"), m_site);
    m_byAddress = new wxRadioButton(this, wxID_ANY, shown(tr("By IP &address and port:")), wxDefaultPosition, wxDefaultSize, wxRB_GROUP);
    m_byAddress->SetName("by-address");
    m_endpoint = new wxTextCtrl(this, wxID_ANY);
    m_endpoint->SetName("endpoint");
    m_byName = new wxRadioButton(this, wxID_ANY, shown(tr("By &host name and port (SNI):")));
    m_byName->SetName("by-name");
    m_byName->MoveAfterInTabOrder(m_endpoint);
    m_hostname = new wxTextCtrl(this, wxID_ANY);
    m_hostname->SetName("hostname");
    form->Add(m_byAddress, wxSizerFlags().CenterVertical());
    form->Add(m_endpoint, wxSizerFlags(1).Expand());
    form->Add(m_byName, wxSizerFlags().CenterVertical());
    form->Add(m_hostname, wxSizerFlags(1).Expand());
    m_issuerList = new wxCheckBox(this, wxID_ANY, shown(tr("Send browsers the &list of accepted CAs (SendTrustedIssuerList): they offer fitting ones only")));
    m_issuerList->SetName("issuer-list");
    addContent(m_issuerList);
    auto* grid = new wxFlexGridSizer(2, wxSize(GetCharWidth() * 4, GetCharHeight() / 3));
    addSwitch(grid, tr("Disable &QUIC"), "quic", &BindAnswers::disableQuic);
    addSwitch(grid, tr("Disable &TLS 1.3 over TCP"), "tls13", &BindAnswers::disableTls13);
    addSwitch(grid, tr("Disable le&gacy TLS"), "legacy-tls", &BindAnswers::disableLegacyTls);
    addSwitch(grid, tr("Disable HTTP/&2"), "http2", &BindAnswers::disableHttp2);
    addSwitch(grid, tr("Disable &OCSP stapling"), "ocsp", &BindAnswers::disableOcspStapling);
    addContent(grid);
    for (wxRadioButton* button : {m_byAddress, m_byName})
        button->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) {
            showPlaces();
            changed();
        });
    for (wxTextCtrl* text : {m_endpoint, m_hostname}) text->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { changed(); });
    m_site->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { changed(); });
    m_issuerList->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { changed(); });
}

void BindPage::addSwitch(wxSizer* grid, const char* label, const char* name, std::optional<bool> BindAnswers::*answer)
{
    const auto found = std::ranges::find(kProtocolSwitches, answer, &ProtocolSwitch::answer);
    assert(found != std::end(kProtocolSwitches));
    auto* box = new wxCheckBox(this, wxID_ANY, shown(label));
    box->SetName(name);
    grid->Add(box);
    const std::size_t index = m_switches.size();
    m_switches.push_back({box, *found, false});
    box->Bind(wxEVT_CHECKBOX, [this, index](wxCommandEvent&) {
        m_switches[index].isTouched = true;
        changed();
    });
}

std::string BindPage::siteName() const
{
    const int chosen = m_site->GetSelection();
    return chosen >= 0 && static_cast<std::size_t>(chosen) < m_sites.size() ? m_sites[static_cast<std::size_t>(chosen)] : std::string();
}

const SslRecord* BindPage::record() const
{
    if (!view() || !view()->facts.records) return nullptr;
    const BindAnswers& answers = session().answers().bind;
    if (!answers.hostname.empty()) return recordAt(*view()->facts.records, RecordFamily::HostNamePort, answers.hostname);
    return recordAt(*view()->facts.records, RecordFamily::IpPort, answers.endpoint.empty() ? kDefaultEndpoint : answers.endpoint);
}

void BindPage::fillSites()
{
    if (!view() || !view()->facts.sites) return;  // unreadable for a moment: the choice stays
    std::vector<std::string> names;
    wxArrayString labels;
        for (const Site& site : *view()->facts.sites) {
            std::string bindings;
            for (const Binding& binding : site.bindings) bindings += (bindings.empty() ? "" : ", ") + binding.protocol + " " + binding.information;
            names.push_back(site.name);
            labels.Add(fromUtf8(bindings.empty() ? site.name : site.name + "  (" + bindings + ")"));
        }
    if (names == m_sites && labels == m_site->GetStrings()) return;
    const std::string wanted = session().answers().bind.site.empty() && !names.empty() ? names.front() : session().answers().bind.site;
    m_sites = std::move(names);
    m_site->Set(labels);
    const auto found = std::ranges::find(m_sites, wanted);
    if (found != m_sites.end()) m_site->SetSelection(static_cast<int>(found - m_sites.begin()));
}

void BindPage::load()
{
    Page::load();
    const BindAnswers& answers = session().answers().bind;
    fillSites();
    (answers.hostname.empty() ? m_byAddress : m_byName)->SetValue(true);
    // What was typed for the way that is not taken is no answer, but it is kept on screen.
    if (!answers.endpoint.empty()) m_endpoint->ChangeValue(fromUtf8(answers.endpoint));
    else if (m_endpoint->IsEmpty()) m_endpoint->ChangeValue(kDefaultEndpoint);
    if (!answers.hostname.empty()) m_hostname->ChangeValue(fromUtf8(answers.hostname));
    else if (const std::string host = m_hostname->IsEmpty() ? siteHost() : std::string(); !host.empty()) m_hostname->ChangeValue(fromUtf8(host + ":443"));
    m_issuerList->SetValue(answers.sendTrustedIssuerList);
    showPlaces();
    refresh();
}

void BindPage::store()
{
    Page::store();
    BindAnswers& answers = session().answers().bind;
    if (!m_sites.empty()) answers.site = siteName();
    const bool isByName = m_byName->GetValue();
    answers.endpoint = isByName ? std::string() : pastedWord(toUtf8(m_endpoint->GetValue()));
    answers.hostname = isByName ? pastedWord(toUtf8(m_hostname->GetValue())) : std::string();
    answers.sendTrustedIssuerList = m_issuerList->GetValue();
    for (const Switch& one : m_switches)
        if (one.isTouched && one.box->IsEnabled()) answers.*one.of.answer = one.box->GetValue();
}

void BindPage::showPlaces()
{
    m_endpoint->Enable(m_byAddress->GetValue());
    m_hostname->Enable(m_byName->GetValue());
}

void BindPage::refresh()
{
    fillSites();
    if (!view()) return;
    const int build = view()->facts.machine ? view()->facts.machine->build : 0;
    const SslRecord* found = record();
    for (Switch& one : m_switches) {
        const bool isHere = build >= one.of.since;
        one.box->Enable(isHere);
        one.box->SetToolTip(isHere ? wxString() : shown(tr("This Windows does not have it.")));
        const std::optional<bool>& answer = session().answers().bind.*one.of.answer;
        one.box->SetValue(answer ? *answer : found && (found->flags & one.of.recordFlag));
    }
    std::vector<Finding> findings = findingsOf(Chapter::Bind);
    std::string missing;
    for (const Switch& one : m_switches)
        if (!one.box->IsEnabled()) missing += (missing.empty() ? "" : ", ") + toUtf8(one.box->GetLabelText());
    if (!missing.empty()) findings.push_back({"switches", Severity::Info, {tr("This Windows does not have: {0}"), {missing}}, {}});
    for (const Finding& pitfall : view()->plan.pitfalls) findings.push_back(pitfall);
    showFindings(findings);
}

std::optional<Refusal> BindPage::problem() const
{
    if (siteName().empty()) return Refusal{{tr("Choose the site."), {}}, m_site};
    return Page::problem();
}

Message BindPage::verb() const { return {tr("Bin&d to {0}"), {siteName()}}; }

}  // namespace monban::wizard
