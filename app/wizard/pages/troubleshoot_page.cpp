// SPDX-License-Identifier: MIT
#include "app/wizard/pages/troubleshoot_page.h"

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include <algorithm>
#include <string_view>

#include "app/wizard/browser.h"
#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/fact_card.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/plan/chapters.h"
#include "core/plan/task_command.h"

namespace monban::wizard {
namespace {

/// What the plan says of this chapter's steps; the rest is about the files of earlier pages.
constexpr std::string_view kOwnFindings[] = {"revocation-off", "stored-crl-ends", "stored-crl-replaced", "sample-page-needs-aspnet"};
constexpr int kHours[] = {1, 4, 8, 24};

/// The check is off until then, and stays as it is found by everything else. A moment that is over turns it on again.
void pause(Answers& answers, Time until)
{
    answers.troubleshoot.revocationOffUntil = until;
    answers.bind.checkRevocation.reset();
}

}  // namespace

TroubleshootPage::TroubleshootPage(wxWindow* parent, Session& session, const PracticeHost* practice)
    : Page(parent, session, Chapter::Troubleshoot, {tr("What does not work?"), {}}, {}), m_practice(practice)
{
}

void TroubleshootPage::build()
{
    addSymptom(tr("The browser shows a &security warning (5.1)"), "symptom-warning");
    addSymptom(tr("A re&voked certificate still gets in, or nobody gets in any more (5.2)"), "symptom-revocation");
    addSymptom(tr("A ne&w revocation list shall count at once (5.3)"), "symptom-flush");
    addSymptom(tr("Is it the revocation check? &Try without it (5.4)"), "symptom-check");
    addSymptom(tr("Which certificate reaches the site? &Look at it (5.5)"), "symptom-sample");
    addSymptom(tr("Monban warns of something: &have it mended"), "symptom-pitfall");
    for (void (TroubleshootPage::*addSection)() : {&TroubleshootPage::addWarning, &TroubleshootPage::addRevocation, &TroubleshootPage::addFlush,
                                                   &TroubleshootPage::addCheck, &TroubleshootPage::addSample, &TroubleshootPage::addMending}) {
        m_adding = new wxBoxSizer(wxVERTICAL);
        m_sections.push_back(m_adding);
        (this->*addSection)();
        content()->Add(m_adding, wxSizerFlags().Expand().Border(wxTOP));
    }
    m_said = addParagraph({});
    m_symptoms.front()->SetValue(true);
    showSymptom();
}

void TroubleshootPage::addSymptom(const char* label, const char* name)
{
    auto* button = new wxRadioButton(this, wxID_ANY, shown(label), wxDefaultPosition, wxDefaultSize, m_symptoms.empty() ? wxRB_GROUP : 0);
    button->SetName(name);
    button->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) { showSymptom(); });
    content()->Add(button, wxSizerFlags().Border(wxBOTTOM, GetCharHeight() / 4));
    m_symptoms.push_back(button);
}

WrappedText* TroubleshootPage::add(const Message& text)
{
    auto* paragraph = new WrappedText(this, text.empty() ? wxString() : shown(text));
    m_adding->Add(paragraph, wxSizerFlags().Expand().Border(wxBOTTOM));
    return paragraph;
}

WrappedText* TroubleshootPage::addHeading(const char* text)
{
    auto* heading = new WrappedText(this, shown(text));
    heading->SetFont(heading->GetFont().Bold());
    m_adding->Add(heading, wxSizerFlags().Expand().Border(wxTOP));
    return heading;
}

void TroubleshootPage::addFlush()
{
    add({tr("First clear the browser's own cache, or it shows you what it remembers. Then flush here: the lists kept so far count as out of date, and the cryptographic services start anew. It takes some seconds."), {}});
    add({tr("It does not help while the CA has not published a new list."), {}});
    addButtons(*m_adding, {{tr("&Flush the revocation lists"), "flush", [this] {
                     change([](Answers& answers) { answers.troubleshoot.flushCrl = true; }, Chapter::Troubleshoot);
                 }}});
}

