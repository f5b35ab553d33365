// SPDX-License-Identifier: MIT
#include "app/wizard/pages/start_page.h"

#include <wx/commandlinkbutton.h>
#include <wx/sizer.h>

#include "core/observe/pitfalls.h"

namespace monban::wizard {

StartPage::StartPage(wxWindow* parent, Session& session, Jobs jobs)
    : Page(parent, session, Chapter::Start, {tr("What do you want to do?"), {}}, {})
{
    addJob(tr("Set up client-certificate authentication"),
           tr("From the server certificate to the proof that it works, one page after the other. What is done already is skipped."), "set-up",
           jobs.setUp);
    addJob(tr("Practise on a simulated server"), tr("Nothing on this computer is changed: a practice server with a CA of its own is made for you."), "practise",
           jobs.practise);
}

void StartPage::addJob(const char* title, const char* note, const char* name, std::function<void()> job)
{
#ifdef __WXMSW__
    auto* link = new wxCommandLinkButton(this, wxID_ANY, shown(title), shown(note));
    addContent(link);
#else
    // GTK has no such control, and wxWidgets' stand-in lets a long note run out of the window.
    auto* link = new wxButton(this, wxID_ANY, wxString::FromUTF8("→  ") + shown(title), wxDefaultPosition, wxDefaultSize, wxBU_LEFT);
    link->SetFont(link->GetFont().Bold());
    addContent(link);
    addParagraph({note, {}});
#endif
    link->SetName(name);
    link->Bind(wxEVT_BUTTON, [job = std::move(job)](wxCommandEvent&) { job(); });
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
    return lines;
}

}  // namespace monban::wizard
