// SPDX-License-Identifier: MIT
#include "app/wizard/pages/verify_page.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

#include <set>
#include <utility>

#include "core/base/file.h"
#include "core/model/pasted.h"
#include "core/tls/http_address.h"

namespace monban::wizard {
namespace {

using Seen = std::optional<Result<HttpsAnswer>>;

/// Refused because of the certificate: IIS's 403.7, 12, 13, 16 and 17, a plain 403 that hides which, or a connection that
/// ended after the certificate was asked for. Any other 403 is an answer to somebody who was let in.
bool isRefused(const Seen& seen)
{
    if (!seen || !*seen) return false;
    const HttpsAnswer& answer = **seen;
    if (!answer.status) return answer.isAskedForCertificate();
    static const std::set<std::string> kOfTheCertificate{"", "7", "12", "13", "16", "17"};
    return *answer.status == 403 && kOfTheCertificate.contains(answer.subStatus);
}

/// The site itself answered, whatever the page. 400 and 5xx are http.sys's and the server's own.
bool isAdmitted(const Seen& seen) { return seen && *seen && (*seen)->status && *(*seen)->status < 500 && (*seen)->status != 400 && !isRefused(seen); }

/// What a request for the certificate that comes too late looks like: broken off, or HTTP 500.
bool isTooLate(const Seen& seen) { return seen && *seen && ((!(*seen)->status && !(*seen)->isAskedForCertificate()) || (*seen)->status == 500); }

Message words(const Seen& seen)
{
    if (!seen) return {tr("not tried yet"), {}};
    if (!*seen) return seen->error().message;
    const HttpsAnswer& answer = **seen;
    if (!answer.status) return {tr("The connection was ended without an answer ({0})."), {answer.ended}};
    const std::string code = std::to_string(*answer.status) + (answer.subStatus.empty() ? "" : "." + answer.subStatus);
    if (isRefused(seen)) return {tr("refused: HTTP {0} over {1}"), {code, answer.tlsVersion}};
    if (!isAdmitted(seen)) return {tr("an error of the server: HTTP {0} over {1}"), {code, answer.tlsVersion}};
    return {tr("admitted: HTTP {0} over {1}"), {code, answer.tlsVersion}};
}

}  // namespace

VerifyPage::VerifyPage(wxWindow* parent, Session& session, const PracticeHost* practice)
    : Page(parent, session, Chapter::Verify, {tr("See who gets in"), {}},
           {tr("Monban opens the address once without a certificate and once with the one you name, as a browser would; the server's own certificate is not judged here. In a browser, use a private window or close all windows first: it remembers its choice.")
            , {}}),
      m_practice(practice)
{
}

void VerifyPage::build()
{
    auto* form = addForm();
    m_address = addText(form, tr("&Address:"), "verify-address", [](Answers& a) -> std::string& { return a.verify.address; }, Kind::Word);
    m_client = addFile(form, tr("Client &certificate (PKCS#12), if you have one to try:"), "client-file", "PKCS#12 (*.p12;*.pfx)|*.p12;*.pfx|*.*|*.*",
                       [](Answers& a) -> std::string& { return a.verify.clientCertificate; });
    m_password = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PASSWORD);
    m_password->SetName("client-password");
    addRow(form, tr("Its pass&word:"), m_password);
    m_test = new wxButton(this, wxID_ANY, shown(tr("&Open it now")));
    m_test->SetName("test");
    content()->Add(m_test, wxSizerFlags().Border(wxBOTTOM));
    addParagraph({tr("Certificates on phones and other devices are installed by your CA's own procedure; Monban does not do that."), {}});
    m_test->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { test(false); });
}

void VerifyPage::load()
{
    std::string& address = session().answers().verify.address;
    if (const std::string host = address.empty() ? siteHost() : std::string(); !host.empty()) address = "https://" + host + "/";
    Page::load();
    // Nobody need press a button to see whether strangers are kept out. Once the window is idle: this page opens first.
    const bool isSetUp = session().view() && !session().has(Chapter::Require, StepState::Needed) && !session().has(Chapter::Require, StepState::Blocked);
    if (isSetUp && !m_seen.without && !address.empty()) CallAfter([this] { test(true); });
}

