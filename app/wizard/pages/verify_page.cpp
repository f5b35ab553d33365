// SPDX-License-Identifier: MIT
#include "app/wizard/pages/verify_page.h"

#include <wx/button.h>
#include <wx/filedlg.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

#include <utility>

#include "app/wizard/widgets/attempt_table.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"
#include "core/base/joined.h"
#include "core/base/json_text.h"
#include "core/model/pasted.h"
#include "core/report/probe_html.h"
#include "core/report/probe_json.h"

namespace monban::wizard {
namespace {

constexpr const char* kPkcs12Files = "PKCS#12 (*.p12;*.pfx)|*.p12;*.pfx|*.*|*.*";
constexpr char kBetweenFiles = ';';

/// The files of the practice CA whose bearers must not get in.
constexpr const char* kPracticeRefused[] = {"client-expired.p12", "client-revoked.p12", "client-other-ca.p12", "client-trusted-elsewhere.p12"};

std::vector<std::string> filesIn(const std::string& text)
{
    std::vector<std::string> files;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(kBetweenFiles, begin), text.size());
        if (std::string file = pastedPath(text.substr(begin, end - begin)); !file.empty()) files.push_back(std::move(file));
        begin = end + 1;
    }
    return files;
}

/// Away from the window's thread: opening a file takes as long as its iteration count wants.
Result<ClientIdentity> identityFrom(const std::string& file, const Secret& password)
{
    const auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return bytes.error();
    auto identity = clientIdentity(*bytes, password);
    if (!identity)
        return Error{identity.error().code, {"{0}: {1}", {utf8(pathFromUtf8(file).filename()), inLanguage(identity.error().message, language())}}, identity.error().detail};
    return identity;
}

Message words(const ProbeAttempt* attempt)
{
    return attempt ? Message{"{0}: {1}", {inLanguage(wordFor(attempt->observed), language()), inLanguage(evidenceOf(*attempt), language())}} : Message{tr("not tried yet"), {}};
}

}  // namespace

VerifyPage::VerifyPage(wxWindow* parent, Session& session, const PracticeHost* practice)
    : Page(parent, session, Chapter::Verify, {tr("See who gets in"), {}},
           {tr("Monban opens the address as browsers do: without a certificate, with the one you name, and with those that must be refused; with TLS 1.2, TLS 1.3 and HTTP/2. In a browser, use a private window or close all windows first: it remembers its choice.")
            , {}}),
      m_practice(practice)
{
}

void VerifyPage::build()
{
    addFiles();
    std::vector<ButtonAction> actions{{tr("&Open it now"), "test", [this] { test(false); }}, {tr("A&dd one to be refused…"), "add-refused", [this] { chooseRefused(); }}};
    if (m_practice) actions.push_back({tr("Take those of the &practice CA"), "practice-refused", [this] { takePracticeRefused(); }});
    m_test = addButtons(*content(), actions).front();
    m_table = new AttemptTable(this);
    addContent(m_table);
    m_saving = addButtons(*content(), {{tr("&Save as a page…"), "save-html", [this] { save(true); }}, {tr("Save as &JSON…"), "save-json", [this] { save(false); }}});
    for (wxButton* button : m_saving) button->Hide();  // there is nothing to save yet
    m_names = addParagraph({});
    addParagraph({tr("Certificates on phones and other devices are installed by your CA's own procedure; Monban does not do that."), {}});
}

void VerifyPage::addFiles()
{
    auto* form = addForm();
    m_address = addText(form, tr("&Address:"), "verify-address", [](Answers& a) -> std::string& { return a.verify.address; }, Kind::Word);
    addFile(form, tr("Client &certificate (PKCS#12), if you have one to try:"), "client-file", kPkcs12Files, [](Answers& a) -> std::string& { return a.verify.clientCertificate; });
    m_refused = new wxTextCtrl(this, wxID_ANY);
    m_refused->SetName("refused-files");
    addRow(form, tr("Certificates that must be &refused (files, separated by semicolons):"), m_refused);
    m_password = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PASSWORD);
    m_password->SetName("client-password");
    addRow(form, tr("Pass&word of these files:"), m_password);
}

