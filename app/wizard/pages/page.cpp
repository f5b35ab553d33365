// SPDX-License-Identifier: MIT
#include "app/wizard/pages/page.h"

#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/dnd.h>
#include <wx/filedlg.h>
#include <wx/settings.h>
#include <wx/sizer.h>
#include <wx/spinctrl.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <algorithm>

#include "app/wizard/widgets/finding_list.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/model/pasted.h"

namespace monban::wizard {
namespace {

/// A file that is dropped on a field is named there.
class FileDrop final : public wxFileDropTarget {
public:
    explicit FileDrop(wxTextCtrl& text) : m_text(text) {}
    bool OnDropFiles(wxCoord, wxCoord, const wxArrayString& files) override
    {
        if (files.size() != 1) return false;
        m_text.SetValue(files.front());
        return true;
    }

private:
    wxTextCtrl& m_text;
};

}  // namespace

Page::Page(wxWindow* parent, Session& session, Chapter chapter, const Message& instruction, const Message& introduction)
    : wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxVSCROLL | wxTAB_TRAVERSAL),
      m_session(session),
      m_chapter(chapter),
      m_instruction(instruction),
      m_introduction(introduction)
{
    SetBackgroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW));
}

void Page::make()
{
    if (isMade()) return;
    SetScrollRate(0, GetCharHeight());
    auto* heading = new WrappedText(this);
    heading->SetFont(heading->GetFont().Scaled(1.4f));
    heading->SetForegroundColour(wxSystemSettings::GetAppearance().IsDark() ? wxColour(140, 190, 255) : wxColour(0, 51, 153));
    heading->setText(shown(m_instruction));
    heading->SetName("instruction");
    auto* inner = new wxBoxSizer(wxVERTICAL);
    inner->Add(heading, wxSizerFlags().Expand().Border(wxBOTTOM));
    m_refusal = new FindingList(this);
    m_refusal->SetName("refusal");
    inner->Add(m_refusal, wxSizerFlags().Expand());
    if (!m_introduction.empty()) inner->Add(new WrappedText(this, shown(m_introduction)), wxSizerFlags().Expand().DoubleBorder(wxBOTTOM));
    m_content = new wxBoxSizer(wxVERTICAL);
    inner->Add(m_content, wxSizerFlags().Expand());
    build();
    m_findings = new FindingList(this);
    m_findings->isAccepted = [this](const std::string& pitfall) { return m_session.isAccepted(pitfall); };
    m_findings->onAccept = [this](const std::string& pitfall, bool isAccepted) { m_session.accept(pitfall, isAccepted); };
    inner->Add(m_findings, wxSizerFlags().Expand().Border(wxTOP));
    auto* outer = new wxBoxSizer(wxVERTICAL);
    outer->Add(inner, wxSizerFlags(1).Expand().TripleBorder());
    SetSizer(outer);
    // GTK left a page out of the way of Tab as long as there was nothing on it, and does not ask again by itself.
    if (wxWindow* before = GetPrevSibling()) MoveAfterInTabOrder(before);
    else if (wxWindow* after = GetNextSibling()) MoveBeforeInTabOrder(after);
}

void Page::load()
{
    m_isLoading = true;
    for (const Field& field : m_fields) field.load(m_session.answers());
    m_isLoading = false;
}

void Page::takeOver(const Page& old)
{
    if (!old.isMade()) return;
    make();
    for (const wxWindow* child : old.GetChildren()) {
        wxWindow* here = child->GetName().empty() ? nullptr : wxWindow::FindWindowByName(child->GetName(), this);
        if (const auto* text = dynamic_cast<const wxTextCtrl*>(child)) {
            if (auto* field = dynamic_cast<wxTextCtrl*>(here); field && field->IsEditable()) field->ChangeValue(text->GetValue());
        } else if (const auto* ticked = dynamic_cast<const wxCheckBox*>(child)) {
            if (auto* box = dynamic_cast<wxCheckBox*>(here)) box->SetValue(ticked->GetValue());
        }
    }
}

void Page::store()
{
    for (const Field& field : m_fields) field.store(m_session.answers());
}

void Page::refresh() { showFindings(findingsOf(m_chapter)); }

std::optional<Refusal> Page::problem() const
{
    if (!view()) return Refusal{{tr("The server is still being looked at. Try again in a moment."), {}}, nullptr};
    if (m_session.canAskForRights(m_chapter)) return std::nullopt;
    for (const std::size_t i : Session::stepsOf(view()->plan, m_chapter)) {
        const Step& step = view()->plan.steps[i];
        if (step.state == StepState::Blocked || step.state == StepState::Waiting || step.state == StepState::Unknown) return Refusal{step.reason, nullptr};
    }
    return std::nullopt;
}

