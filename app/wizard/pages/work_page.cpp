// SPDX-License-Identifier: MIT
#include "app/wizard/pages/work_page.h"

#include <wx/checkbox.h>
#include <wx/checklst.h>
#include <wx/choice.h>
#include <wx/datetime.h>
#include <wx/listbox.h>

#include <algorithm>

#include "app/wizard/widgets/finding_list.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/joined.h"
#include "core/plan/chapters.h"
#include "core/plan/removal.h"
#include "core/plan/retirement.h"

namespace monban::wizard {
namespace {

constexpr int kLinesOfList = 7;

/// Entries anew, the chosen one kept; nothing where they are the same, so that nobody's choice jumps.
void fill(wxControlWithItems& list, const std::vector<std::string>& texts, int chosen)
{
    wxArrayString entries;
    for (const std::string& text : texts) entries.Add(fromUtf8(text));
    if (list.GetStrings() != entries) list.Set(entries);
    if (chosen >= 0 && list.GetSelection() != chosen) list.SetSelection(chosen);
}

std::string outcomeOf(const JournalRun& run)
{
    const char* word = run.undone              ? tr("taken back")
                       : !run.ended            ? tr("cut off")
                       : run.revertAfter       ? tr("not kept yet")
                       : run.outcome == "done" ? tr("done")
                       : run.outcome == "waiting" ? tr("waits for the CA's answer")
                                               : tr("did not end well");
    return inLanguage({word, {}}, language());
}

const char* kindOf(const JournalRun& run)
{
    switch (run.kind) {
    case PlanKind::Renewal: return tr("renewal");
    case PlanKind::Retirement: return tr("old certificates removed");
    case PlanKind::Removal: return tr("set-up taken off");
    case PlanKind::PutBack: return tr("put back");
    case PlanKind::Resumption: return tr("revocation check on again");
    case PlanKind::SetUp:
    case PlanKind::Undo: break;
    }
    return tr("set-up");
}

/// "2026-11-28 16:33, set-up (done), steps: 7; first: …".
std::string textOf(const JournalRun& run)
{
    const std::string title = run.steps.empty() ? std::string() : inLanguage(run.steps.front().title, language());
    return inLanguage({tr("{0}, {1} ({2}), steps: {3}; first: {4}"),
                       {localDate(run.started) + " " + toUtf8(wxDateTime(static_cast<time_t>(run.started.time_since_epoch().count())).Format("%H:%M")), inLanguage({kindOf(run), {}}, language()), outcomeOf(run), std::to_string(run.steps.size()), title}},
                      language());
}

}  // namespace

std::optional<PlanKind> workNamed(const std::string& pageWord)
{
    for (const auto& [word, kind] : {std::pair{"undo", PlanKind::Undo}, {"remove", PlanKind::Removal}, {"retire", PlanKind::Retirement}, {"drift", PlanKind::PutBack}})
        if (pageWord == word) return kind;
    return std::nullopt;
}

void WorkPage::refresh()
{
    showChoice();
    std::vector<Finding> findings;
    if (view()) {
        for (const Step& step : view()->plan.steps)
            if ((step.state == StepState::Blocked || step.state == StepState::Unknown) && !step.lacksRights &&
                std::ranges::none_of(findings, [&](const Finding& one) { return one.message == step.reason; }))
                findings.push_back({"blocked", Severity::Error, step.reason, {}});
        for (const auto* more : {&session().noticed(), &view()->plan.findings}) findings.insert(findings.end(), more->begin(), more->end());
    }
    addAcceptable(findings);
    showFindings(findings);
}

std::vector<LiveLine> WorkPage::status() const
{
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    for (const Step& step : view()->plan.steps) {
        const auto more = liveLines(step, view()->facts);
        lines.insert(lines.end(), more.begin(), more.end());
    }
    return lines;
}

std::pair<Mark, Message> WorkPage::state() const
{
    if (!view() || session().canAskForRights(chapter())) return {Mark::ToDo, {tr("not done"), {}}};
    if (session().has(chapter(), StepState::Blocked) || session().has(chapter(), StepState::Unknown)) return {Mark::Problem, {tr("problem"), {}}};
    if (session().has(chapter(), StepState::Needed)) return {Mark::ToDo, {tr("not done"), {}}};
    if (std::ranges::any_of(view()->plan.findings, [](const Finding& one) { return one.id == kNotPutBack; })) return {Mark::Problem, {tr("problem"), {}}};
    return {Mark::Done, {tr("done"), {}}};
}

UndoPage::UndoPage(wxWindow* parent, Session& session)
    : WorkPage(parent, session, kWorkChapter, {tr("Take an earlier run back"), {}},
               {tr("Choose a run. Below stands what would be taken back, step by step. Nothing is done where somebody has changed a thing since, or where a later run relies on it."), {}})
{
}

void UndoPage::build()
{
    m_runs = new wxListBox(this, wxID_ANY, wxDefaultPosition, wxSize(-1, kLinesOfList * GetCharHeight()));
    m_runs->SetName("runs");
    addContent(m_runs);
    m_runs->Bind(wxEVT_LISTBOX, [this](wxCommandEvent&) {
        const int chosen = m_runs->GetSelection();
        if (chosen >= 0) session().chooseRun(m_names[static_cast<std::size_t>(chosen)]);
    });
}

/// Latest first; the one that undo would take if none were named is chosen.
void UndoPage::showChoice()
{
    if (!view()) return;
    m_names.clear();
    std::vector<std::string> texts;
    int chosen = -1;
    int latest = -1;
    const auto& runs = view()->journaled.runs;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (latest < 0 && !run->undone) latest = static_cast<int>(m_names.size());
        if (run->run == session().runToUndo()) chosen = static_cast<int>(m_names.size());
        m_names.push_back(run->run);
        texts.push_back(textOf(*run));
    }
    if (chosen < 0) chosen = latest;
    fill(*m_runs, texts, chosen);
    m_runs->Enable(!session().isRunning());
    // So that what is shown after it was taken back is still this one.
    if (chosen >= 0 && session().runToUndo().empty()) session().chooseRun(m_names[static_cast<std::size_t>(chosen)]);
}

