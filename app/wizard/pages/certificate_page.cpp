// SPDX-License-Identifier: MIT
#include "app/wizard/pages/certificate_page.h"

#include <wx/choice.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>
#include <wx/tokenzr.h>

#include "app/wizard/widgets/certificate_card.h"
#include "core/model/pasted.h"

namespace monban::wizard {
namespace {

constexpr int kKeyBits[] = {2048, 3072, 4096};

}  // namespace

CertificatePage::CertificatePage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Certificate, {tr("Which certificate shall the server show?"), {}},
           {tr("Your CA either gives you a PKCS#12 file with a password, or it issues a certificate for a request that is made here."), {}})
{
    m_fromFile = new wxRadioButton(this, wxID_ANY, shown(tr("I have a &PKCS#12 file (.p12 or .pfx: the same kind of file)")), wxDefaultPosition,
                                   wxDefaultSize, wxRB_GROUP);
    m_fromFile->SetName("source-pkcs12");
    m_fromRequest = new wxRadioButton(this, wxID_ANY, shown(tr("Make a re&quest (CSR) for my CA; the key is made on this server and stays here")));
    m_fromRequest->SetName("source-request");
    addContent(m_fromFile);
    addContent(m_fromRequest);

    m_fileForm = addForm();
    m_file = addFile(m_fileForm, tr("&File:"), "certificate-file", "PKCS#12 (*.p12;*.pfx)|*.p12;*.pfx;*.P12;*.PFX|*.*|*.*",
                     [](Answers& a) -> std::string& { return a.certificate.file; });
    m_password = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PASSWORD);
    m_password->SetName("certificate-password");
    addRow(m_fileForm, tr("Pass&word:"), m_password);
    m_password->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
        this->session().setPassword(Secret(toUtf8(m_password->GetValue())));
        this->session().answersChanged();
    });
    addRequestForm();
    m_card = new CertificateCard(this);
    addContent(m_card);
    for (wxRadioButton* button : {m_fromFile, m_fromRequest})
        button->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) {
            showSource();
            changed();
        });
}

void CertificatePage::addRequestForm()
{
    m_requestForm = addForm();
    m_commonName = addText(m_requestForm, tr("&Host name (CN):"), "common-name", [](Answers& a) -> std::string& { return a.certificate.commonName; }, Kind::Word);
    m_dnsNames = new wxTextCtrl(this, wxID_ANY);
    m_dnsNames->SetName("dns-names");
    addRow(m_requestForm, tr("&Other host names:"), m_dnsNames);
    m_dnsNames->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { changed(); });
    addText(m_requestForm, tr("Or&ganization (O):"), "organization", [](Answers& a) -> std::string& { return a.certificate.organization; });
    addText(m_requestForm, tr("&Unit (OU):"), "unit", [](Answers& a) -> std::string& { return a.certificate.organizationalUnit; });
    addText(m_requestForm, tr("&City (L), not abbreviated:"), "locality", [](Answers& a) -> std::string& { return a.certificate.locality; });
    addText(m_requestForm, tr("&State or prefecture (S), not abbreviated:"), "state", [](Answers& a) -> std::string& { return a.certificate.state; });
    addText(m_requestForm, tr("Countr&y (C), two letters:"), "country", [](Answers& a) -> std::string& { return a.certificate.country; }, Kind::Word);
    m_keyBits = new wxChoice(this, wxID_ANY);
    m_keyBits->SetName("key-bits");
    for (const int bits : kKeyBits) m_keyBits->Append(wxString::Format("RSA %d", bits));
    addRow(m_requestForm, tr("&Key:"), m_keyBits);
    m_keyBits->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { changed(); });
    addFile(m_requestForm, tr("Sa&ve the request as:"), "request-file", "*.req;*.csr|*.req;*.csr|*.*|*.*",
            [](Answers& a) -> std::string& { return a.certificate.requestFile; }, true);
    addFile(m_requestForm, tr("The C&A's answer:"), "issued-file", "*.cer;*.crt;*.der;*.p7b|*.cer;*.crt;*.der;*.p7b|*.*|*.*",
            [](Answers& a) -> std::string& { return a.certificate.issuedFile; });
}