void VerifyPage::chooseRefused()
{
    wxFileDialog dialog(this, wxFileSelectorPromptStr, wxString(), wxString(), kPkcs12Files, wxFD_OPEN | wxFD_FILE_MUST_EXIST);
    if (dialog.ShowModal() == wxID_OK) addRefused(toUtf8(dialog.GetPath()));
}

void VerifyPage::takePracticeRefused()
{
    m_refused->Clear();
    for (const char* file : kPracticeRefused) addRefused(utf8(m_practice->folder() / "ca" / file));
}

void VerifyPage::addRefused(const std::string& file)
{
    const wxString before = m_refused->GetValue();
    m_refused->SetValue(before.empty() ? fromUtf8(file) : before + kBetweenFiles + " " + fromUtf8(file));
}

void VerifyPage::load()
{
    std::string& address = session().answers().verify.address;
    if (const std::string host = address.empty() ? siteHost() : std::string(); !host.empty()) address = "https://" + host + "/";
    Page::load();
    // Nobody need press a button to see whether strangers are kept out. Once the window is idle: this page opens first.
    const bool isSetUp = session().view() && !session().has(Chapter::Require, StepState::Needed) && !session().has(Chapter::Require, StepState::Blocked);
    if (isSetUp && !m_seen && !address.empty()) CallAfter([this] { test(true); });
}

const ProbeAttempt* VerifyPage::attempt(const char* name) const
{
    if (!report()) return nullptr;
    for (const ProbeAttempt& one : report()->attempts)
        if (one.name == name) return &one;
    return nullptr;
}

void VerifyPage::refresh()
{
    if (std::exchange(m_isPutOff, false)) CallAfter([this] { test(true); });
    std::vector<Finding> findings;
    if (m_seen && !*m_seen) findings.push_back({"not-tried", Severity::Error, m_seen->error().message, {}});
    if (const ProbeReport* seen = report()) {
        if (seen->passes() && attempt("client")) findings.push_back({"works", Severity::Info, {tr("It works: without a certificate nobody gets in, with it one does."), {}}, {}});
        const auto more = monban::findingsOf(*seen);
        findings.insert(findings.end(), more.begin(), more.end());
    }
    if (view())
        for (const Finding& pitfall : view()->plan.pitfalls)
            if (pitfall.id == "restart-pending") findings.push_back(pitfall);
    showFindings(findings);
}

void VerifyPage::forget()
{
    m_seen.reset();
    ++m_generation;
    if (!isMade()) return;
    m_table->show(nullptr);
    m_names->setText(wxString());
    for (wxButton* button : m_saving) button->Hide();
    refresh();
}

bool VerifyPage::aim(ProbeQuestion& question, bool isAutomatic)
{
    if (!m_practice || m_practice->aim(question)) return true;
    if (isAutomatic) m_isPutOff = true;  // it is opened a moment after the binding was made: with the next look, then
    else refuse(Refusal{{tr("The practice server serves nothing on port {0} yet. Bind the site first."), {std::to_string(question.address.port)}}, m_address});
    return false;
}

void VerifyPage::test(bool isAutomatic)
{
    if (m_isTesting) return;
    store();
    const auto address = parseSiteAddress(session().answers().verify.address);
    if (!address) return refuse(Refusal{address.error().message, m_address});
    if (!isAutomatic) refuse(std::nullopt);  // what was said of a run that was taken back stays until somebody acts
    ProbeQuestion question;
    question.address = *address;
    question.at = serverTime();
    if (view() && view()->materials->root && *view()->materials->root) question.roots.push_back((*view()->materials->root)->certificate);
    if (!aim(question, isAutomatic)) return;
    forget();
    m_isTesting = true;
    m_test->Disable();
    const auto password = std::make_shared<const Secret>(toUtf8(m_password->GetValue()));
    // By itself it asks for no password: whoever wants the certificates tried types it and presses the button.
    const bool isAlone = isAutomatic && m_password->IsEmpty();
    const std::string client = isAlone ? std::string() : session().answers().verify.clientCertificate;
    const std::vector<std::string> refused = isAlone ? std::vector<std::string>() : filesIn(toUtf8(m_refused->GetValue()));
    m_background.start<ProbeReport>(
        [question, password, client, refused](const std::stop_token& stop) mutable -> Result<ProbeReport> {
            question.stop = stop;
            if (!client.empty()) {
                auto identity = identityFrom(client, *password);
                if (!identity) return identity.error();
                question.client = std::move(*identity);
            }
            for (const std::string& file : refused) {
                auto identity = identityFrom(file, *password);
                if (!identity) return identity.error();
                question.refuse.push_back({utf8(pathFromUtf8(file).filename()), std::move(*identity)});
            }
            return probe(question);
        },
        [this, generation = m_generation](const Result<ProbeReport>& seen) {
            if (generation == m_generation) return show(seen);
            m_isTesting = false;
            m_test->Enable();
            test(true);
        });
}