RemovePage::RemovePage(wxWindow* parent, Session& session)
    : WorkPage(parent, session, kWorkChapter, {tr("Take the set-up off a site"), {}},
               {tr("The site no longer asks for client certificates. What Monban had made for it goes, what was there before or is shared with others stays. It can be taken back afterwards."), {}})
{
}

void RemovePage::build()
{
    wxFlexGridSizer* form = addForm();
    m_sites = new wxChoice(this, wxID_ANY);
    m_sites->SetName("site");
    addRow(form, tr("&Site:"), m_sites);
    m_agreed = new wxCheckBox(this, wxID_ANY, shown(tr("I &understand that everybody who reaches the site gets in afterwards")));
    m_agreed->SetName("agreed");
    addContent(m_agreed);
    m_sites->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
        session().answers().bind.site = m_names[static_cast<std::size_t>(m_sites->GetSelection())];
        m_agreed->SetValue(false);
        session().answersChanged();
    });
}

void RemovePage::showChoice()
{
    if (!view()) return;
    std::vector<std::string> names = removableSites(view()->facts);
    std::string& chosen = session().answers().bind.site;
    // It stays in view after its set-up is gone.
    if (!chosen.empty() && std::ranges::find(names, chosen) == names.end()) names.insert(names.begin(), chosen);
    m_names = names;
    if (chosen.empty() && !names.empty()) {
        chosen = names.front();
        session().answersChanged();
    }
    fill(*m_sites, names, names.empty() ? -1 : static_cast<int>(std::ranges::find(names, chosen) - names.begin()));
    m_sites->Enable(!session().isRunning());
    m_agreed->Show(runs());
    layOutAround(*this);
}

std::optional<Refusal> RemovePage::problem() const
{
    if (const auto refusal = Page::problem()) return refusal;
    if (isMade() && runs() && !m_agreed->GetValue()) return Refusal{{tr("Confirm that you know who will get in from now on."), {}}, m_agreed};
    return std::nullopt;
}

