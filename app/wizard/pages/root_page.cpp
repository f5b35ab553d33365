// SPDX-License-Identifier: MIT
#include "app/wizard/pages/root_page.h"

#include <wx/checkbox.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/model/pasted.h"
#include "core/tls/http_address.h"

namespace monban::wizard {
namespace {

constexpr int kTypingMilliseconds = 700;

}  // namespace

RootPage::RootPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Root, {tr("Which CA issues the client certificates?"), {}},
           {tr("Name the certificate of the root CA. Windows will trust this CA for everything, so make sure that it really is the one your CA published."), {}})
{
}

void RootPage::build()
{
    m_fromFile = new wxRadioButton(this, wxID_ANY, shown(tr("I have its &file")), wxDefaultPosition, wxDefaultSize, wxRB_GROUP);
    m_fromFile->SetName("root-from-file");
    m_fromAddress = new wxRadioButton(this, wxID_ANY, shown(tr("&Download it from the CA's address")));
    m_fromAddress->SetName("root-from-address");
    addContent(m_fromFile);
    addContent(m_fromAddress);
    m_fileForm = addForm();
    m_file = addFile(m_fileForm, tr("F&ile:"), "root-file", "*.der;*.cer;*.crt;*.pem;*.p7b|*.der;*.cer;*.crt;*.pem;*.p7b|*.*|*.*",
                     [](Answers& a) -> std::string& { return a.root.file; });
    m_addressForm = addForm();
    m_address = addText(m_addressForm, tr("&Address (http):"), "root-address", [](Answers& a) -> std::string& { return a.root.url; }, Kind::Word);
    m_progress = addParagraph({});
    m_progress->Hide();
    m_card = new CertificateCard(this);
    addContent(m_card);
    auto* form = addForm();
    m_published = new wxTextCtrl(this, wxID_ANY);
    m_published->SetName("published-fingerprint");
    addRow(form, tr("&Paste the SHA-256 fingerprint your CA published:"), m_published);
    m_comparison = addParagraph({});
    m_confirmed = new wxCheckBox(this, wxID_ANY, shown(tr("I have compared it: this is the root CA I &mean")));
    m_confirmed->SetName("root-confirmed");
    addContent(m_confirmed);
    for (wxRadioButton* button : {m_fromFile, m_fromAddress})
        button->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) {
            confirm({});
            showSource();
            changed();
        });
    // What was confirmed is this certificate and no other.
    m_file->Bind(wxEVT_TEXT, [this](wxCommandEvent& event) {
        confirm({});
        event.Skip();
    });
    // An address is fetched once it is typed, not at every letter of it.
    m_address->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
        confirm({});
        m_typing.StartOnce(kTypingMilliseconds);
    });
    m_typing.Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
        if (!IsShown()) return;  // it was stored when the page was left
        changed();
        refresh();
    });
    m_published->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
        compare();
        changed();
    });
    m_confirmed->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
        confirm(m_confirmed->GetValue() && material() ? material()->certificate.thumbprintSha256 : std::string());
        changed();
    });
}

/// The tick is of one fingerprint: a file that holds another certificate by now is not confirmed by it.
void RootPage::confirm(const std::string& sha256)
{
    m_confirmedSha256 = sha256;
    m_confirmed->SetValue(!sha256.empty());
}

void RootPage::showProgress()
{
    const std::string& url = session().answers().root.url;
    Message text;
    if (isByAddress() && !url.empty() && !session().answers().root.sha256.empty() && !session().isCurrent() && !material()) text = {tr("Fetching {0}… It takes ten seconds at most."), {shownAddress(url)}};
    else if (const CertificateMaterial* root = isByAddress() ? material() : nullptr) text = {tr("Fetched from {0}: {1} bytes."), {shownAddress(url), std::to_string(root->certificate.der.size())}};
    m_progress->setText(text.empty() ? wxString() : shown(text));
    if (m_progress->IsShown() == text.empty()) {
        m_progress->Show(!text.empty());
        layOutAround(*this);
    }
}

bool RootPage::isByAddress() const { return m_fromAddress->GetValue(); }

const CertificateMaterial* RootPage::material() const
{
    if (!view() || !view()->materials->root || !*view()->materials->root) return nullptr;
    return &**view()->materials->root;
}

void RootPage::load()
{
    const wxString file = m_file->GetValue();
    const wxString address = m_address->GetValue();
    Page::load();
    // What was typed for the way that is not taken is no answer, but it is kept on screen.
    const RootAnswers& answers = session().answers().root;
    if (!answers.url.empty()) m_file->ChangeValue(file);
    else m_address->ChangeValue(address);
    (answers.url.empty() ? m_fromFile : m_fromAddress)->SetValue(true);
    if (!answers.sha256.empty() && !answers.url.empty()) m_published->ChangeValue(fromUtf8(answers.sha256));
    confirm(answers.url.empty() ? answers.sha256 : std::string());
    showSource();
}

