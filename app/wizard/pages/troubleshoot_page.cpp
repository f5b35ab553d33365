// SPDX-License-Identifier: MIT
#include "app/wizard/pages/troubleshoot_page.h"

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/clipbrd.h>
#include <wx/dataobj.h>
#include <wx/filedlg.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include <algorithm>
#include <string_view>

#include "app/wizard/browser.h"
#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/fact_card.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"
#include "core/plan/chapters.h"
#include "core/plan/task_command.h"

namespace monban::wizard {
namespace {

struct Cause {
    const char* what;
    const char* onServer;
    const char* onClient;
};

constexpr Cause kCauses[] = {
    {tr("The browser does not trust the issuer."),
     tr("On the server: if only some devices warn, an intermediate CA's certificate is missing in the store CA. The page \"Register the server certificate\" puts there what your CA's file holds. A certificate of a public CA needs nothing on the devices."),
     tr("On the device: compare the fingerprint below with the one your CA published, then install the root CA under \"Trusted Root Certification Authorities\".")},
    {tr("Today is outside the certificate's dates."),
     tr("On the server: if the certificate has expired, get a new one and go through the pages again; everything else stays as it is."),
     tr("On the device: set the clock, the date and the time zone right.")},
    {tr("The address is not a name in the certificate."),
     tr("On the server: have the certificate issued with every host name that browsers open. Current browsers look at the alternative names (DNS) alone, not at the CN."),
     tr("On the device: open the site by its host name. Opened by its IP address it always warns, unless that address stands in the certificate.")},
};

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
    for (void (TroubleshootPage::*addSection)() : {&TroubleshootPage::addWarning, &TroubleshootPage::addRevocation, &TroubleshootPage::addFlush,
                                                   &TroubleshootPage::addCheck, &TroubleshootPage::addSample}) {
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

void TroubleshootPage::addWarning()
{
    m_look = addButtons(*m_adding, {{tr("Look at the site &now"), "look-now", [this] { lookNow(); }}, {tr("Look at the certificate &file"), "judge-file", [this] { judgeFile(); }}}).front();
    for (const Cause& cause : kCauses) {
        CheckTexts texts;
        texts.heading = addHeading(cause.what);
        texts.onServer = add({cause.onServer, {}});
        texts.onClient = add({cause.onClient, {}});
        m_checks.push_back(texts);
    }
    m_names = add({});
    addHeading(tr("The root CA, to hand out"));
    m_root = add({});
    addButtons(*m_adding, {{tr("Save the &root CA as a file…"), "save-root", [this] { saveRoot(); }},
                {tr("&Copy the fingerprint"), "copy-fingerprint", [this] {
                     const Certificate* root = rootCertificate();
                     if (!root) return say({tr("Name the root CA on its page first."), {}});
                     if (!wxTheClipboard->Open()) return;
                     wxTheClipboard->SetData(new wxTextDataObject(groupedFingerprint(root->thumbprintSha256)));
                     wxTheClipboard->Close();
                     say({tr("Copied."), {}});
                 }}});
}

VerdictQuestion TroubleshootPage::verdictQuestion() const
{
    VerdictQuestion question;
    const auto address = parseSiteAddress(session().answers().verify.address);
    question.host = address ? address->host : siteHost();
    question.at = serverTime();
    if (!view()) return question;
    if (const Pkcs12Material* file = pkcs12()) question.others = file->certificates;
    for (const auto& one : view()->materials->intermediates)
        if (one) question.others.push_back(one->certificate);
    if (const Certificate* root = rootCertificate()) question.roots.push_back(*root);
    return question;
}

void TroubleshootPage::judgeFile()
{
    const Certificate* certificate = fileCertificate();
    if (!certificate) return say({tr("Name the file with the server certificate on its page first."), {}});
    VerdictQuestion question = verdictQuestion();
    question.certificate = *certificate;
    showVerdict(judge(question));
    say({tr("This is what browsers will say of the file {0}."), {session().answers().certificate.file}});
}

void TroubleshootPage::lookNow()
{
    const auto address = parseSiteAddress(session().answers().verify.address.empty() ? "https://" + siteHost() + "/" : session().answers().verify.address);
    if (!address) return say(address.error().message);
    ProbeQuestion question;
    question.address = *address;
    question.at = serverTime();
    question.roots = verdictQuestion().roots;
    if (m_practice && !m_practice->aim(question))
        return say({tr("The practice server serves nothing on port {0} yet. Bind the site first."), {std::to_string(address->port)}});
    m_look->Disable();
    m_isLooking = true;
    say({tr("Looking at {0} …"), {address->authority()}});
    m_background.start<ProbeReport>(
        [question](const std::stop_token& stop) mutable {
            question.stop = stop;
            return probe(question);
        },
        [this, where = address->authority()](const Result<ProbeReport>& seen) {
            m_look->Enable();
            m_isLooking = false;
            if (!seen) return say(seen.error().message);
            if (!seen->server) return say({tr("No certificate was seen at {0}: {1}"), {where, inLanguage(evidenceOf(seen->attempts.front()), language())}});
            showVerdict(*seen->server);
            say({tr("This is what browsers say of {0} at this moment."), {where}});
        });
}

void TroubleshootPage::showVerdict(const Verdict& verdict)
{
    const std::pair<const char*, const Check*> checks[] = {{tr("The issuer is trusted."), &verdict.trusted},
                                                           {tr("The time is within the certificate's dates."), &verdict.validity},
                                                           {tr("The address is a name in the certificate."), &verdict.hostname}};
    for (std::size_t i = 0; i < m_checks.size(); ++i) {
        const auto& [good, check] = checks[i];
        const CheckTexts& texts = m_checks[i];
        const bool isGood = check->flaws.empty();
        wxString reasons;
        for (const PathFlaw& flaw : check->flaws) reasons += (reasons.empty() ? "" : "\n") + fromUtf8("✗ ") + shown(reasonOf(verdict, flaw));
        texts.heading->setText(isGood ? fromUtf8("✓ ") + shown(good) : reasons);
        const Remedy remedy = isGood ? Remedy{} : remedyOf(verdict, check->flaws.front());
        for (const auto& [text, side, what] : {std::tuple{texts.onServer, tr("On the server:"), &remedy.onServer}, {texts.onClient, tr("On the device:"), &remedy.onClient}}) {
            text->setText(what->empty() ? wxString() : shown(side) + " " + shown(*what));
        }
    }
    hideEmpty();
    layOutAround(*this);
}

/// A section that is shown shows all of it, also what has nothing to say.
void TroubleshootPage::hideEmpty()
{
    for (const CheckTexts& texts : m_checks)
        for (WrappedText* text : {texts.onServer, texts.onClient}) text->Show(isChosen(Symptom::Warning) && !text->text().empty());
}

void TroubleshootPage::addRevocation()
{
    m_lists = new FactCard(this, "revocation-lists");
    m_adding->Add(m_lists, wxSizerFlags().Expand().Border(wxBOTTOM));
    m_noLists = add({tr("Name a client certificate on the page \"See who gets in\": its revocation list is then shown here, and how long it counts."), {}});
    addHeading(tr("A revoked certificate still gets in"));
    add({tr("Revoking a certificate at the CA takes effect here only when the CA has published a new revocation list and this server has fetched it. A list that was fetched once is kept until its \"next update\"; to fetch sooner, see 5.3."), {}});
    addHeading(tr("Nobody gets in any more (403.13)"));
    add({tr("Windows takes the \"next update\" for the list's expiry. Once it has passed and no newer list can be had, every user is refused. Look whether the CA publishes on time, and whether this server reaches the list's address: the services use the computer's proxy (netsh winhttp show proxy), not yours."), {}});
    addHeading(tr("This server reaches no network"));
    add({tr("Carry the CA's list here as a file and put it into the store CA: Windows finds it there. Nobody replaces it by itself, so put the next one there before its \"next update\"."), {}});
    addButtons(*m_adding, {{tr("Put a &list into the store CA…"), "install-list", [this] { installList(); }}});
}

void TroubleshootPage::installList()
{
    wxFileDialog dialog(this, shown(tr("Revocation list of the CA")), wxString(), wxString(), "*.crl|*.crl|*|*", wxFD_OPEN | wxFD_FILE_MUST_EXIST);
    if (dialog.ShowModal() != wxID_OK) return;
    change([file = toUtf8(dialog.GetPath())](Answers& answers) { answers.troubleshoot.installCrl = file; }, Chapter::Troubleshoot);
}

/// Of the client certificate that was named, by the lists that the server itself gets.
std::optional<RevocationVerdict> TroubleshootPage::revocation() const
{
    if (!view() || !view()->materials->client) return std::nullopt;
    RevocationQuestion question{*view()->materials->client, verdictQuestion().others, serverTime()};
    if (const Certificate* root = rootCertificate()) question.issuers.push_back(*root);
    std::vector<ListSource> lists;
    for (const DistributionPoint& point : view()->facts.distributionPoints) lists.push_back({point.url, point.crl ? Result<Crl>(*point.crl) : Result<Crl>(point.crl.error())});
    return judgeRevocation(question, lists);
}

std::optional<RevocationVerdict> TroubleshootPage::showRevocation()
{
    const auto verdict = isChosen(Symptom::Revocation) ? revocation() : std::nullopt;
    std::vector<FactCard::Row> rows;
    if (verdict) rows.push_back({shown(tr("Client certificate")), shown(summaryOf(*verdict)), FactCard::Style::Strong});
    if (verdict)
        for (const JudgedList& one : verdict->lists) {
            if (!one.list) continue;
            rows.push_back({shown(tr("Revocation list")), fromUtf8(one.name)});
            rows.push_back({shown(tr("Published")), fromUtf8(rfc3339(one.list->thisUpdate))});
            if (!one.list->nextUpdate) continue;
            const auto left = *one.list->nextUpdate - verdict->at;
            const Message when = left.count() >= 0 ? Message{tr("{0}: in {1} every user is refused unless a newer list comes"), {rfc3339(*one.list->nextUpdate), inLanguage(spanText(left), language())}}
                                                   : Message{tr("{0}: passed {1} ago, every user is refused"), {rfc3339(*one.list->nextUpdate), inLanguage(spanText(left), language())}};
            rows.push_back({shown(tr("Next update")), shown(when)});
            rows.push_back({shown(tr("Signature of the CA")), shown(one.signature == CheckResult::Pass ? tr("right") : one.signature == CheckResult::Fail ? tr("wrong") : tr("not checked"))});
            rows.push_back({shown(tr("Revoked certificates")), wxString::Format("%zu", one.list->revokedSerials.size())});
        }
    m_lists->showRows(std::move(rows));
    m_noLists->Show(!verdict && isChosen(Symptom::Revocation));
    return verdict;
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
    const std::string what = isChosen(Symptom::Flush) ? "flush" : isChosen(Symptom::Sample) ? (m_isPlaced ? "remove" : "place") : !bound ? "" : bound->checksRevocation() ? off : on;
    if (what == m_previewed) return;
    m_previewed = what;
    if (what.empty()) return session().setPreview(nullptr);
    session().setPreview([what, until = what == "resume" ? serverTime() : pauseEnd()](Answers& answers) {
        if (what == "flush") answers.troubleshoot.flushCrl = true;
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
    answers.revocationOffUntil.reset();  // what ends it is a task on the server; another button must not begin it anew
    m_before.reset();
    session().answersChanged();
}

const Certificate* TroubleshootPage::rootCertificate() const
{
    if (!view()) return nullptr;
    if (view()->materials->root && *view()->materials->root) return &(*view()->materials->root)->certificate;
    const auto listed = storeOf(view()->facts, session().answers().trust.ctlStore);
    return listed && !listed->empty() ? &listed->front().certificate : nullptr;
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

void TroubleshootPage::saveRoot()
{
    const Certificate* root = rootCertificate();
    if (!root) return say({tr("Name the root CA on its page first."), {}});
    const Bytes der = root->der;  // a look at the server meanwhile replaces the view
    wxFileDialog dialog(this, shown(tr("Save the root CA's certificate")), wxString(), "root-ca.cer", "*.cer|*.cer", wxFD_SAVE | wxFD_OVERWRITE_PROMPT);
    if (dialog.ShowModal() != wxID_OK) return;
    const fs::path file = pathFromUtf8(toUtf8(dialog.GetPath()));
    const auto saved = replaceFile(file, der);
    say(saved ? Message{tr("Saved as {0}."), {utf8(file)}} : saved.error().message);
}

}  // namespace monban::wizard