RetirePage::RetirePage(wxWindow* parent, Session& session)
    : WorkPage(parent, session, kWorkChapter, {tr("Remove old certificates and root CAs"), {}},
               {tr("Their successors are in place. Tick what is to go; what a record still needs does not."), {}})
{
}

void RetirePage::build()
{
    m_list = new wxCheckListBox(this, wxID_ANY, wxDefaultPosition, wxSize(-1, kLinesOfList * GetCharHeight()));
    m_list->SetName("old-certificates");
    addContent(m_list);
    m_list->Bind(wxEVT_CHECKLISTBOX, [this](wxCommandEvent&) {
        Answers& answers = session().answers();
        answers.import.retire.clear();
        answers.trust.retire.clear();
        for (std::size_t i = 0; i < m_entries.size(); ++i)
            if (m_list->IsChecked(static_cast<unsigned>(i))) (m_entries[i].first ? answers.trust.retire : answers.import.retire).push_back(m_entries[i].second);
        session().answersChanged();
    });
}

void RetirePage::showChoice()
{
    if (!view()) return;
    m_entries.clear();
    std::vector<std::string> texts;
    for (const Retirable& one : retirableOn(view()->facts)) {
        const bool isRoot = one.of == Retirable::Of::Root;
        m_entries.emplace_back(isRoot, one.certificate.thumbprintSha1);
        const std::vector<std::string> values{shownName(one.certificate), localDate(one.certificate.notAfter), one.certificate.thumbprintSha1.substr(0, 8), localDate(one.successor.notAfter)};
        texts.push_back(inLanguage(isRoot ? Message{tr("Root CA {0} ({2}…), until {1}"), values} : Message{tr("Certificate {0} ({2}…), until {1}; in its place: one until {3}"), values}, language()));
    }
    fill(*m_list, texts, -1);
    const Answers& answers = session().answers();
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const auto& named = m_entries[i].first ? answers.trust.retire : answers.import.retire;
        const bool isNamed = std::ranges::find(named, m_entries[i].second) != named.end();
        if (m_list->IsChecked(static_cast<unsigned>(i)) != isNamed) m_list->Check(static_cast<unsigned>(i), isNamed);
    }
    m_list->Enable(!session().isRunning());
}

std::optional<Refusal> RetirePage::problem() const
{
    const Answers& answers = session().answers();
    if (isMade() && answers.import.retire.empty() && answers.trust.retire.empty() && !m_entries.empty())
        return Refusal{{tr("Tick what is to go, or close this window: nothing has been changed."), {}}, m_list};
    return Page::problem();
}

PutBackPage::PutBackPage(wxWindow* parent, Session& session)
    : WorkPage(parent, session, kWorkChapter, {tr("Put back what was changed"), {}},
               {tr("These things are no longer as they were when you last approved them. Putting them back is one click; if the change was meant, leave it."), {}})
{
}

void PutBackPage::build()
{
    m_list = new FindingList(this);
    m_list->SetName("drift");
    addContent(m_list);
}

void PutBackPage::showChoice()
{
    if (!view()) return;
    std::vector<Finding> list;
    for (const Deviation& one : view()->drift) {
        Step step;  // as the live status words it
        step.after.push_back(one.approved.state);
        std::vector<std::string> lines;
        for (const LiveLine& line : liveLines(step, view()->facts))
            if (line.state != LiveLine::State::Good)
                lines.push_back(inLanguage({tr("{0}: approved {1}, now {2}."),
                                            {inLanguage(line.what, language()), inLanguage(line.wanted, language()), inLanguage(line.seen, language())}},
                                           language()));
        list.push_back({"drift", Severity::Warning, {"{0}", {joined(lines, " ")}},
                        {tr("Probably: {0} (approved on {1})"), {inLanguage(one.author, language()), localDate(one.approved.at)}}});
    }
    m_list->show(list);
    layOutAround(*this);
}

}  // namespace monban::wizard