bool CertificatePage::isRequest() const { return m_fromRequest->GetValue(); }

void CertificatePage::load()
{
    Page::load();
    // A page that is built anew for another language shows that there is one; answers begun afresh have none.
    session().password().use([this](std::string_view secret) {
        std::string text(secret);
        m_password->ChangeValue(fromUtf8(text));
        wipe(text);
    });
    const CertificateAnswers& answers = session().answers().certificate;
    const bool isOfRequest = answers.source == CertificateAnswers::Source::Request;
    (isOfRequest ? m_fromRequest : m_fromFile)->SetValue(true);
    wxString names;
    for (const std::string& one : answers.dnsNames) names += (names.empty() ? "" : ", ") + fromUtf8(one);
    m_dnsNames->ChangeValue(names);
    m_keyBits->SetSelection(answers.keyBits.value_or(3072) == 2048 ? 0 : answers.keyBits.value_or(3072) == 4096 ? 2 : 1);
    showSource();
}

void CertificatePage::store()
{
    Page::store();
    CertificateAnswers& answers = session().answers().certificate;
    answers.source = isRequest() ? CertificateAnswers::Source::Request : CertificateAnswers::Source::Pkcs12;
    answers.dnsNames.clear();
    wxStringTokenizer words(m_dnsNames->GetValue(), wxString::FromUTF8(" ,;、，\u3000"), wxTOKEN_STRTOK);
    while (words.HasMoreTokens()) answers.dnsNames.push_back(pastedWord(toUtf8(words.GetNextToken())));
    if (isRequest() && m_keyBits->GetSelection() >= 0) answers.keyBits = kKeyBits[m_keyBits->GetSelection()];
}

void CertificatePage::showSource()
{
    content()->Show(m_fileForm, !isRequest(), true);
    content()->Show(m_requestForm, isRequest(), true);
    refresh();
    Layout();
    FitInside();
}

void CertificatePage::refresh()
{
    const Pkcs12Material* material = isRequest() ? nullptr : pkcs12();
    m_card->show(material ? fileCertificate() : nullptr, serverTime(),
                 material ? std::optional(material->hasKey && material->keyMatches) : std::nullopt);
    std::vector<Finding> findings = findingsOf(Chapter::Certificate);
    if (view()) findings.insert(findings.end(), view()->plan.findings.begin(), view()->plan.findings.end());
    showFindings(findings);
}

std::optional<Refusal> CertificatePage::problem() const
{
    if (isRequest()) {
        if (m_commonName->IsEmpty()) return Refusal{{tr("Type the host name that browsers will open, such as www.example.co.jp."), {}}, m_commonName};
        return Page::problem();
    }
    if (session().answers().certificate.file.empty()) return Refusal{{tr("Name the PKCS#12 file that your CA gave you."), {}}, m_file};
    if (!view() || !session().isCurrent()) return Refusal{{tr("The file is still being read. Try again in a moment."), {}}, nullptr};
    const auto& material = view()->materials->pkcs12;
    if (material && !*material)
        return Refusal{material->error().message, material->error().code == ErrorCode::WrongPassword ? m_password : m_file};
    return std::nullopt;
}

std::pair<Mark, Message> CertificatePage::state() const
{
    if (isRequest()) return Page::state();
    if (pkcs12()) return {Mark::Done, {tr("done"), {}}};
    return {Mark::ToDo, {tr("not done"), {}}};
}

std::vector<LiveLine> CertificatePage::status() const
{
    if (isRequest()) return Page::status();
    using State = LiveLine::State;
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    const Message what{tr("PKCS#12 file"), {}};
    const auto& material = view()->materials->pkcs12;
    if (!material) lines.push_back({what, {tr("readable"), {}}, {tr("not named yet"), {}}, State::Different});
    else if (!*material) lines.push_back({what, {tr("readable"), {}}, material->error().message, State::Unreadable});
    else lines.push_back({what, {tr("readable"), {}}, {"{0}", {(*material)->file}}, State::Good});
    return lines;
}

}  // namespace monban::wizard
