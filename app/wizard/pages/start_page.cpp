// SPDX-License-Identifier: MIT
#include "app/wizard/pages/start_page.h"

#include <wx/commandlinkbutton.h>
#include <wx/sizer.h>

#include "app/wizard/widgets/wrapped_text.h"
#include "core/observe/pitfalls.h"

namespace monban::wizard {

StartPage::StartPage(wxWindow* parent, Session& session, Jobs jobs)
    : Page(parent, session, Chapter::Start, {tr("What do you want to do?"), {}}, {}), m_jobs(std::move(jobs))
{
    m_unfinished = new wxBoxSizer(wxVERTICAL);
    content()->Add(m_unfinished, wxSizerFlags().Expand());
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
    std::vector<Message> whats;
    for (const Unfinished& one : work) whats.push_back(one.what);
    if (whats == m_shownUnfinished) return;
    m_shownUnfinished = std::move(whats);
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
    Layout();
    FitInside();
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

void StartPage::refresh()
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
    showFindings(findings);
    showUnfinished();
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
    return lines;
}

}  // namespace monban::wizard
