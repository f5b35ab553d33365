// SPDX-License-Identifier: MIT
#include "app/wizard/pages/start_page.h"

#include <wx/commandlinkbutton.h>
#include <wx/sizer.h>

#include <algorithm>

#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/joined.h"
#include "core/observe/pitfalls.h"
#include "core/plan/chapters.h"
#include "core/plan/removal.h"
#include "core/plan/retirement.h"
#include "core/tls/http_get.h"

namespace monban::wizard {

StartPage::StartPage(wxWindow* parent, Session& session, const PracticeHost* practice, Jobs jobs)
    : Page(parent, session, Chapter::Start, {tr("What do you want to do?"), {}}, {}), m_jobs(std::move(jobs)), m_practice(practice)
{
}

void StartPage::build()
{
    for (Offers* offers : {&m_pressing, &m_renewals}) {
        offers->sizer = new wxBoxSizer(wxVERTICAL);
        content()->Add(offers->sizer, wxSizerFlags().Expand());
    }
    addJob(content(), {"set-up", tr("Set up client-certificate authentication"),
                       {tr("From the server certificate to the proof that it works, one page after the other. What is done already is skipped."), {}}, m_jobs.setUp});
    m_more.sizer = new wxBoxSizer(wxVERTICAL);
    content()->Add(m_more.sizer, wxSizerFlags().Expand());
    addJob(content(), {"practise", tr("Practise on a simulated server"),
                       {tr("Nothing on this computer is changed: a practice server with a CA of its own is made for you."), {}}, m_jobs.practise});
}

void StartPage::addJob(wxSizer* to, const Offer& offer)
{
#ifdef __WXMSW__
    auto* link = new wxCommandLinkButton(this, wxID_ANY, shown(offer.title), shown(offer.note));
    to->Add(link, wxSizerFlags().Expand().Border(wxBOTTOM));
#else
    // GTK has no such control, and wxWidgets' stand-in lets a long note run out of the window.
    auto* link = new wxButton(this, wxID_ANY, wxString::FromUTF8("→  ") + shown(offer.title), wxDefaultPosition, wxDefaultSize, wxBU_LEFT);
    link->SetFont(link->GetFont().Bold());
    to->Add(link, wxSizerFlags().Expand().Border(wxBOTTOM));
    to->Add(new WrappedText(this, shown(offer.note)), wxSizerFlags().Expand().Border(wxBOTTOM));
#endif
    link->SetName(offer.name);
    link->Bind(wxEVT_BUTTON, [job = offer.job](wxCommandEvent&) { job(); });
}

void StartPage::show(Offers& offers, const std::vector<Offer>& list, const wxString& before)
{
    std::vector<std::string> texts;
    for (const Offer& one : list) texts.push_back(toUtf8(one.name) + "\n" + inLanguage({one.title, {}}, language()) + "\n" + inLanguage(one.note, language()));
    if (texts == offers.shown) return;
    offers.shown = texts;
    const wxWindow* const focus = FindFocus();
    const wxString focused = focus && focus->GetParent() == this ? focus->GetName() : wxString();
    offers.sizer->Clear(true);
    for (const Offer& one : list) {
        // The button may be gone by the time the page it opens is there.
        addJob(offers.sizer, {one.name, one.title, one.note, [this, job = one.job] { CallAfter(job); }});
        FindWindow(one.name)->MoveBeforeInTabOrder(FindWindow(before));
        if (one.name == focused) FindWindow(one.name)->SetFocus();
    }
    layOutAround(*this);
}

/// Above the rest: what was begun and not ended, and what is not as it was left.
std::vector<StartPage::Offer> StartPage::pressing() const
{
    std::vector<Offer> list;
    if (view()) {
        if (const JournalRun* run = view()->interrupted()) {
            const Message note{tr("Monban was cut off on {0} while it changed this server.\nOf what it was to do, {1} steps were begun."), {localDate(run->started), std::to_string(run->steps.size())}};
            if (run->answers) {
                Unfinished work{Unfinished::Of::Server, *run->answers, note};
                const bool isOther = run->kind != PlanKind::SetUp && run->kind != PlanKind::Renewal;
                list.push_back({"go-on", tr("Go on with what was cut off"), note,
                                isOther ? std::function<void()>([this, kind = run->kind, answers = *run->answers] { m_jobs.work({kind}, answers); })
                                        : std::function<void()>([this, work] { m_jobs.resume(work); })});
            }
            list.push_back({"undo-cut", tr("Take back what was cut off"), note, [this, name = run->run] { m_jobs.work({PlanKind::Undo, name}, {}); }});
        }
        if (const auto run = unkeptRun(view()->journaled); run && !session().keeping()) {
            const Message note{tr("On {0} nobody said that these settings are to be kept:\n{1}"), {localDate(run->started), inLanguage(run->steps.back().title, language())}};
            list.push_back({"undo-unkept", tr("Take back what was not kept"), note, [this, name = run->run] { m_jobs.work({PlanKind::Undo, name}, {}); }});
            list.push_back({"keep-unkept", tr("Keep it"), {tr("You still get in: the settings stay as they are."), {}}, [this, name = run->run] { session().keepEarlier(name); }});
        }
        if (!view()->drift.empty())
            list.push_back({"put-back", tr("Put back what was changed"),
                            {tr("{0} things are no longer as you approved them, first: {1}.\nSee who may have changed them, and put them back."),
                             {std::to_string(view()->drift.size()), subjectOf(view()->drift.front().now)}},
                            [this] { m_jobs.work({PlanKind::PutBack}, {}); }});
    }
    const std::vector<Unfinished> work = session().unfinished();
    for (std::size_t i = 0; i < work.size(); ++i)
        list.push_back({i == 0 ? wxString("continue") : wxString::Format("continue-%zu", i + 1), tr("Continue where you left off"), work[i].what,
                        [this, one = work[i]] { m_jobs.resume(one); }});
    return list;
}

/// A year after the set-up this is what one comes for.
std::vector<StartPage::Offer> StartPage::renewals() const
{
    constexpr std::size_t kMost = 3;
    constexpr std::size_t kMostPlaces = 3;
    constexpr std::chrono::days kSoon{90};
    // Those that end soon, or else the one that ends first: somebody may have a reason to renew before the time.
    std::vector<Renewable> renewable = view() ? renewableOn(view()->facts) : std::vector<Renewable>();
    std::vector<Offer> list;
    for (const Renewable& one : renewable) {
        if (list.size() == kMost || (!list.empty() && one.entry.certificate.notAfter >= serverTime() + kSoon)) break;
        const std::vector<std::string> first(one.endpoints.begin(), one.endpoints.begin() + static_cast<std::ptrdiff_t>(std::min(kMostPlaces, one.endpoints.size())));
        const std::string places = joined(first) + (one.endpoints.size() > kMostPlaces ? " …" : "");
        const auto left = std::chrono::floor<std::chrono::days>(one.entry.certificate.notAfter - serverTime()).count();
        const std::vector<std::string> values{shownName(one.entry.certificate), localDate(one.entry.certificate.notAfter), std::to_string(left), places};
        list.push_back({list.empty() ? wxString("renew") : wxString::Format("renew-%zu", list.size() + 1), tr("Renew the server certificate"),
                        left < 0 ? Message{tr("{0} expired on {1}.\nUsed at {3}; nothing else is changed."), values}
                                 : Message{tr("{0} expires in {2} days, on {1}.\nUsed at {3}; nothing else is changed."), values},
                        [this, one] { m_jobs.renew(one); }});
    }
    return list;
}

/// Below the set-up: the way back, and tidying up.
std::vector<StartPage::Offer> StartPage::more() const
{
    std::vector<Offer> list;
    if (!view()) return list;
    if (const auto old = retirableOn(view()->facts); !old.empty())
        list.push_back({"retire", tr("Remove old certificates and root CAs"),
                        {tr("No longer needed, because its successor is in place: {0} ({1})."), {shownName(old.front().certificate), localDate(old.front().certificate.notAfter)}},
                        [this] { m_jobs.work({PlanKind::Retirement}, {}); }});
    if (!view()->journaled.runs.empty())
        list.push_back({"undo", tr("Take an earlier run back"), {tr("Everything Monban did on this server, run by run, with the way back."), {}},
                        [this] { m_jobs.work({PlanKind::Undo}, {}); }});
    if (const auto sites = removableSites(view()->facts); !sites.empty())
        list.push_back({"remove", tr("Take the set-up off a site"), {tr("The site asks for no client certificates any more: {0}."), {sites.front() + (sites.size() > 1 ? " …" : "")}},
                        [this] { m_jobs.work({PlanKind::Removal}, {}); }});
    return list;
}

std::optional<Refusal> StartPage::problem() const
{
    if (!view()) return Page::problem();
    const auto& machine = view()->facts.machine;
    if (!machine) return Refusal{machine.error().message, nullptr};
    if (!machine->iisInstalled)
        return Refusal{{tr("IIS is not installed on this server. Add the role \"Web Server (IIS)\" first."), {}}, nullptr};
    return std::nullopt;
}

std::pair<Mark, Message> StartPage::state() const
{
    if (view() && !view()->facts.machine) return {Mark::Problem, {tr("problem"), {}}};
    return {Mark::Done, {tr("done"), {}}};
}

/// http://host/ is what the procedure takes for granted: a site that does not answer by plain http is not mended by a
/// certificate.
StartPage::Addresses StartPage::addresses() const
{
    constexpr std::size_t kMost = 8;
    Addresses found;
    if (!view() || !view()->facts.sites || !view()->facts.machine) return found;
    for (const Site& site : *view()->facts.sites) {
        if (site.state != "Started") continue;
        for (const Binding& binding : site.bindings) {
            if (found.size() == kMost || binding.protocol != "http" || !binding.port) continue;
            const bool isEverywhere = !binding.address || *binding.address == "*" || binding.address->empty();
            std::string host = binding.host && !binding.host->empty() ? *binding.host : isEverywhere ? view()->facts.machine->name : *binding.address;
            if (host.empty() || host.find('*') != std::string::npos) continue;
            if (host.find(':') != std::string::npos && host.front() != '[') host = "[" + host + "]";
            Address address{"http://" + host + (*binding.port == 80 ? "" : ":" + std::to_string(*binding.port)) + "/", std::nullopt};
            if (m_practice) address.loopbackPort = m_practice->httpPort(*binding.port).value_or(0);
            found.push_back(std::move(address));
        }
    }
    return found;
}

/// Away from the window's thread; again after a while, sooner where one did not answer or the sites are others now.
void StartPage::tryAddresses()
{
    using namespace std::chrono_literals;
    if (m_isTrying) return;
    Addresses wanted = addresses();
    if (wanted.empty()) {
        m_tried.reset();
        return;
    }
    const bool areSame = m_tried && std::ranges::equal(*m_tried, wanted, [](const Address& a, const Address& b) { return a.url == b.url && a.loopbackPort == b.loopbackPort; });
    const bool allAnswer = m_tried && std::ranges::all_of(*m_tried, [](const Address& one) { return one.status.has_value(); });
    if (areSame && std::chrono::steady_clock::now() - m_triedAt < (allAnswer ? 20s : 5s)) return;
    m_isTrying = true;
    m_background.start<Addresses>(
        [wanted = std::move(wanted)](const std::stop_token& stop) -> Result<Addresses> {
            Addresses tried = wanted;
            for (Address& one : tried) {
                if (one.loopbackPort == 0) continue;  // a practice server's that is not served
                HttpLimits limits;
                limits.time = 3s;
                limits.stop = stop;
                if (const auto status = httpStatus(one.url, limits, one.loopbackPort.value_or(0))) one.status = *status;
            }
            return tried;
        },
        [this](const Result<Addresses>& tried) {
            m_isTrying = false;
            m_triedAt = std::chrono::steady_clock::now();
            m_tried = tried ? std::optional(*tried) : std::nullopt;
            showFacts();
            if (onTried) onTried();
        });
}

void StartPage::refresh()
{
    tryAddresses();
    showFacts();
    show(m_pressing, pressing(), "set-up");
    show(m_renewals, renewals(), "set-up");
    show(m_more, more(), "practise");
}

void StartPage::showFacts()
{
    std::vector<Finding> findings;
    if (const auto refusal = problem(); refusal && view()) findings.push_back({"machine", Severity::Info, refusal->why, {}});
    if (view() && view()->facts.machine) {
        // Of the server as it is: what follows from answers that are still missing is nobody's problem yet.
        const auto found = pitfalls(view()->facts);
        findings.insert(findings.end(), found.begin(), found.end());
    }
    // The answers of another time are no reason not to begin.
    if (const auto trouble = session().draft().unreadable())
        findings.push_back({"draft-unreadable", Severity::Warning, {tr("What you had answered the last time cannot be read: {0}"), {inLanguage(trouble->message, language())}},
                            {tr("Nothing of it is used. The file stays; when you answer something new, it is kept beside it under another name."), {}}});
    if (const auto trouble = session().draft().problem())
        findings.push_back({"draft-not-kept", Severity::Warning, {tr("Your answers cannot be kept for the next start: {0}"), {inLanguage(trouble->message, language())}}, {}});
    for (const Address& one : m_tried.value_or(Addresses()))
        if (!one.status)
            findings.push_back({"http-silent", Severity::Warning, {tr("{0} does not answer on this server. Certificates will not mend that."), {one.url}},
                                {tr("Look whether the site is started, whether its name leads to this server (DNS), and whether the firewall lets its port through."), {}}});
    showFindings(findings);
}

std::vector<LiveLine> StartPage::status() const
{
    using State = LiveLine::State;
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    const Facts& facts = view()->facts;
    if (!facts.machine) {
        lines.push_back({{"Windows", {}}, {tr("readable"), {}}, facts.machine.error().message, State::Unreadable});
        return lines;
    }
    const MachineFacts& machine = *facts.machine;
    lines.push_back({{"Windows", {}}, {tr("Server 2016 or later"), {}}, {tr("{0} (build {1})"), {machine.osName, std::to_string(machine.build)}},
                     machine.build >= windows_build::kServer2016 ? State::Good : State::Different});
    lines.push_back({{"IIS", {}}, {tr("installed"), {}},
                     machine.iisInstalled ? Message{"{0}", {machine.iisVersion}} : Message{tr("not installed"), {}}, machine.iisInstalled ? State::Good : State::Different});
    lines.push_back({{tr("Administrator rights"), {}}, {tr("yes"), {}}, {machine.elevated ? tr("yes") : tr("no: start Monban as administrator"), {}},
                     machine.elevated ? State::Good : State::Different});
    if (!facts.sites) {
        lines.push_back({{tr("Sites"), {}}, {tr("readable"), {}}, facts.sites.error().message, State::Unreadable});
        return lines;
    }
    for (const Site& site : *facts.sites) {
        std::string bindings;
        for (const Binding& binding : site.bindings) bindings += (bindings.empty() ? "" : ", ") + binding.protocol + " " + binding.information;
        lines.push_back({{tr("Site {0}"), {site.name}}, {tr("started"), {}}, {"{0}", {bindings}}, site.state == "Started" ? State::Good : State::Different});
    }
    for (const Address& one : m_tried.value_or(Addresses()))
        lines.push_back({{"{0}", {one.url}}, {tr("answers"), {}}, one.status ? Message{tr("answers (HTTP {0})"), {std::to_string(*one.status)}} : Message{tr("does not answer"), {}},
                         one.status ? State::Good : State::Different});
    return lines;
}

}  // namespace monban::wizard