void TroubleshootPage::addCheck()
{
    add({tr("Switch the check off for a time, and try again. While it is off, revoked certificates get in."), {}});
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    row->Add(new wxStaticText(this, wxID_ANY, shown(tr("Off &for:"))), wxSizerFlags().CenterVertical().Border(wxRIGHT));
    m_hours = new wxChoice(this, wxID_ANY);
    m_hours->SetName("check-hours");
    for (const int hours : kHours) m_hours->Append(shown(hours == 1 ? Message{tr("1 hour"), {}} : Message{tr("{0} hours"), {std::to_string(hours)}}));
    m_hours->SetSelection(0);
    m_hours->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { preview(); });
    row->Add(m_hours, wxSizerFlags().CenterVertical());
    m_adding->Add(row, wxSizerFlags().Border(wxBOTTOM));
    addButtons(*m_adding, {{tr("Check &off"), "check-off", [this] { switchCheck(false); }}, {tr("Ch&eck on"), "check-on", [this] { switchCheck(true); }}});
    m_pause = add({});
    m_byHand = add({});
}

void TroubleshootPage::addSample()
{
    add({tr("A sample page in the site shows the visitor which certificate arrived: subject, issuer, serial number, key length and dates. It needs the feature ASP.NET 4.x of IIS; without it IIS answers 404. Remove the page when you have seen enough."), {}});
    addButtons(*m_adding, {{tr("&Place the sample page"), "place-sample", [this] {
                     change([](Answers& answers) { answers.troubleshoot.samplePage = true; }, Chapter::Troubleshoot);
                 }},
                {tr("Open &it in a browser"), "open-sample", [this] { say(openInBrowser(this->session().answers().verify.address, "/clientcert.aspx", m_practice)); }},
                {tr("Re&move it"), "remove-sample", [this] {
                     change([](Answers& answers) { answers.troubleshoot.samplePage = false; }, Chapter::Troubleshoot);
                 }}});
    if (m_practice) add({tr("The practice server has no ASP.NET: the page is placed in its folder as on a real one, but what opens is the practice server's own page."), {}});
}

void TroubleshootPage::takeOver(const Page& old)
{
    Page::takeOver(old);
    const auto& before = dynamic_cast<const TroubleshootPage&>(old);
    if (!before.isMade()) return;
    make();
    for (std::size_t i = 0; i < m_symptoms.size(); ++i) m_symptoms[i]->SetValue(before.m_symptoms[i]->GetValue());
    m_hours->SetSelection(before.m_hours->GetSelection());
    showMendable(before.chosenPitfall());
    showSymptom();
}

void TroubleshootPage::choose(Symptom symptom)
{
    m_symptoms[static_cast<std::size_t>(symptom)]->SetValue(true);
    showSymptom();
}

void TroubleshootPage::showSymptom()
{
    for (std::size_t i = 0; i < m_sections.size(); ++i) content()->Show(m_sections[i], m_symptoms[i]->GetValue(), true);
    say({});
    hideEmpty();
    showRevocation();
    showMendable();
    layOutAround(*this);
    preview();
    if (onChanged) onChanged();
}

bool TroubleshootPage::isChosen(Symptom symptom) const { return m_symptoms[static_cast<std::size_t>(symptom)]->GetValue(); }

/// What the section's button would run is to be read before it is pressed. Asked for once: each preview is another look.
void TroubleshootPage::preview()
{
    const SslRecord* bound = isChosen(Symptom::Check) && m_wasBound ? record() : nullptr;
    const std::string off = canPause() ? "off " + std::to_string(m_hours->GetSelection()) : "off";
    const std::string on = resumeTask() ? "resume" : "on";
    const std::string pitfall = chosenPitfall();
    const std::string what = isChosen(Symptom::Pitfall) ? (pitfall.empty() ? "" : kMend + pitfall) : isChosen(Symptom::Flush) ? "flush" : isChosen(Symptom::Sample) ? (m_isPlaced ? "remove" : "place") : !bound ? "" : bound->checksRevocation() ? off : on;
    if (what == m_previewed) return;
    m_previewed = what;
    if (what.empty()) return session().setPreview(nullptr);
    session().setPreview([what, until = what == "resume" ? serverTime() : pauseEnd()](Answers& answers) {
        if (what.starts_with(kMend)) answers.troubleshoot.mend = {what.substr(kMend.size())};
        else if (what == "flush") answers.troubleshoot.flushCrl = true;
        else if (what == "place" || what == "remove") answers.troubleshoot.samplePage = what == "place";
        else if (what == "on" || what == "off") answers.bind.checkRevocation = what == "on";
        else pause(answers, until);
    });
}

