// SPDX-License-Identifier: MIT
#include "app/wizard/pages/require_page.h"

#include <wx/checkbox.h>
#include <wx/radiobut.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

#include <algorithm>

#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {

using Mode = RequireAnswers::Mode;

RequirePage::RequirePage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Require, {tr("Let nobody in without a client certificate"), {}},
           {tr("From now on every certificate of this CA that is not revoked is admitted, whoever holds it, and nobody else. Health checks and load balancers without a certificate are refused, too, and so is plain http."), {}})
{
}

void RequirePage::build()
{
    m_require = new wxRadioButton(this, wxID_ANY, shown(tr("Re&quire client certificates")), wxDefaultPosition, wxDefaultSize, wxRB_GROUP);
    m_require->SetName("mode-require");
    m_accept = new wxRadioButton(this, wxID_ANY, shown(tr("&Accept them: who has none gets in as well")));
    m_accept->SetName("mode-accept");
    m_ignore = new wxRadioButton(this, wxID_ANY, shown(tr("&Ignore them")));
    m_ignore->SetName("mode-ignore");
    for (wxRadioButton* button : {m_require, m_accept, m_ignore}) addContent(button);
    m_ssl = new wxCheckBox(this, wxID_ANY, shown(tr("Require &SSL: plain http is refused")));
    m_ssl->SetName("require-ssl");
    addContent(m_ssl);
    auto* form = addForm();
    addText(form, tr("Only for this &path (empty: the whole site):"), "path", [](Answers& a) -> std::string& { return a.require.path; }, Kind::SitePath);
    addTimeToKeep();
    m_agreed = new wxCheckBox(this, wxID_ANY, shown(tr("I &understand who will be refused")));
    m_agreed->SetName("agreed");
    addContent(m_agreed);
    for (wxRadioButton* button : {m_require, m_accept, m_ignore})
        button->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) {
            changed();
            refresh();
        });
    m_ssl->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { changed(); });
    m_agreed->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { changed(); });
}

void RequirePage::load()
{
    Page::load();
    const RequireAnswers& answers = session().answers().require;
    (answers.mode == Mode::Require ? m_require : answers.mode == Mode::Accept ? m_accept : m_ignore)->SetValue(true);
    m_ssl->SetValue(answers.requireSsl);
}

void RequirePage::store()
{
    Page::store();
    RequireAnswers& answers = session().answers().require;
    answers.mode = m_require->GetValue() ? Mode::Require : m_accept->GetValue() ? Mode::Accept : Mode::Ignore;
    answers.requireSsl = m_ssl->GetValue();
}

void RequirePage::refresh()
{
    m_agreed->Show(m_require->GetValue() && runs());
    layOutAround(*this);
    std::vector<Finding> findings = findingsOf(Chapter::Require);
    if (view())
        for (const Finding& pitfall : view()->plan.pitfalls) findings.push_back(pitfall);
    showFindings(findings);
}

std::optional<Refusal> RequirePage::problem() const
{
    if (const auto refusal = Page::problem()) return refusal;
    const auto& steps = view()->plan.steps;
    const auto bound = std::ranges::find(steps, "bind.record", &Step::id);
    if (runs() && session().answers().require.mode != Mode::Ignore && bound != steps.end() && bound->state != StepState::Done)
        return Refusal{{tr("First bind the site on the page before: until its record asks for certificates in the handshake, requiring them shuts everybody out."), {}}, nullptr};
    if (m_agreed->IsShown() && !m_agreed->GetValue()) return Refusal{{tr("Confirm that you know who will be refused from now on."), {}}, m_agreed};
    return std::nullopt;
}

Message RequirePage::verb() const
{
    if (m_require->GetValue()) return {tr("&Require client certificates"), {}};
    return {tr("&Change SSL settings"), {}};
}

std::pair<Mark, Message> RequirePage::state() const
{
    const auto state = Page::state();
    if (state.first == Mark::Done && session().answers().require.mode != Mode::Require) return {Mark::Skipped, {tr("not required"), {}}};
    return state;
}

}  // namespace monban::wizard
