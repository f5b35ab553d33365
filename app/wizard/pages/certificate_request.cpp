// SPDX-License-Identifier: MIT
// The part of the certificate page that is about a request (CSR).
#include <wx/button.h>
#include <wx/choicdlg.h>
#include <wx/choice.h>
#include <wx/clipbrd.h>
#include <wx/filedlg.h>
#include <wx/msgdlg.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>
#include <wx/tokenzr.h>
#include <wx/toplevel.h>
#include <wx/wrapsizer.h>

#include <algorithm>

#include "app/wizard/pages/certificate_page.h"
#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"
#include "core/model/pasted.h"
#include "core/pki/subject.h"
#include "core/plan/chapters.h"
#include "core/plan/request_policy.h"

namespace monban::wizard {
namespace {

struct KeyKind {
    const char* label;
    const char* algorithm;
    int bits;
};
constexpr KeyKind kKeyKinds[] = {
    {"RSA 2048", "", 2048}, {"RSA 3072", "", 3072}, {"RSA 4096", "", 4096}, {"ECDSA P-256", "ECDSA_P256", 256}, {"ECDSA P-384", "ECDSA_P384", 384}};

int kindOf(const CertificateAnswers& answers, int usualBits)
{
    for (std::size_t i = 0; i < std::size(kKeyKinds); ++i) {
        const bool isElliptic = *kKeyKinds[i].algorithm != '\0';
        if (isElliptic ? equalsIgnoringCase(answers.keyAlgorithm, kKeyKinds[i].algorithm)
                       : !lowerAscii(answers.keyAlgorithm).starts_with("ecdsa") && answers.keyBits.value_or(usualBits) == kKeyKinds[i].bits)
            return static_cast<int>(i);
    }
    return wxNOT_FOUND;
}

wxString joined(const std::vector<std::string>& words)
{
    wxString text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + fromUtf8(word);
    return text;
}

std::vector<std::string> wordsIn(const wxString& text)
{
    std::vector<std::string> words;
    wxStringTokenizer pieces(text, wxString::FromUTF8(" ,;\t、，；\u3000"), wxTOKEN_STRTOK);
    while (pieces.HasMoreTokens()) words.push_back(pastedWord(toUtf8(pieces.GetNextToken())));
    return words;
}

}  // namespace

void CertificatePage::addRequestForm()
{
    m_takeOver = new wxButton(this, wxID_ANY, shown(tr("Take over the names of the e&xisting certificate…")));
    m_takeOver->SetName("take-over");
    m_takeOver->Hide();
    content()->Add(m_takeOver, wxSizerFlags().Border(wxBOTTOM));
    m_takeOver->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { takeOver(); });
    m_requestForm = addForm();
    addNames(m_requestForm);
    addKey(m_requestForm);
    addPreview();
    addMade();
    addAnswer();
}

void CertificatePage::addHint(wxFlexGridSizer* form, const char* hint)
{
    form->AddSpacer(0);
    form->Add(new WrappedText(this, shown(hint)), wxSizerFlags(1).Expand());
}

void CertificatePage::addNames(wxFlexGridSizer* form)
{
    const auto text = [&](const char* label, const char* name, const char* key, std::string CertificateAnswers::*part, Kind kind = Kind::Name) {
        auto* field = addText(form, label, name, [part](Answers& a) -> std::string& { return a.certificate.*part; }, kind);
        m_controls.emplace_back(key, field);
        return field;
    };
    const auto list = [&](const char* label, const char* name, const char* key) {
        auto* field = new wxTextCtrl(this, wxID_ANY);
        field->SetName(name);
        addRow(form, label, field);
        field->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
            m_namesTouched = true;
            changed();
        });
        m_controls.emplace_back(key, field);
        return field;
    };
    m_commonName = text(tr("&Host name (CN):"), "common-name", "certificate.common_name", &CertificateAnswers::commonName, Kind::Word);
    m_commonName->SetHint("www.example.co.jp");
    // Before the field's own handler, which takes the answers from the controls.
    m_commonName->Bind(wxEVT_TEXT, [this](wxCommandEvent& event) {
        m_namesTouched = true;
        suggestFile();
        event.Skip();
    });
    addHint(form, tr("The name browsers open, without https://. A certificate for another name makes every browser warn."));
    m_dnsNames = list(tr("&Other host names:"), "dns-names", "certificate.dns_names");
    m_ipAddresses = list(tr("&IP addresses:"), "ip-addresses", "certificate.ip_addresses");
    addHint(form, tr("Only where the site is opened by these as well. Several are divided by commas."));
    text(tr("Or&ganization (O):"), "organization", "certificate.organization", &CertificateAnswers::organization);
    text(tr("&Unit (OU):"), "unit", "certificate.organizational_unit", &CertificateAnswers::organizationalUnit);
    text(tr("&City (L):"), "locality", "certificate.locality", &CertificateAnswers::locality);
    text(tr("&State or prefecture (S):"), "state", "certificate.state", &CertificateAnswers::state);
    addHint(form, tr("City and prefecture by their full official names: no abbreviations."));
    text(tr("Countr&y (C):"), "country", "certificate.country", &CertificateAnswers::country, Kind::Word)->SetHint("JP");
    addHint(form, tr("Two letters, such as JP."));
}