void TroubleshootPage::load()
{
    Page::load();
    m_previewed.clear();
    preview();
}

void TroubleshootPage::say(const Message& text)
{
    m_said->setText(text.empty() ? wxString() : shown(text));
    m_said->Show(!text.empty());
    layOutAround(*this);
}

Chapter TroubleshootPage::commandsOf() const
{
    const SslRecord* bound = isChosen(Symptom::Check) ? record() : nullptr;
    if (!bound) return isChosen(Symptom::Check) ? Chapter::Bind : Chapter::Troubleshoot;
    return (bound->checksRevocation() ? canPause() : resumeTask() != nullptr) ? Chapter::Troubleshoot : Chapter::Bind;
}

void TroubleshootPage::run(Chapter chapter)
{
    if (session().isRunning()) return;
    refuse(std::nullopt);
    session().answersChanged();
    session().run(chapter);
}

void TroubleshootPage::switchCheck(bool isOn)
{
    if (session().isRunning()) return;
    if (!m_wasBound)
        return refuse(Refusal{{tr("First set the site up, or name its certificates on the earlier pages: the check is switched in its http.sys record, and nothing else may change with it."), {}}, nullptr});
    if (isOn && resumeTask()) return change([now = serverTime()](Answers& answers) { pause(answers, now); }, Chapter::Troubleshoot);
    if (!isOn && canPause())
        return change(
            [until = pauseEnd()](Answers& answers) { pause(answers, until); }, Chapter::Troubleshoot);
    change([isOn](Answers& answers) { answers.bind.checkRevocation = isOn; }, Chapter::Bind);
}

bool TroubleshootPage::canPause() const { return view() && view()->facts.taskProgram; }

Time TroubleshootPage::pauseEnd() const
{
    const int chosen = m_hours->GetSelection();
    return serverTime() + std::chrono::hours(kHours[chosen == wxNOT_FOUND ? 0 : chosen]);
}

const ScheduledTask* TroubleshootPage::resumeTask() const
{
    if (!view() || !view()->facts.tasks) return nullptr;
    const std::string name = resumeTaskName(endpoint());
    const auto found = std::ranges::find_if(*view()->facts.tasks, [&](const ScheduledTask& task) { return equalsIgnoringCase(task.name, name); });
    return found == view()->facts.tasks->end() ? nullptr : &*found;
}

/// Answers that only a pressed button gives: they are taken back where what it ran did not come to its end, or a later run
/// would carry them out.
void TroubleshootPage::change(const std::function<void(Answers&)>& how, Chapter chapter)
{
    const auto* now = view();
    if (now && now->facts.machine && !now->facts.machine->elevated && !now->facts.machine->practice) return onElevate();
    if (session().isRunning() || isHeldBack()) return;
    m_checkBefore = session().answers().bind.checkRevocation;
    m_before = session().answers().troubleshoot;
    how(session().answers());
    run(chapter);
}

void TroubleshootPage::ended(bool isDone)
{
    if (!m_before) return;
    if (!isDone) {
        session().answers().bind.checkRevocation = m_checkBefore;
        session().answers().troubleshoot = *m_before;
    }
    TroubleshootAnswers& answers = session().answers().troubleshoot;
    answers.flushCrl = false;  // done once; lists that are fetched again are no new task
    answers.installCrl.clear();
    answers.mend = m_before->mend;
    answers.revocationOffUntil.reset();  // what ends it is a task on the server; another button must not begin it anew
    m_before.reset();
    session().answersChanged();
}

std::string TroubleshootPage::endpoint() const
{
    const BindAnswers& bind = session().answers().bind;
    return !bind.hostname.empty() ? bind.hostname : bind.endpoint.empty() ? std::string(kDefaultEndpoint) : bind.endpoint;
}

const SslRecord* TroubleshootPage::record() const
{
    if (!view() || !view()->facts.records) return nullptr;
    const auto found = std::ranges::find_if(*view()->facts.records, [at = endpoint()](const SslRecord& one) { return equalsIgnoringCase(one.endpoint, at); });
    return found == view()->facts.records->end() ? nullptr : &*found;
}

