// SPDX-License-Identifier: MIT
#include "app/wizard/pages/start_page.h"

#include <wx/commandlinkbutton.h>
#include <wx/sizer.h>

#include <algorithm>

#include "app/wizard/widgets/wrapped_text.h"
#include "core/observe/pitfalls.h"
#include "core/plan/chapters.h"
#include "core/tls/http_get.h"

namespace monban::wizard {

StartPage::StartPage(wxWindow* parent, Session& session, const PracticeHost* practice, Jobs jobs)
    : Page(parent, session, Chapter::Start, {tr("What do you want to do?"), {}}, {}), m_jobs(std::move(jobs)), m_practice(practice)
{
}

void StartPage::build()
{
    m_unfinished = new wxBoxSizer(wxVERTICAL);
    content()->Add(m_unfinished, wxSizerFlags().Expand());
    m_renewable = new wxBoxSizer(wxVERTICAL);
    content()->Add(m_renewable, wxSizerFlags().Expand());
    addJob(content(), tr("Set up client-certificate authentication"),
           {tr("From the server certificate to the proof that it works, one page after the other. What is done already is skipped."), {}}, "set-up",
           m_jobs.setUp);
    addJob(content(), tr("Practise on a simulated server"),
           {tr("Nothing on this computer is changed: a practice server with a CA of its own is made for you."), {}}, "practise", m_jobs.practise);
}

void StartPage::addJob(wxSizer* to, const char* title, const Message& note, const wxString& name, std::function<void()> job)
{
#ifdef __WXMSW__
    auto* link = new wxCommandLinkButton(this, wxID_ANY, shown(title), shown(note));
    to->Add(link, wxSizerFlags().Expand().Border(wxBOTTOM));
#else
    // GTK has no such control, and wxWidgets' stand-in lets a long note run out of the window.
    auto* link = new wxButton(this, wxID_ANY, wxString::FromUTF8("→  ") + shown(title), wxDefaultPosition, wxDefaultSize, wxBU_LEFT);
    link->SetFont(link->GetFont().Bold());
    to->Add(link, wxSizerFlags().Expand().Border(wxBOTTOM));
    to->Add(new WrappedText(this, shown(note)), wxSizerFlags().Expand().Border(wxBOTTOM));
#endif
    link->SetName(name);
    link->Bind(wxEVT_BUTTON, [job = std::move(job)](wxCommandEvent&) { job(); });
}

/// Above the rest, since whoever has begun something is likely to want that.
void StartPage::showUnfinished()
{
    const std::vector<Unfinished> work = session().unfinished();
    if (work == m_shownUnfinished) return;
    m_shownUnfinished = work;
    wxWindow* const before = FindFocus();
    const bool hadFocus = before && before->GetParent() == this && before->GetName().StartsWith("continue");
    m_unfinished->Clear(true);
    for (std::size_t i = 0; i < work.size(); ++i) {
        const wxString name = i == 0 ? wxString("continue") : wxString::Format("continue-%zu", i + 1);
        // The button is gone by the time the page it opens is there.
        addJob(m_unfinished, tr("Continue where you left off"), work[i].what, name,
               [this, one = work[i]] { CallAfter([this, one] { m_jobs.resume(one); }); });
    }
    wxWindow* const first = FindWindow("continue");
    if (first) first->MoveBeforeInTabOrder(FindWindow("set-up"));
    if (hadFocus && first) first->SetFocus();
    layOutAround(*this);
}

/// A year after the set-up this is what one comes for.
void StartPage::showRenewable()
{
    constexpr std::size_t kMost = 3;
    constexpr std::chrono::days kSoon{90};
    // Those that end soon, or else the one that ends first: somebody may have a reason to renew before the time.
    std::vector<Renewable> list = view() ? renewableOn(view()->facts) : std::vector<Renewable>();
    std::size_t count = 0;
    while (count < std::min(kMost, list.size()) && (count == 0 || list[count].entry.certificate.notAfter < serverTime() + kSoon)) ++count;
    list.resize(count);
    std::vector<Message> notes;
    std::vector<std::string> shownNow;
    for (const Renewable& one : list) {
        // Windows breaks no line of a command link by itself.
        constexpr std::size_t kMostPlaces = 3;
        std::string places;
        for (std::size_t i = 0; i < std::min(kMostPlaces, one.endpoints.size()); ++i) places += (places.empty() ? "" : ", ") + one.endpoints[i];
        if (one.endpoints.size() > kMostPlaces) places += " …";
        const auto left = std::chrono::floor<std::chrono::days>(one.entry.certificate.notAfter - serverTime()).count();
        const std::vector<std::string> values{shownName(one.entry.certificate), localDate(one.entry.certificate.notAfter), std::to_string(left), places};
        notes.push_back(left < 0 ? Message{tr("{0} expired on {1}.\nUsed at {3}; nothing else is changed."), values}
                                 : Message{tr("{0} expires in {2} days, on {1}.\nUsed at {3}; nothing else is changed."), values});
        shownNow.push_back(inLanguage(notes.back(), language()));
    }
    if (shownNow == m_shownRenewable) return;
    m_shownRenewable = shownNow;
    const wxWindow* const before = FindFocus();
    const bool hadFocus = before && before->GetParent() == this && before->GetName().StartsWith("renew");
    m_renewable->Clear(true);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const wxString name = i == 0 ? wxString("renew") : wxString::Format("renew-%zu", i + 1);
        addJob(m_renewable, tr("Renew the server certificate"), notes[i], name, [this, one = list[i]] { CallAfter([this, one] { m_jobs.renew(one); }); });
        FindWindow(name)->MoveBeforeInTabOrder(FindWindow("set-up"));
    }
    if (wxWindow* const first = FindWindow("renew"); first && hadFocus) first->SetFocus();
    layOutAround(*this);
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
    showUnfinished();
    showRenewable();
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