void CertificatePage::addKey(wxFlexGridSizer* form)
{
    m_key = new wxChoice(this, wxID_ANY);
    m_key->SetName("key-bits");
    for (const KeyKind& kind : kKeyKinds) m_key->Append(kind.label);
    addRow(form, tr("&Key:"), m_key);
    m_key->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
        m_keyTouched = true;
        changed();
    });
    m_provider = new wxChoice(this, wxID_ANY);
    m_provider->SetName("provider");
    m_provider->Append(shown(tr("the usual one for this kind of key")));
    m_provider->Append(kSchannelProvider);
    m_provider->Append(kCngProvider);
    addRow(form, tr("Provi&der:"), m_provider);
    m_provider->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { changed(); });
    addText(form, tr("Friendly na&me (as IIS Manager lists it):"), "request-friendly-name", [](Answers& a) -> std::string& { return a.certificate.friendlyName; });
    m_requestFile = addFile(form, tr("Sa&ve the request as:"), "request-file", "*.req;*.csr|*.req;*.csr|*.*|*.*",
                            [](Answers& a) -> std::string& { return a.certificate.requestFile; }, true);
    m_controls.emplace_back("certificate.key_", m_key);
    m_controls.emplace_back("certificate.provider", m_provider);
    m_controls.emplace_back("certificate.request_file", m_requestFile);
}

/// Text to be read, selected and copied.
wxTextCtrl* CertificatePage::addReading(wxSizer* section, const char* label, const char* name, int lines)
{
    auto* caption = new wxStaticText(this, wxID_ANY, shown(label));
    section->Add(caption, wxSizerFlags().Border(wxTOP | wxBOTTOM));
    auto* text = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_MULTILINE | wxTE_READONLY | wxTE_DONTWRAP);
    text->SetName(name);
    text->SetFont(wxFont(wxFontInfo(GetFont().GetFractionalPointSize()).Family(wxFONTFAMILY_TELETYPE)));
    text->SetMinSize(wxSize(-1, lines * text->GetCharHeight() + FromDIP(12)));
    section->Add(text, wxSizerFlags().Expand().Border(wxBOTTOM));
    return text;
}

void CertificatePage::addPreview()
{
    m_previewPart = addSection();
    auto* heading = new WrappedText(this, shown(tr("What the CA will see")));
    heading->SetFont(heading->GetFont().Bold());
    m_previewPart->Add(heading, wxSizerFlags().Expand().Border(wxTOP | wxBOTTOM));
    m_previewProblem = new WrappedText(this);
    m_previewProblem->SetName("preview-problem");
    m_previewPart->Add(m_previewProblem, wxSizerFlags().Expand());
    m_preview = new FactCard(this, "request-preview");
    m_previewPart->Add(m_preview, wxSizerFlags().Expand());
    m_policy = addReading(m_previewPart, tr("The policy file for certreq, exactly as it will be written:"), "request-policy", 9);
}