void VerifyPage::refresh()
{
    if (std::exchange(m_isPutOff, false)) CallAfter([this] { test(true); });
    std::vector<Finding> findings;
    if (isAdmitted(m_seen.without))
        findings.push_back({"admitted", Severity::Error, {tr("Somebody without a certificate gets in."), {}},
                            {tr("Look at the page \"Require client certificates\": the SSL settings of the site do not require them."), {}}});
    for (const Seen* seen : {&m_seen.without, &m_seen.with}) {
        if (isTooLate(*seen))
            findings.push_back({"late", Severity::Error, {tr("The server broke off, or answered with an error of its own."), {}},
                                {tr("This happens where it asks for the certificate too late. Look at the page \"Bind the SSL port\": the certificate has to be asked for at {0} itself."),
                                 {session().answers().bind.hostname.empty() ? session().answers().bind.endpoint : session().answers().bind.hostname}}});
    }
    if (isRefused(m_seen.with))
        findings.push_back({"refused", Severity::Error, {tr("The client certificate is refused."), {}},
                            {tr("Look whether the root CA stands in both stores, and whether the certificate is within its dates and not revoked."), {}}});
    if (isRefusedWithout() && isAdmittedWith())
        findings.push_back({"works", Severity::Info, {tr("It works: without a certificate nobody gets in, with it one does."), {}}, {}});
    if (view())
        for (const Finding& pitfall : view()->plan.pitfalls)
            if (pitfall.id == "restart-pending") findings.push_back(pitfall);
    showFindings(findings);
}

bool VerifyPage::isRefusedWithout() const { return isRefused(m_seen.without); }
bool VerifyPage::isAdmittedWith() const { return isAdmitted(m_seen.with); }

void VerifyPage::forget()
{
    m_seen = {};
    if (isMade()) refresh();
}

void VerifyPage::test(bool isAutomatic)
{
    if (m_isTesting) return;
    store();
    const auto address = parseSiteAddress(session().answers().verify.address);
    if (!address) return refuse(Refusal{address.error().message, m_address});
    refuse(std::nullopt);
    HttpsVisit wanted;
    wanted.host = address->host;
    wanted.port = address->port;
    wanted.target = address->target;
    if (m_practice) {
        const auto place = m_practice->httpsAt(address->host, address->port);
        if (!place && isAutomatic) {  // it is opened a moment after the binding was made: with the next look, then
            m_isPutOff = true;
            return;
        }
        if (!place)
            return refuse(Refusal{{tr("The practice server serves nothing on port {0} yet. Bind the site first."), {std::to_string(address->port)}}, m_address});
        const auto colon = place->rfind(':');
        wanted.connectHost = place->substr(0, colon);
        wanted.connectPort = static_cast<std::uint16_t>(std::stoi(place->substr(colon + 1)));
    }
    m_isTesting = true;
    m_test->Disable();
    m_seen = {};
    const auto password = std::make_shared<const Secret>(toUtf8(m_password->GetValue()));
    // By itself it asks for no password: whoever wants the certificate tried types it and presses the button.
    const std::string file = isAutomatic && m_password->IsEmpty() ? std::string() : session().answers().verify.clientCertificate;
    m_background.start<Attempts>(
        [wanted, password, file](const std::stop_token& stop) -> Result<Attempts> {
            Attempts seen;
            HttpsVisit attempt = wanted;
            attempt.stop = stop;
            seen.without = visit(attempt);
            if (file.empty()) return seen;
            const auto bytes = readFile(pathFromUtf8(file));
            if (!bytes) {
                seen.with = bytes.error();
                return seen;
            }
            const auto client = clientIdentity(*bytes, *password);
            if (!client) {
                seen.with = client.error();
                return seen;
            }
            attempt.client = *client;
            seen.with = visit(attempt);
            return seen;
        },
        [this](const Result<Attempts>& seen) {
            if (seen) show(*seen);
            else show({seen.error(), std::nullopt});
        });
}

void VerifyPage::show(const Attempts& seen)
{
    m_isTesting = false;
    m_test->Enable();
    m_seen = seen;
    refresh();
    if (onChanged) onChanged();
}

std::pair<Mark, Message> VerifyPage::state() const
{
    if (m_seen.without && *m_seen.without && !isRefusedWithout()) return {Mark::Problem, {tr("problem"), {}}};
    if (m_seen.with && !isAdmittedWith()) return {Mark::Problem, {tr("problem"), {}}};
    if (isRefusedWithout()) return {Mark::Done, {tr("done"), {}}};
    return {Mark::ToDo, {tr("not done"), {}}};
}

std::vector<LiveLine> VerifyPage::status() const
{
    using State = LiveLine::State;
    return {{{tr("Without a certificate"), {}}, {tr("refused"), {}}, words(m_seen.without), isRefusedWithout() ? State::Good : State::Different},
            {{tr("With the client certificate"), {}}, {tr("admitted"), {}}, words(m_seen.with), isAdmittedWith() ? State::Good : State::Different}};
}

}  // namespace monban::wizard
