// SPDX-License-Identifier: MIT
#include "app/wizard/pages/finish_page.h"

#include <wx/button.h>
#include <wx/filedlg.h>
#include <wx/sizer.h>
#include <wx/utils.h>

#include <nlohmann/json.hpp>

#include <algorithm>

#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"
#include "core/model/answers_file.h"

namespace monban::wizard {

FinishPage::FinishPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Verify, {tr("What is true now"), {}}, {})
{
    m_summary = addParagraph({});
    addParagraph({tr("Do not press OK in IIS Manager's \"Site Bindings\" dialog for this site: it would write the http.sys record anew and drop the request for client certificates. When the certificate is renewed, come back to Monban."), {}});
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    auto* save = new wxButton(this, wxID_ANY, shown(tr("&Save the answers…")));
    save->SetName("save-answers");
    auto* open = new wxButton(this, wxID_ANY, shown(tr("&Open the site in a browser")));
    open->SetName("open-site");
    row->Add(save, wxSizerFlags().Border(wxRIGHT));
    row->Add(open);
    addContent(row);
    m_saved = addParagraph({tr("With the saved answers, \"monban apply\" does the same on the command line. They never hold a password."), {}});
    save->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { saveAnswers(); });
    open->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { wxLaunchDefaultBrowser(fromUtf8(this->session().answers().verify.address)); });
}

bool FinishPage::isAllDone() const
{
    return view() && !view()->plan.steps.empty() && std::ranges::all_of(view()->plan.steps, [](const Step& step) { return step.state == StepState::Done; });
}

void FinishPage::refresh()
{
    if (!view()) return;
    if (isAllDone()) m_summary->setText(shown(tr("Everything is as you wanted it: the site asks for a client certificate at the start of every connection.")));
    else m_summary->setText(shown(tr("Not everything is done yet. The list below shows what is missing; go back to the page it belongs to.")));
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

void FinishPage::saveAnswers()
{
    wxFileDialog dialog(this, shown(tr("Save the answers")), wxString(), "answers.json", "*.json|*.json", wxFD_SAVE | wxFD_OVERWRITE_PROMPT);
    if (dialog.ShowModal() != wxID_OK) return;
    const fs::path file = pathFromUtf8(toUtf8(dialog.GetPath()));
    const auto saved = replaceFile(file, answersToJson(session().answers(), file.parent_path()).dump(2) + "\n");
    m_saved->setText(saved ? shown(Message{tr("Saved as {0}."), {utf8(file)}}) : shown(saved.error().message));
}

}  // namespace monban::wizard