void CertificatePage::addMade()
{
    m_madePart = addSection();
    m_waits = new WrappedText(this);
    m_waits->SetName("request-waits");
    m_waits->SetFont(m_waits->GetFont().Bold());
    m_madePart->Add(m_waits, wxSizerFlags().Expand().Border(wxBOTTOM));
    m_pem = addReading(m_madePart, tr("The request:"), "request-text", 7);
    auto* buttons = new wxWrapSizer(wxHORIZONTAL, wxREMOVE_LEADING_SPACES);
    const auto button = [&](const char* label, const char* name, void (CertificatePage::*action)()) {
        auto* made = new wxButton(this, wxID_ANY, shown(label));
        made->SetName(name);
        made->Bind(wxEVT_BUTTON, [this, action](wxCommandEvent&) { (this->*action)(); });
        buttons->Add(made, wxSizerFlags().Border(wxRIGHT | wxBOTTOM));
    };
    button(tr("Copy th&e request"), "copy-request", &CertificatePage::copyRequest);
    button(tr("Save e&lsewhere…"), "save-request", &CertificatePage::saveElsewhere);
    button(tr("Con&tinue later"), "continue-later", &CertificatePage::continueLater);
    button(tr("Make another request…"), "another-request", &CertificatePage::makeAnother);
    m_madePart->Add(buttons, wxSizerFlags().Expand());
    m_copied = new WrappedText(this);
    m_copied->SetName("request-copied");
    m_madePart->Add(m_copied, wxSizerFlags().Expand().Border(wxBOTTOM));
}

void CertificatePage::addAnswer()
{
    m_answerForm = addForm();
    m_issued = addFile(m_answerForm, tr("The C&A's answer:"), "issued-file", "*.cer;*.crt;*.der;*.p7b|*.cer;*.crt;*.der;*.p7b;*.pem|*.*|*.*",
                       [](Answers& a) -> std::string& { return a.certificate.issuedFile; });
    addHint(m_answerForm, tr("The certificate it issued, as .cer, .crt or .der; or as .p7b, which brings the CAs between along."));
    m_requestSteps = addSection();
    addLines(m_requestSteps, tr("What to do at the CA (in quotes: the words on the screens of Gléas)"),
             {tr("Open the account of this server, choose \"issue certificate\", and open the \"advanced settings\"."),
              tr("Choose the request file. With \"check the content of the CSR\" the CA shows it before you confirm: compare the names."),
              tr("Wait about five minutes and reload the page, which does not refresh by itself. Then open the certificate and take the download link beside \"certificate file\"."),
              tr("Come back here and name the file you got. You can close Monban until then; the key waits on this server.")});
}

void CertificatePage::loadRequest()
{
    const CertificateAnswers& answers = session().answers().certificate;
    std::vector<std::string> others = answers.dnsNames;
    std::erase_if(others, [&](const std::string& name) { return equalsIgnoringCase(name, answers.commonName); });
    m_dnsNames->ChangeValue(joined(others));
    std::vector<std::string> addresses = answers.ipAddresses;
    std::erase(addresses, answers.commonName);
    m_ipAddresses->ChangeValue(joined(addresses));
    m_key->SetSelection(kindOf(answers, 0));
    int provider = answers.provider.empty() ? 0 : wxNOT_FOUND;
    if (equalsIgnoringCase(answers.provider, kSchannelProvider)) provider = 1;
    if (equalsIgnoringCase(answers.provider, kCngProvider)) provider = 2;
    m_provider->SetSelection(provider);
    m_namesTouched = m_keyTouched = false;
    say({});
}

void CertificatePage::storeRequest()
{
    CertificateAnswers& answers = session().answers().certificate;
    if (m_namesTouched) {
        answers.dnsNames = wordsIn(m_dnsNames->GetValue());
        answers.ipAddresses = wordsIn(m_ipAddresses->GetValue());
        // Browsers look at these lists only: where there is one, the first name has to stand in it, too.
        const bool isAddress = canonicalIpAddress(answers.commonName).has_value();
        auto& list = isAddress ? answers.ipAddresses : answers.dnsNames;
        const bool hasMore = !answers.dnsNames.empty() || !answers.ipAddresses.empty();
        if (hasMore && !answers.commonName.empty() && std::ranges::find(list, answers.commonName) == list.end()) list.insert(list.begin(), answers.commonName);
    }
    if (m_keyTouched && m_key->GetSelection() != wxNOT_FOUND) {
        const KeyKind& kind = kKeyKinds[m_key->GetSelection()];
        answers.keyAlgorithm = kind.algorithm;
        answers.keyBits = kind.bits;
    }
    if (m_provider->GetSelection() == 0) answers.provider.clear();
    else if (m_provider->GetSelection() != wxNOT_FOUND) answers.provider = toUtf8(m_provider->GetStringSelection());
    showPreview();
}