std::vector<LiveLine> Page::status() const
{
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    for (const Step& step : view()->plan.steps) {
        if (step.chapter != m_chapter) continue;
        const auto more = liveLines(step, view()->facts);
        lines.insert(lines.end(), more.begin(), more.end());
    }
    return lines;
}

std::pair<Mark, Message> Page::state() const
{
    // What only waits for an earlier page is no problem of this one.
    if (view() && (!view()->materials->root || (!view()->materials->pkcs12 && !view()->materials->issued && view()->answers.certificate.requestFile.empty())))
        return {Mark::ToDo, {tr("not done"), {}}};
    if (m_session.canAskForRights(m_chapter)) return {Mark::ToDo, {tr("not done"), {}}};
    if (m_session.has(m_chapter, StepState::Blocked)) return {Mark::Problem, {tr("problem"), {}}};
    if (m_session.has(m_chapter, StepState::Unknown)) return {Mark::Problem, {tr("problem"), {}}};
    if (m_session.has(m_chapter, StepState::Waiting)) return {Mark::Waiting, {tr("waiting"), {}}};
    if (m_session.has(m_chapter, StepState::Needed) || !view()) return {Mark::ToDo, {tr("not done"), {}}};
    return {Mark::Done, {tr("done"), {}}};
}

bool Page::runs() const { return !m_session.needed(m_chapter).empty(); }

bool Page::isHeldBack()
{
    if (!m_session.keeping()) return false;
    refuse(Refusal{{tr("First say below whether the settings of the last run are to be kept."), {}}, nullptr});
    return true;
}

void Page::refuse(const std::optional<Refusal>& refusal)
{
    if (!refusal) return m_refusal->show({});
    m_refusal->show({Finding{"refused", Severity::Error, refusal->why, {}}});
    Scroll(0, 0);
    if (refusal->where) refusal->where->SetFocus();
}

Time Page::serverTime() const { return view() && view()->facts.machine ? view()->facts.machine->clock : hostTime(); }

const Pkcs12Material* Page::pkcs12() const
{
    if (!view() || !view()->materials->pkcs12 || !*view()->materials->pkcs12) return nullptr;
    return &**view()->materials->pkcs12;
}

const Certificate* Page::fileCertificate() const
{
    const Pkcs12Material* material = pkcs12();
    return material && !material->certificates.empty() ? &material->certificates.front() : nullptr;
}

std::string Page::siteHost() const
{
    const CertificateAnswers& answers = m_session.answers().certificate;
    const Certificate* certificate = answers.source == CertificateAnswers::Source::Pkcs12 ? fileCertificate() : nullptr;
    std::vector<std::string> names = certificate ? certificate->dnsNames : answers.dnsNames;
    names.push_back(certificate ? certificate->commonName : answers.commonName);
    const auto found = std::ranges::find_if(names, [](const std::string& name) { return !name.empty() && name.find('*') == std::string::npos; });
    return found == names.end() ? std::string() : *found;
}

wxFlexGridSizer* Page::addForm()
{
    auto* form = new wxFlexGridSizer(2, wxSize(GetCharWidth() * 2, GetCharHeight() / 2));
    form->AddGrowableCol(1);
    m_content->Add(form, wxSizerFlags().Expand().Border(wxBOTTOM));
    return form;
}

void Page::addRow(wxFlexGridSizer* form, const char* label, wxWindow* control)
{
    auto* text = new wxStaticText(this, wxID_ANY, shown(label));
    text->MoveBeforeInTabOrder(control);
    form->Add(text, wxSizerFlags().CenterVertical());
    form->Add(control, wxSizerFlags(1).Expand());
}

void Page::addTimeToKeep()
{
    constexpr int kShortest = 15;
    constexpr int kLongest = 3600;
    auto* seconds = new wxSpinCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxSP_ARROW_KEYS, kShortest, kLongest,
                                   static_cast<int>(m_session.timeToKeep().count()));
    seconds->SetName("time-to-keep");
    addRow(addForm(), tr("Taken back unless confirmed &within (seconds):"), seconds);
    seconds->Bind(wxEVT_SPINCTRL, [this](wxSpinEvent& event) { m_session.setTimeToKeep(std::chrono::seconds(event.GetPosition())); });
}