/// The one that visitors meet: of the record, or else the file's.
const Certificate* TroubleshootPage::shownCertificate() const
{
    const SslRecord* bound = record();
    if (!bound) return fileCertificate();
    const auto store = storeOf(view()->facts, bound->store.empty() ? "MY" : bound->store);
    if (!store) return fileCertificate();
    for (const StoredCertificate& one : *store)
        if (one.certificate.thumbprintSha1 == bound->thumbprint) return &one.certificate;
    return fileCertificate();
}

void TroubleshootPage::refresh()
{
    // Only where the binding is as the answers want it does a switch of the check change nothing else.
    if (!session().isRunning() && session().isCurrent()) m_wasBound = session().has(Chapter::Bind, StepState::Done) && session().needed(Chapter::Bind).empty();
    if (session().hasPreview() && (m_previewed == "place" || m_previewed == "remove"))
        for (const Step& step : view()->preview->steps)
            if (step.id == "troubleshoot.sample-page") m_isPlaced = (m_previewed == "place") == (step.state == StepState::Done);
    showMendable();
    if (IsShown()) preview();
    const Certificate* root = rootCertificate();
    m_root->setText(root ? fromUtf8(shownName(*root)) + "\nSHA-256: " + groupedFingerprint(root->thumbprintSha256) : shown(tr("Its name and fingerprint appear here once it is named on its page.")));
    const Certificate* server = shownCertificate();
    std::string names;
    if (server)
        for (const auto* list : {&server->dnsNames, &server->ipAddresses})
            for (const std::string& name : *list) names += (names.empty() ? "" : ", ") + name;
    m_names->setText(names.empty() ? wxString() : shown(Message{tr("Names in this server's certificate: {0}"), {names}}));
    const SslRecord* bound = record();
    m_hours->Enable(canPause());
    m_pause->setText(!view() ? wxString()
                     : resumeTask() ? shown(Message{tr("It is off for a time: the scheduled task {0} turns it on again, whatever becomes of this program."), {resumeTask()->name}})
                     : canPause()   ? shown(tr("A scheduled task turns it on again when the time is over, whatever becomes of this program."))
                                    : shown(view()->facts.taskProgram.error().message) + " " + shown(tr("So it stays off until you switch it on.")));
    const std::string at = bound ? name(bound->family) + ("=" + bound->endpoint) : "ipport=0.0.0.0:443";
    m_byHand->setText(shown(Message{tr("By hand, the procedure deletes the record (netsh http delete sslcert {0}) and adds it again with verifyclientcertrevocation=disable; whatever option is not repeated is lost, and the site answers nobody in between. Monban writes it whole, with update where this Windows has it."), {at}}));
    std::vector<Finding> findings = findingsOf(Chapter::Troubleshoot);
    if (const auto lists = showRevocation()) {
        const auto more = monban::findingsOf(*lists);
        findings.insert(findings.end(), more.begin(), more.end());
    }
    if (view())
        for (const Finding& one : (session().hasPreview() ? *view()->preview : view()->plan).findings)
            if (std::ranges::find(kOwnFindings, one.id) != std::end(kOwnFindings)) findings.push_back(one);
    if (view() && isChosen(Symptom::Pitfall) && session().hasPreview()) addOfMending(findings);
    if (view()) findings.insert(findings.end(), view()->plan.pitfalls.begin(), view()->plan.pitfalls.end());
    showFindings(findings);
}

std::vector<LiveLine> TroubleshootPage::status() const
{
    using State = LiveLine::State;
    std::vector<LiveLine> lines = Page::status();
    if (!view()) return lines;
    if (const Certificate* server = shownCertificate())
        lines.push_back({{tr("Server certificate"), {}}, {tr("within its dates"), {}}, lifetime(*server, serverTime()),
                         server->hasReadableDates && server->notBefore <= serverTime() && serverTime() <= server->notAfter ? State::Good : State::Different});
    if (const SslRecord* bound = record())
        lines.push_back({{tr("Revocation check at {0}"), {bound->endpoint}}, {tr("on"), {}}, {bound->checksRevocation() ? tr("on") : resumeTask() ? tr("off for a time") : tr("off"), {}},
                         bound->checksRevocation() ? State::Good : State::Different});
    return lines;
}

}  // namespace monban::wizard
