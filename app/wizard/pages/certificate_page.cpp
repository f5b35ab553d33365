// SPDX-License-Identifier: MIT
#include "app/wizard/pages/certificate_page.h"

#include <wx/button.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {

CertificatePage::CertificatePage(wxWindow* parent, Session& session, fs::path folder)
    : Page(parent, session, Chapter::Certificate, {tr("Which certificate shall the server show?"), {}},
           {tr("Your CA either gives you a PKCS#12 file with a password, or it issues a certificate for a request that is made here."), {}}),
      m_folder(std::move(folder))
{
}

void CertificatePage::build()
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
    addFileSteps();
    for (wxRadioButton* button : {m_fromFile, m_fromRequest})
        button->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) {
            changed();
            refresh();
        });
}

wxSizer* CertificatePage::addSection()
{
    auto* section = new wxBoxSizer(wxVERTICAL);
    content()->Add(section, wxSizerFlags().Expand());
    return section;
}

void CertificatePage::addLines(wxSizer* section, const char* title, std::initializer_list<const char*> lines)
{
    auto* heading = new WrappedText(this, shown(title));
    heading->SetFont(heading->GetFont().Bold());
    section->Add(heading, wxSizerFlags().Expand().Border(wxTOP | wxBOTTOM));
    int number = 0;
    for (const char* line : lines)
        section->Add(new WrappedText(this, wxString::Format("%d. ", ++number) + shown(line)), wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(2)));
}

/// Below the fields, and only while there is no file: whoever has one need not read it.
void CertificatePage::addFileSteps()
{
    m_fileSteps = addSection();
    addLines(m_fileSteps, tr("No file yet? What to do at the CA (in quotes: the words on the screens of Gléas)"),
             {tr("Open the account of this server. If there is none, ask whoever runs the CA."),
              tr("Enter the host name that browsers will open as the server's attribute \"host name\", and save it. Without it browsers warn of the certificate."),
              tr("Choose \"issue certificate\" and then \"issue\". It takes about five minutes, and the page does not refresh by itself: reload it now and then."),
              tr("Open the finished certificate and choose \"download\". The password you set there belongs into the field above.")});
}

void CertificatePage::load()
{
    Page::load();
    // A page that is built anew for another language shows that there is one; answers begun afresh have none.
    session().password().use([this](std::string_view secret) {
        std::string text(secret);
        m_password->ChangeValue(fromUtf8(text));
        wipe(text);
    });
    (isRequest() ? m_fromRequest : m_fromFile)->SetValue(true);
    loadRequest();
    m_shownParts.reset();
    refresh();
}

void CertificatePage::store()
{
    Page::store();
    using Source = CertificateAnswers::Source;
    session().answers().certificate.source = m_fromRequest->GetValue() ? Source::Request : Source::Pkcs12;
    if (isRequest()) storeRequest();
}

void CertificatePage::showParts()
{
    const std::pair parts{isRequest(), stage()};
    if (m_shownParts == parts) return;
    m_shownParts = parts;
    const bool isForm = parts.first && parts.second == RequestStage::Form;
    wxWindow* const before = FindFocus();
    content()->Show(m_fileForm, !parts.first, true);
    content()->Show(m_fileSteps, !parts.first, true);
    content()->Show(m_requestForm, isForm, true);
    content()->Show(m_previewPart, isForm, true);
    content()->Show(m_madePart, parts.first && !isForm, true);
    content()->Show(m_answerForm, parts.first && !isForm, true);
    content()->Show(m_requestSteps, parts == std::pair(true, RequestStage::Waiting), true);
    m_copied->Show(!m_copied->text().empty());
    if (!isForm) m_takeOver->Hide();
    // What had the focus may be gone, and with it the keyboard.
    if (before && before->GetParent() == this && !before->IsShown()) (parts.first ? m_fromRequest : m_fromFile)->SetFocus();
    layOutAround(*this);
    Scroll(0, 0);
}

void CertificatePage::refresh()
{
    showParts();
    if (isRequest()) return refreshRequest();
    const Pkcs12Material* material = pkcs12();
    m_card->show(material ? fileCertificate() : nullptr, serverTime(),
                 material ? std::optional(material->hasKey && material->keyMatches) : std::nullopt);
    if (content()->IsShown(m_fileSteps) == (material != nullptr)) {
        content()->Show(m_fileSteps, !material, true);
        layOutAround(*this);
    }
    std::vector<Finding> findings = findingsOf(Chapter::Certificate);
    if (view()) findings.insert(findings.end(), view()->plan.findings.begin(), view()->plan.findings.end());
    showFindings(findings);
}

std::optional<Refusal> CertificatePage::problem() const
{
    if (isRequest()) return requestProblem();
    if (session().answers().certificate.file.empty()) return Refusal{{tr("Name the PKCS#12 file that your CA gave you."), {}}, m_file};
    if (!view() || !session().isCurrent()) return Refusal{{tr("The file is still being read. Try again in a moment."), {}}, nullptr};
    const auto& material = view()->materials->pkcs12;
    if (material && !*material)
        return Refusal{material->error().message, material->error().code == ErrorCode::WrongPassword ? m_password : m_file};
    return std::nullopt;
}

std::pair<Mark, Message> CertificatePage::state() const
{
    if (isRequest()) return requestState();
    if (pkcs12()) return {Mark::Done, {tr("done"), {}}};
    return {Mark::ToDo, {tr("not done"), {}}};
}

std::vector<LiveLine> CertificatePage::status() const
{
    using State = LiveLine::State;
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    if (isRequest()) {
        lines = Page::status();
        lines.push_back(answerLine());
        return lines;
    }
    const Message what{tr("PKCS#12 file"), {}};
    const auto& material = view()->materials->pkcs12;
    if (!material) lines.push_back({what, {tr("readable"), {}}, {tr("not named yet"), {}}, State::Different});
    else if (!*material) lines.push_back({what, {tr("readable"), {}}, material->error().message, State::Unreadable});
    else lines.push_back({what, {tr("readable"), {}}, {"{0}", {(*material)->file}}, State::Good});
    return lines;
}

}  // namespace monban::wizard