/// What stands in the hidden form is kept on screen but is no answer.
void RootPage::store()
{
    Page::store();
    RootAnswers& answers = session().answers().root;
    if (isByAddress()) {
        answers.file.clear();
        answers.sha256 = pastedFingerprint(toUtf8(m_published->GetValue()), 32).value_or("");
    } else {
        answers.url.clear();
        answers.sha256 = m_confirmedSha256;
    }
}

void RootPage::showSource()
{
    content()->Show(m_fileForm, !isByAddress(), true);
    content()->Show(m_addressForm, isByAddress(), true);
    refresh();
    layOutAround(*this);
}

void RootPage::compare()
{
    const CertificateMaterial* root = material();
    const std::string text = toUtf8(m_published->GetValue());
    const std::string pasted = pastedFingerprint(text, 32).value_or(pastedFingerprint(text, 20).value_or(""));
    Message says;
    if (!text.empty() && pasted.empty()) says = {tr("This is not yet a whole fingerprint: SHA-256 has 64 digits from 0 to f."), {}};
    else if (pasted.empty() || !root) says = {tr("Your CA publishes the fingerprint on its web site or in its documents. Do not take it from where the file came from."), {}};
    else if (pasted == root->certificate.thumbprintSha256) says = {tr("✓ Equal: this is the certificate your CA published."), {}};
    else if (pasted == root->certificate.thumbprintSha1) says = {tr("Equal to the SHA-1 thumbprint. Compare the SHA-256 fingerprint if your CA publishes one."), {}};
    else says = {tr("✗ Different: this is NOT the certificate your CA published. Do not go on with it."), {}};
    const bool isEqual = root && pasted == root->certificate.thumbprintSha256;
    const bool isDifferent = root && !pasted.empty() && !isEqual && pasted != root->certificate.thumbprintSha1;
    m_comparison->SetForegroundColour(isEqual ? wxColour(16, 124, 16) : isDifferent ? wxColour(196, 43, 28) : GetForegroundColour());
    m_comparison->setText(shown(says));
}

void RootPage::refresh()
{
    const CertificateMaterial* root = material();
    m_card->show(root ? &root->certificate : nullptr, serverTime());
    m_confirmed->Enable(root != nullptr || m_confirmed->GetValue());  // what is ticked can be taken back
    m_confirmed->SetToolTip(root ? wxString() : shown(tr("First name the certificate; then its fingerprint can be compared.")));
    showProgress();
    compare();
    std::vector<Finding> findings = findingsOf(Chapter::Root);
    if (view() && view()->materials->root && !*view()->materials->root)
        findings.push_back({"root", Severity::Error, view()->materials->root->error().message, {}});
    showFindings(findings);
}

std::optional<Refusal> RootPage::problem() const
{
    const RootAnswers& answers = session().answers().root;
    if (answers.file.empty() && answers.url.empty())
        return Refusal{{tr("Name the root CA's certificate."), {}}, isByAddress() ? m_address : m_file};
    if (isByAddress() && answers.sha256.empty())
        return Refusal{{tr("Paste the fingerprint your CA published: what comes over http could be anybody's."), {}}, m_published};
    if (!view() || !session().isCurrent()) return Refusal{{tr("The certificate is still being read. Try again in a moment."), {}}, nullptr};
    if (view()->materials->root && !*view()->materials->root) return Refusal{view()->materials->root->error().message, nullptr};
    if (!isByAddress() && !m_confirmed->GetValue())
        return Refusal{{tr("Compare the fingerprint and confirm it: Windows will trust this CA for everything."), {}}, m_confirmed};
    for (const Step& step : view()->plan.steps)
        if (step.id == "trust.root" && step.state == StepState::Blocked) return Refusal{step.reason, nullptr};
    return std::nullopt;
}

std::pair<Mark, Message> RootPage::state() const
{
    if (view() && view()->materials->root && !*view()->materials->root) return {Mark::Problem, {tr("problem"), {}}};
    if (material() && !session().answers().root.sha256.empty()) return {Mark::Done, {tr("done"), {}}};
    return {Mark::ToDo, {tr("not done"), {}}};
}

std::vector<LiveLine> RootPage::status() const
{
    std::vector<LiveLine> lines = Page::status();
    if (!view()) return lines;
    const Message what{tr("Root CA certificate"), {}};
    const auto& root = view()->materials->root;
    if (!root) lines.push_back({what, {tr("readable"), {}}, {tr("not named yet"), {}}, LiveLine::State::Different});
    else if (!*root) lines.push_back({what, {tr("readable"), {}}, root->error().message, LiveLine::State::Unreadable});
    else lines.push_back({what, {tr("readable"), {}}, {"{0}", {(*root)->shownSource()}}, LiveLine::State::Good});
    const bool isConfirmed = !session().answers().root.sha256.empty();
    lines.push_back({{tr("Fingerprint"), {}}, {tr("confirmed"), {}}, {isConfirmed ? tr("confirmed") : tr("not yet"), {}},
                     isConfirmed ? LiveLine::State::Good : LiveLine::State::Different});
    return lines;
}

}  // namespace monban::wizard