/// From what is typed at this moment; only the rest of it comes from the last look.
void CertificatePage::showPreview()
{
    if (!view() || m_shownParts != std::pair(true, RequestStage::Form)) return;
    const auto preview = requestPreview(session().answers(), *view());
    m_previewProblem->setText(preview ? wxString() : shown(preview.error().message));
    m_previewProblem->Show(!preview);
    m_preview->showRows(preview ? std::vector<FactCard::Row>{{shown(tr("Subject")), fromUtf8(preview->subject), FactCard::Style::Strong},
                                                             {shown(tr("Names for browsers")), fromUtf8(preview->names)},
                                                             {shown(tr("Key")), fromUtf8(preview->key)}}
                                : std::vector<FactCard::Row>{});
    const wxString policy = preview ? fromUtf8(preview->policy) : wxString();
    if (m_policy->GetValue() != policy) m_policy->ChangeValue(policy);
    if (preview && m_key->GetSelection() == wxNOT_FOUND) m_key->SetSelection(kindOf(session().answers().certificate, preview->bits));
}

void CertificatePage::refreshRequest()
{
    const RequestStage at = stage();
    const bool hasNames = view() && !presentCertificates(view()->facts).empty();
    if (m_takeOver->IsShown() != (hasNames && at == RequestStage::Form)) {
        m_takeOver->Show(hasNames && at == RequestStage::Form);
        layOutAround(*this);
    }
    if (!view()) return;
    std::vector<Finding> findings;
    if (at == RequestStage::Form) {
        showPreview();
        m_card->show(nullptr, serverTime());
        // What is not filled in yet is said above.
        if (requestPreview(session().answers(), *view())) findings = findingsOf(Chapter::Certificate);
    } else {
        const wxString text = fromUtf8(requestText(*view()));
        if (m_pem->GetValue() != text) m_pem->ChangeValue(text);
        const std::string& file = session().answers().certificate.requestFile;
        if (at == RequestStage::Answered) m_waits->setText(shown(tr("The CA has answered the request.")));
        else if (file.empty()) m_waits->setText(shown(tr("The request waits for the CA's answer. Its file is not known here: another program made it.")));
        else m_waits->setText(shown(Message{tr("The request is in {0} and waits for the CA's answer."), {file}}));
        const auto certificate = answeredCertificate(*view());
        m_card->show(certificate ? &*certificate : nullptr, serverTime(), at == RequestStage::Answered ? std::optional(true) : std::nullopt);
        findings = findingsOf(Chapter::Certificate);
        if (const auto trouble = answerProblem(*view())) findings.push_back({"answer", Severity::Error, *trouble, {}});
    }
    findings.insert(findings.end(), view()->plan.findings.begin(), view()->plan.findings.end());
    showFindings(findings);
}

void CertificatePage::suggestFile()
{
    const std::string now = toUtf8(m_requestFile->GetValue());
    if (!now.empty() && now != m_suggested) return;
    m_suggested = suggestedRequestFile(m_folder, pastedWord(toUtf8(m_commonName->GetValue())));
    m_requestFile->ChangeValue(fromUtf8(m_suggested));
}

void CertificatePage::takeOver()
{
    const std::shared_ptr<const View> held = session().view();  // while the choice stands there, another look replaces it
    if (!held) return;
    const auto present = presentCertificates(held->facts);
    if (present.empty()) return;
    int chosen = 0;
    if (present.size() > 1) {
        wxArrayString names;
        for (const StoredCertificate* one : present) names.Add(fromUtf8(shownName(one->certificate)) + "  (" + shown(lifetime(one->certificate, serverTime())) + ")");
        chosen = wxGetSingleChoiceIndex(shown(tr("Whose names?")), "Monban", names, this);
        if (chosen < 0) return;
    }
    takeOverNames(*present[static_cast<std::size_t>(chosen)], session().answers().certificate);
    load();
    suggestFile();
    changed();
    session().answersChanged();
}

void CertificatePage::makeAnother()
{
    CertificateAnswers& answers = session().answers().certificate;
    answers.issuedFile.clear();
    answers.requestFile = m_suggested = suggestedRequestFile(m_folder, answers.commonName);
    load();
    session().answersChanged();
}

