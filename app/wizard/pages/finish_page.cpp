// SPDX-License-Identifier: MIT
#include "app/wizard/pages/finish_page.h"

#include <wx/button.h>
#include <wx/filedlg.h>
#include <wx/sizer.h>

#include <nlohmann/json.hpp>

#include <algorithm>

#include "app/wizard/browser.h"
#include "app/wizard/run_text.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"
#include "core/model/answers_file.h"

namespace monban::wizard {

FinishPage::FinishPage(wxWindow* parent, Session& session, const PracticeHost* practice)
    : Page(parent, session, Chapter::Verify, {tr("What is true now"), {}}, {}), m_practice(practice)
{
}

void FinishPage::build()
{
    m_summary = addParagraph({});
    const bool isForGood = session().kind() != PlanKind::Undo && session().kind() != PlanKind::Removal;
    if (isForGood) addParagraph({tr("Do not press OK in IIS Manager's \"Site Bindings\" dialog for this site: it would write the http.sys record anew and drop the request for client certificates. When the certificate is renewed, come back to Monban."), {}});
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    auto* save = new wxButton(this, wxID_ANY, shown(tr("&Save the answers…")));
    save->SetName("save-answers");
    auto* log = new wxButton(this, wxID_ANY, shown(tr("Save the &log…")));
    log->SetName("save-log");
    auto* open = new wxButton(this, wxID_ANY, shown(tr("&Open the site in a browser")));
    open->SetName("open-site");
    row->Add(save, wxSizerFlags().Border(wxRIGHT));
    row->Add(log, wxSizerFlags().Border(wxRIGHT));
    row->Add(open);
    const bool hasAnswers = session().kind() == PlanKind::SetUp || session().kind() == PlanKind::Renewal;
    save->Show(hasAnswers);
    open->Show(hasAnswers);
    addContent(row);
    m_said = addParagraph({});
    m_said->Hide();
    if (hasAnswers)
        addParagraph(session().kind() == PlanKind::Renewal
                     ? Message{tr("With the saved answers, \"monban apply --renew\" does the same on the command line; they never hold a password. The log holds every command that ran since Monban was started, with what it said."), {}}
                     : Message{tr("With the saved answers, \"monban apply\" does the same on the command line; they never hold a password. The log holds every command that ran since Monban was started, with what it said."), {}});
    m_journal = addParagraph({});
    save->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { saveAnswers(); });
    log->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { saveLog(); });
    open->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
        const Message said = openInBrowser(this->session().answers().verify.address, "/", m_practice);
        say(said);
    });
}

bool FinishPage::isAllDone() const
{
    // Of other work than a set-up nothing is left to be planned once it is done.
    const bool mayBeEmpty = view() && view()->plan.kind != PlanKind::SetUp && view()->plan.kind != PlanKind::Renewal;
    const bool isLeft = view() && std::ranges::any_of(view()->plan.findings, [](const Finding& one) { return one.id == kNotPutBack; });
    return view() && !isLeft && (mayBeEmpty || !view()->plan.steps.empty()) && std::ranges::all_of(view()->plan.steps, [](const Step& step) { return step.state == StepState::Done; });
}

Message FinishPage::summary() const
{
    if (!isAllDone()) return {tr("Not everything is done yet. The list below shows what is missing; go back to the page it belongs to."), {}};
    if (view()->plan.kind == PlanKind::Renewal) {
        const auto left = incompleteRenewal(view()->plan);
        return left ? *left : Message{tr("The new certificate is in place. Everything else is as it was: who got in before gets in now."), {}};
    }
    switch (view()->plan.kind) {
    case PlanKind::Undo: return {tr("The run was taken back: everything it had changed is as it was before."), {}};
    case PlanKind::Removal: return {tr("The set-up was taken off the site. Whoever reaches it gets in without a client certificate."), {}};
    case PlanKind::Retirement: return {tr("What is old has gone. Nothing else was changed."), {}};
    case PlanKind::PutBack: return {tr("Everything is as you had approved it."), {}};
    case PlanKind::Resumption:  // a scheduled task's work, never a page's
    case PlanKind::SetUp:
    case PlanKind::Renewal: break;
    }
    switch (view()->answers.require.mode) {
    case RequireAnswers::Mode::Require:
        return {tr("Everything is as you wanted it: the site asks for a client certificate at the start of every connection, and nobody gets in without one."), {}};
    case RequireAnswers::Mode::Accept:
        return {tr("Everything is as you wanted it: the site asks for a client certificate, but whoever has none gets in as well."), {}};
    case RequireAnswers::Mode::Ignore: break;
    }
    return {tr("Everything is as you wanted it: the site does not look at client certificates."), {}};
}

void FinishPage::refresh()
{
    if (!view()) return;
    m_summary->setText(shown(summary()));
    const std::string folder = utf8(session().journalFolder());
    m_journal->setText(folder.empty() ? wxString() : shown(Message{tr("What was changed is recorded in {0}; \"monban undo\" takes the last run back."), {folder}}));
    showFindings(view()->plan.pitfalls);
}

std::vector<LiveLine> FinishPage::status() const
{
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    for (const Step& step : view()->plan.steps) {
        const bool isDone = step.state == StepState::Done;
        const char* effect = step.effect == TakesEffect::Now              ? tr("done, takes effect at once")
                             : step.effect == TakesEffect::NewConnections ? tr("done, takes effect with new connections")
                                                                          : tr("done, takes effect with a restart of the server");
        lines.push_back({step.title, {tr("done"), {}}, {isDone ? effect : tr("not done"), {}}, isDone ? LiveLine::State::Good : LiveLine::State::Different});
    }
    return lines;
}

std::pair<Mark, Message> FinishPage::state() const
{
    return isAllDone() ? std::pair{Mark::Done, Message{tr("done"), {}}} : std::pair{Mark::ToDo, Message{tr("not done"), {}}};
}

void FinishPage::say(const Message& text)
{
    m_said->setText(text.empty() ? wxString() : shown(text));
    m_said->Show(!text.empty());
    layOutAround(*this);
}

void FinishPage::saveText(const wxString& title, const std::string& name, const std::string& text)
{
    const std::string ending = name.substr(name.rfind('.'));
    const wxString wildcard = fromUtf8("*" + ending + "|*" + ending);
    wxFileDialog dialog(this, title, wxString(), fromUtf8(name), wildcard, wxFD_SAVE | wxFD_OVERWRITE_PROMPT);
    if (dialog.ShowModal() != wxID_OK) return;
    const fs::path file = pathFromUtf8(toUtf8(dialog.GetPath()));
    const auto saved = replaceFile(file, text);
    say(saved ? Message{tr("Saved as {0}."), {utf8(file)}} : saved.error().message);
}

/// With whole paths: the file may be kept anywhere.
void FinishPage::saveAnswers()
{
    saveText(shown(tr("Save the answers")), "answers.json", answersToJson(session().answers(), fs::path()).dump(2) + "\n");
}

/// With a byte-order mark, since the Notepad of Server 2016 takes a file without one for the code page's.
void FinishPage::saveLog()
{
    const Time now = hostTime();
    saveText(shown(tr("Save the log")), "monban-" + rfc3339(now).substr(0, 10) + ".txt", "\xEF\xBB\xBF" + logText(session(), now));
}

}  // namespace monban::wizard