void VerifyPage::show(const Result<ProbeReport>& seen)
{
    m_isTesting = false;
    m_test->Enable();
    m_seen = seen;
    m_seenAt = serverTime();
    m_table->show(report());
    for (wxButton* button : m_saving) button->Show(report() != nullptr);
    wxString names;
    if (const ProbeReport* told = report(); told && told->asked != Asked::Never) {
        names = shown(Message{tr("CA names sent ({0} bytes): {1}"), {std::to_string(told->acceptableIssuersBytes), told->acceptableIssuers.empty() ? "–" : joined(told->acceptableIssuers, "; ")}});
        if (!told->offered.empty()) names += "\n" + shown(Message{tr("Browsers would offer: {0}"), {joined(told->offered)}});
        if (!told->notOffered.empty()) names += "\n" + shown(Message{tr("Browsers would not offer: {0}"), {joined(told->notOffered)}});
    }
    m_names->setText(names);
    refresh();
    layOutAround(*this);
    if (onChanged) onChanged();
}

std::pair<Mark, Message> VerifyPage::state() const
{
    if (!m_seen) return {Mark::ToDo, {tr("not done"), {}}};
    if (!report() || !report()->passes()) return {Mark::Problem, {tr("problem"), {}}};
    return {Mark::Done, {tr("done"), {}}};
}

std::vector<LiveLine> VerifyPage::status() const
{
    using State = LiveLine::State;
    const auto line = [&](const char* what, const char* wanted, const ProbeAttempt* seen) {
        return LiveLine{{what, {}}, {wanted, {}}, words(seen), seen && seen->isAsExpected() ? State::Good : State::Different};
    };
    std::vector<LiveLine> lines{line(tr("Without a certificate"), tr("refused"), attempt("no-certificate")), line(tr("With the client certificate"), tr("admitted"), attempt("client"))};
    if (!report() || !report()->server) return lines;
    const Verdict& verdict = *report()->server;
    for (const auto& [what, check] : {std::pair{tr("The server certificate's issuer is trusted"), &verdict.trusted}, {tr("The server certificate is within its dates"), &verdict.validity},
                                      {tr("The address is in the server certificate"), &verdict.hostname}})
        lines.push_back({{what, {}}, {tr("yes"), {}}, check->flaws.empty() ? Message{tr("yes"), {}} : reasonOf(verdict, check->flaws.front()), check->result == CheckResult::Pass ? State::Good : State::Different});
    return lines;
}

void VerifyPage::save(bool asHtml)
{
    if (!report()) return;
    wxFileDialog dialog(this, shown(tr("Save what was seen")), wxString(), asHtml ? "monban-verify.html" : "monban-verify.json", asHtml ? "HTML (*.html)|*.html" : "JSON (*.json)|*.json",
                        wxFD_SAVE | wxFD_OVERWRITE_PROMPT);
    if (dialog.ShowModal() != wxID_OK || !report()) return;
    const std::string text = asHtml ? probeHtml(*report(), session().answers().verify.address, m_seenAt, language()) : jsonText(probeJson(*report(), language()));
    if (const auto saved = replaceFile(pathFromUtf8(toUtf8(dialog.GetPath())), text); !saved) refuse(Refusal{saved.error().message, nullptr});
}

}  // namespace monban::wizard