void CertificatePage::copyRequest()
{
    if (m_pem->IsEmpty()) return refuse(Refusal{{tr("The request's text is not there: its file is not known here, or was removed."), {}}, nullptr});
    const wxClipboardLocker lock;
    if (!lock || !wxTheClipboard->SetData(new wxTextDataObject(m_pem->GetValue()))) return refuse(Refusal{{tr("The clipboard is in use by another program. Try again."), {}}, m_pem});
    wxTheClipboard->Flush();
    say({tr("Copied."), {}});
}

void CertificatePage::saveElsewhere()
{
    const std::string text = view() ? requestText(*view()) : std::string();
    if (text.empty()) return refuse(Refusal{{tr("The request's text is not there: its file is not known here, or was removed."), {}}, nullptr});
    const wxString name = fromUtf8(utf8(pathFromUtf8(session().answers().certificate.requestFile).filename()));
    wxFileDialog dialog(this, shown(tr("Save the request")), wxString(), name, "*.req;*.csr|*.req;*.csr|*.*|*.*", wxFD_SAVE | wxFD_OVERWRITE_PROMPT);
    if (dialog.ShowModal() != wxID_OK) return;
    const fs::path file = pathFromUtf8(toUtf8(dialog.GetPath()));
    const auto saved = replaceFile(file, text);
    say(saved ? Message{tr("Saved as {0}."), {utf8(file)}} : saved.error().message);
}

void CertificatePage::say(const Message& said)
{
    m_copied->setText(said.empty() ? wxString() : shown(said));
    m_copied->Show(!said.empty());
    layOutAround(*this);
}

void CertificatePage::continueLater()
{
    wxMessageDialog dialog(this, shown(tr("Monban closes now. When you have the CA's answer, start it again: its first page offers to go on with this request.")), "Monban",
                           wxOK | wxCANCEL | wxICON_INFORMATION);
    if (dialog.ShowModal() != wxID_OK) return;
    wxWindow* const window = wxGetTopLevelParent(this);
    window->CallAfter([window] { window->Close(); });
}

wxWindow* CertificatePage::controlOf(const Error& error) const
{
    const std::string text = inEnglish(error.message) + " " + error.detail;
    for (const auto& [key, control] : m_controls)
        if (text.find(key) != std::string::npos) return control;
    return m_commonName;
}

std::optional<Refusal> CertificatePage::requestProblem() const
{
    if (!view()) return Page::problem();
    if (stage() == RequestStage::Form) {
        if (session().answers().certificate.commonName.empty())
            return Refusal{{tr("Type the host name that browsers will open, such as www.example.co.jp."), {}}, m_commonName};
        if (const auto preview = requestPreview(session().answers(), *view()); !preview) return Refusal{preview.error().message, controlOf(preview.error())};
        if (session().answers().certificate.requestFile.empty()) return Refusal{{tr("Say where the request shall be saved."), {}}, m_requestFile};
        auto refusal = Page::problem();
        if (refusal) refusal->where = m_requestFile;
        return refusal;
    }
    if (auto trouble = answerProblem(*view())) return Refusal{*trouble, m_issued};
    if (stage() == RequestStage::Answered) return std::nullopt;
    return Refusal{{tr("The request waits for the CA's answer. Hand it to your CA, and name the file you get for it here."), {}}, m_issued};
}

std::pair<Mark, Message> CertificatePage::requestState() const
{
    if (!view() || stage() == RequestStage::Form) return {Mark::ToDo, {tr("not done"), {}}};
    if (stage() == RequestStage::Answered) return {Mark::Done, {tr("done"), {}}};
    const bool isNotThere = !view()->materials->issued || (!*view()->materials->issued && view()->materials->issued->error().code == ErrorCode::NotFound);
    if (isNotThere) return {Mark::Waiting, {tr("waiting"), {}}};
    return {Mark::Problem, {tr("problem"), {}}};
}

LiveLine CertificatePage::answerLine() const
{
    using State = LiveLine::State;
    LiveLine line{{tr("The CA's answer"), {}}, {tr("there, for this request"), {}}, {tr("not named yet"), {}}, State::Waiting};
    if (stage() == RequestStage::Answered) return {line.what, line.wanted, {tr("there"), {}}, State::Good};
    if (const auto trouble = answerProblem(*view())) return {line.what, line.wanted, *trouble, State::Different};
    return line;
}

}  // namespace monban::wizard
