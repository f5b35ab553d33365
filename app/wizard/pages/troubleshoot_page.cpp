// SPDX-License-Identifier: MIT
#include "app/wizard/pages/troubleshoot_page.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {

TroubleshootPage::TroubleshootPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Troubleshoot, {tr("What does not work?"), {}}, {})
{
    addTask(tr("The browser warns of the server (5.1)"),
            tr("Three causes: the browser does not trust the issuer (install the root CA on the client), the certificate is out of its dates (renew it; look at the client's clock), or the address is not a name in the certificate. Opening the site by its IP address warns unless that address stands in the certificate."),
            {});
    addTask(tr("A revoked certificate still gets in, or a good one does not (5.2, 5.3)"),
            tr("Windows keeps revocation lists until their next update. First clear the browser's own cache, then flush Windows' caches here. Flushing does not help where the CA has not published a new list yet."),
            {{tr("&Flush the revocation lists"), [this] {
                  this->session().answers().troubleshoot.flushCrl = true;
                  run(Chapter::Troubleshoot);
              }}});
    addTask(tr("Is it the revocation check? (5.4)"),
            tr("Switch the check off for a moment, try again, and switch it on again. While it is off, revoked certificates get in."),
            {{tr("Check &off"), [this] {
                  this->session().answers().bind.checkRevocation = false;
                  run(Chapter::Bind);
              }},
             {tr("Ch&eck on"), [this] {
                  this->session().answers().bind.checkRevocation = true;
                  run(Chapter::Bind);
              }}});
    addTask(tr("Which certificate reaches the site? (5.5)"),
            tr("A sample page in the site shows the certificate the browser sent. It needs ASP.NET. Remove it afterwards."),
            {{tr("&Place the sample page"), [this] {
                  this->session().answers().troubleshoot.samplePage = true;
                  run(Chapter::Troubleshoot);
              }},
             {tr("&Remove it"), [this] {
                  this->session().answers().troubleshoot.samplePage = false;
                  run(Chapter::Troubleshoot);
              }}});
}

void TroubleshootPage::addTask(const char* title, const char* explanation, const std::vector<std::pair<const char*, std::function<void()>>>& actions)
{
    auto* heading = new wxStaticText(this, wxID_ANY, shown(title));
    heading->SetFont(heading->GetFont().Bold());
    content()->Add(heading, wxSizerFlags().Border(wxTOP));
    addParagraph({explanation, {}});
    auto* buttons = new wxBoxSizer(wxHORIZONTAL);
    for (const auto& [label, action] : actions) {
        auto* button = new wxButton(this, wxID_ANY, shown(label));
        button->Bind(wxEVT_BUTTON, [action = action](wxCommandEvent&) { action(); });
        buttons->Add(button, wxSizerFlags().Border(wxRIGHT));
    }
    addContent(buttons);
}

void TroubleshootPage::run(Chapter chapter)
{
    if (session().isRunning()) return;
    refuse(std::nullopt);
    if (chapter == Chapter::Bind && !m_wasBound) {
        session().answers().bind.checkRevocation.reset();
        return refuse(Refusal{{tr("First set the site up, or name its certificates on the earlier pages: the check is switched in its http.sys record, and nothing else may change with it."), {}}, nullptr});
    }
    session().answersChanged();
    session().run(chapter);
}

void TroubleshootPage::refresh()
{
    // Looked at before a switch changes the answers: is the binding as the answers want it?
    if (!session().isRunning() && session().isCurrent() && view() && !session().answers().bind.checkRevocation)
        m_wasBound = session().needed(Chapter::Bind).empty();
    std::vector<Finding> findings = findingsOf(Chapter::Troubleshoot);
    if (view()) findings.insert(findings.end(), view()->plan.pitfalls.begin(), view()->plan.pitfalls.end());
    showFindings(findings);
}

}  // namespace monban::wizard
