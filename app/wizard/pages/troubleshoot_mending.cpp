// SPDX-License-Identifier: MIT
// What Monban warns of and a plan can mend: one pitfall, one button.
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include <algorithm>

#include "app/wizard/pages/troubleshoot_page.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {
namespace {

/// In a few words, beside the sentence that says where and why.
const char* inShort(const std::string& pitfall)
{
    constexpr std::pair<const char*, const char*> kWords[] = {
        {"bindings-negotiate-differently", tr("Bindings of one site ask differently")},
        {"client-auth-trust-mode", tr("ClientAuthTrustMode is not the usual one")},
        {"ctl-root-missing", tr("The root CA is missing in the CTL store")},
        {"ctl-store-empty", tr("The CTL store is empty")},
        {"ctl-store-missing", tr("The CTL store does not exist")},
        {"issuer-list-is-root", tr("Browsers are sent all trusted roots")},
        {"late-request", tr("The certificate is asked for too late")},
        {"registry-value-misspelt", tr("A registry value is misspelt")},
        {"revocation-not-checked", tr("Revocation is not checked")},
        {"root-not-self-signed", tr("An intermediate CA is among the trusted roots")},
        {"sni-flag-missing", tr("A binding lacks SNI")},
        {"usage-not-checked", tr("The purpose of client certificates is not checked")}};
    const auto found = std::ranges::find_if(kWords, [&](const auto& one) { return pitfall == one.first; });
    return found == std::end(kWords) ? pitfall.c_str() : found->second;
}

}  // namespace

void TroubleshootPage::addMending()
{
    m_noPitfalls = add({tr("At this moment Monban warns of nothing that it could mend."), {}});
    add({tr("Choose one of the warnings below. What will run stands beneath before you press the button; nothing else is changed, and it can be taken back."), {}});
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    row->Add(new wxStaticText(this, wxID_ANY, shown(tr("&Warning:"))), wxSizerFlags().CenterVertical().Border(wxRIGHT));
    m_pitfalls = new wxChoice(this, wxID_ANY);
    m_pitfalls->SetName("mend-pitfall");
    m_pitfalls->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { preview(); });
    row->Add(m_pitfalls, wxSizerFlags(1).CenterVertical());
    m_adding->Add(row, wxSizerFlags().Expand().Border(wxBOTTOM));
    m_mend = addButtons(*m_adding, {{tr("Me&nd it"), "mend", [this] {
                                         change([pitfall = chosenPitfall()](Answers& answers) { answers.troubleshoot.mend = {pitfall}; }, Chapter::Troubleshoot);
                                     }}}).front();
    m_elsewhere = add({tr("First run the pages that are not done: this is mended on top of what they set, or by it."), {}});
}

std::string TroubleshootPage::chosenPitfall() const
{
    const int chosen = m_pitfalls->GetSelection();
    return chosen == wxNOT_FOUND ? std::string() : m_mendable[static_cast<std::size_t>(chosen)];
}

void TroubleshootPage::showMendable(std::string chosen)
{
    std::vector<std::string> mendable;
    if (view())
        for (const Finding& one : view()->plan.pitfalls)
            if (one.mendable && std::ranges::find(mendable, one.id) == mendable.end()) mendable.push_back(one.id);
    if (chosen.empty()) chosen = chosenPitfall();
    if (mendable != m_mendable) {
        m_mendable = mendable;
        wxArrayString words;
        for (const std::string& pitfall : m_mendable) words.Add(shown(inShort(pitfall)));
        m_pitfalls->Set(words);
    }
    const auto same = std::ranges::find(m_mendable, chosen);
    if (!m_mendable.empty()) m_pitfalls->SetSelection(same == m_mendable.end() ? 0 : static_cast<int>(same - m_mendable.begin()));

    // What it would do is planned on top of the pages before: it runs alone only where they have nothing to do any more.
    const bool isPlanned = !m_mendable.empty() && session().hasPreview() && m_previewed == kMend + chosenPitfall();
    bool isFirst = true;
    bool doesSomething = false;
    for (const Step& step : isPlanned ? view()->preview->steps : std::vector<Step>()) {
        if (step.chapter == Chapter::Troubleshoot) doesSomething = doesSomething || step.state != StepState::Done;
        else if (step.chapter != Chapter::Require && step.state == StepState::Needed) isFirst = false;
    }
    const bool canRun = isPlanned && isFirst && doesSomething;
    m_pitfalls->Enable(!m_mendable.empty());
    m_mend->Enable(canRun);
    const bool wasElsewhere = m_elsewhere->IsShown();
    m_elsewhere->Show(isPlanned && !canRun && isChosen(Symptom::Pitfall));
    m_noPitfalls->Show(m_mendable.empty() && isChosen(Symptom::Pitfall));
    if (wasElsewhere != m_elsewhere->IsShown()) layOutAround(*this);
}

void TroubleshootPage::addOfMending(std::vector<Finding>& findings) const
{
    const Plan& plan = *view()->preview;
    for (const Step& step : plan.steps)
        if (step.chapter == Chapter::Troubleshoot && step.state == StepState::Blocked && !step.lacksRights) findings.push_back({step.id, Severity::Error, step.reason, {}});
    std::ranges::copy_if(plan.pitfalls, std::back_inserter(findings), [](const Finding& one) { return !one.acceptedBy.empty(); });
}

}  // namespace monban::wizard