wxTextCtrl* Page::addText(wxFlexGridSizer* form, const char* label, const char* name, std::function<std::string&(Answers&)> answer, Kind kind)
{
    auto* text = new wxTextCtrl(this, wxID_ANY);
    text->SetName(name);
    addRow(form, label, text);
    m_fields.push_back({[text, answer](Answers answers) { text->ChangeValue(fromUtf8(answer(answers))); },
                        [text, answer, kind](Answers& answers) {
                            const std::string typed = toUtf8(text->GetValue());
                            answer(answers) = kind == Kind::Word ? pastedWord(typed) : kind == Kind::SitePath ? pastedSitePath(typed) : typed;
                        }});
    text->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { changed(); });
    return text;
}

/// A field to type or paste into, to drop a file on, and a button for the system's dialog.
wxTextCtrl* Page::addFile(wxFlexGridSizer* form, const char* label, const char* name, const wxString& wildcard,
                          std::function<std::string&(Answers&)> answer, bool isSaved)
{
    auto* text = new wxTextCtrl(this, wxID_ANY);
    text->SetName(name);
    auto* browse = new wxButton(this, wxID_ANY, shown(tr("Browse…")));
    browse->SetName(wxString(name) + "-browse");
    auto* caption = new wxStaticText(this, wxID_ANY, shown(label));
    caption->MoveBeforeInTabOrder(text);
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    row->Add(text, wxSizerFlags(1).CenterVertical().Border(wxRIGHT));
    row->Add(browse, wxSizerFlags().CenterVertical());
    form->Add(caption, wxSizerFlags().CenterVertical());
    form->Add(row, wxSizerFlags(1).Expand());
    m_fields.push_back({[text, answer](Answers answers) { text->ChangeValue(fromUtf8(answer(answers))); },
                        [text, answer](Answers& answers) { answer(answers) = pastedPath(toUtf8(text->GetValue())); }});
    text->SetDropTarget(new FileDrop(*text));
    text->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { changed(); });
    browse->Bind(wxEVT_BUTTON, [this, text, wildcard, isSaved](wxCommandEvent&) {
        wxFileDialog dialog(this, wxFileSelectorPromptStr, wxPathOnly(text->GetValue()), wxString(), wildcard,
                            isSaved ? wxFD_SAVE | wxFD_OVERWRITE_PROMPT : wxFD_OPEN | wxFD_FILE_MUST_EXIST);
        if (dialog.ShowModal() == wxID_OK) text->SetValue(dialog.GetPath());
    });
    return text;
}

std::vector<wxButton*> Page::addButtons(wxSizer& into, const std::vector<ButtonAction>& actions)
{
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    std::vector<wxButton*> buttons;
    for (const ButtonAction& one : actions) {
        auto* button = new wxButton(this, wxID_ANY, shown(one.label));
        button->SetName(one.name);
        button->Bind(wxEVT_BUTTON, [action = one.action](wxCommandEvent&) { action(); });
        row->Add(button, wxSizerFlags().Border(wxRIGHT));
        buttons.push_back(button);
    }
    into.Add(row, wxSizerFlags().Expand().Border(wxBOTTOM));
    return buttons;
}

void Page::addContent(wxWindow* window, int proportion) { m_content->Add(window, wxSizerFlags(proportion).Expand().Border(wxBOTTOM)); }
void Page::addContent(wxSizer* sizer) { m_content->Add(sizer, wxSizerFlags().Expand().Border(wxBOTTOM)); }

WrappedText* Page::addParagraph(const Message& text)
{
    auto* paragraph = new WrappedText(this, shown(text));
    addContent(paragraph);
    return paragraph;
}

void Page::changed()
{
    if (m_isLoading) return;
    const Answers before = m_session.answers();
    store();
    m_refusal->show({});
    if (!(before == m_session.answers())) m_session.answersChanged();
}

void Page::showFindings(const std::vector<Finding>& findings) { m_findings->show(findings); }

void Page::addAcceptable(std::vector<Finding>& findings) const
{
    if (view()) std::ranges::copy_if(view()->plan.pitfalls, std::back_inserter(findings), [](const Finding& one) { return !one.acceptedBy.empty(); });
}

std::vector<Finding> Page::findingsOf(Chapter chapter) const
{
    std::vector<Finding> findings;
    if (!view()) return findings;
    if (m_session.canAskForRights(chapter))
        findings.push_back({"rights", Severity::Info, {tr("This needs administrator rights. Windows asks for them when you press the button; the wizard then opens anew at this page."), {}}, {}});
    for (const Step& step : view()->plan.steps) {
        if (step.chapter != chapter || step.reason.empty() || (step.lacksRights && !findings.empty())) continue;
        const bool isStopped = step.state == StepState::Blocked || step.state == StepState::Unknown;
        findings.push_back({step.id, isStopped ? Severity::Error : Severity::Info, step.reason, {}});
    }
    return findings;
}

}  // namespace monban::wizard
