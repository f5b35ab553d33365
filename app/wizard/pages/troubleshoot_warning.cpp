// SPDX-License-Identifier: MIT
// 5.1: what browsers say of the server's certificate, and the root CA to hand out.
#include <wx/button.h>
#include <wx/clipbrd.h>
#include <wx/dataobj.h>
#include <wx/filedlg.h>

#include "app/wizard/pages/troubleshoot_page.h"
#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"

namespace monban::wizard {
namespace {

struct Cause {
    const char* what;
    const char* onServer;
    const char* onClient;
};

constexpr Cause kCauses[] = {
    {tr("The browser does not trust the issuer."),
     tr("On the server: if only some devices warn, an intermediate CA's certificate is missing in the store CA. The page \"Register the server certificate\" puts there what your CA's file holds. A certificate of a public CA needs nothing on the devices."),
     tr("On the device: compare the fingerprint below with the one your CA published, then install the root CA under \"Trusted Root Certification Authorities\".")},
    {tr("Today is outside the certificate's dates."),
     tr("On the server: if the certificate has expired, get a new one and go through the pages again; everything else stays as it is."),
     tr("On the device: set the clock, the date and the time zone right.")},
    {tr("The address is not a name in the certificate."),
     tr("On the server: have the certificate issued with every host name that browsers open. Current browsers look at the alternative names (DNS) alone, not at the CN."),
     tr("On the device: open the site by its host name. Opened by its IP address it always warns, unless that address stands in the certificate.")},
};

}  // namespace

void TroubleshootPage::addWarning()
{
    m_look = addButtons(*m_adding, {{tr("Look at the site &now"), "look-now", [this] { lookNow(); }}, {tr("Look at the certificate &file"), "judge-file", [this] { judgeFile(); }}}).front();
    for (const Cause& cause : kCauses) {
        CheckTexts texts;
        texts.heading = addHeading(cause.what);
        texts.onServer = add({cause.onServer, {}});
        texts.onClient = add({cause.onClient, {}});
        m_checks.push_back(texts);
    }
    m_names = add({});
    addHeading(tr("The root CA, to hand out"));
    m_root = add({});
    addButtons(*m_adding, {{tr("Save the &root CA as a file…"), "save-root", [this] { saveRoot(); }},
                {tr("&Copy the fingerprint"), "copy-fingerprint", [this] {
                     const Certificate* root = rootCertificate();
                     if (!root) return say({tr("Name the root CA on its page first."), {}});
                     if (!wxTheClipboard->Open()) return;
                     wxTheClipboard->SetData(new wxTextDataObject(groupedFingerprint(root->thumbprintSha256)));
                     wxTheClipboard->Close();
                     say({tr("Copied."), {}});
                 }}});
}

VerdictQuestion TroubleshootPage::verdictQuestion() const
{
    VerdictQuestion question;
    const auto address = parseSiteAddress(session().answers().verify.address);
    question.host = address ? address->host : siteHost();
    question.at = serverTime();
    if (!view()) return question;
    if (const Pkcs12Material* file = pkcs12()) question.others = file->certificates;
    for (const auto& one : view()->materials->intermediates)
        if (one) question.others.push_back(one->certificate);
    if (const Certificate* root = rootCertificate()) question.roots.push_back(*root);
    return question;
}

void TroubleshootPage::judgeFile()
{
    const Certificate* certificate = fileCertificate();
    if (!certificate) return say({tr("Name the file with the server certificate on its page first."), {}});
    VerdictQuestion question = verdictQuestion();
    question.certificate = *certificate;
    showVerdict(judge(question));
    say({tr("This is what browsers will say of the file {0}."), {session().answers().certificate.file}});
}

void TroubleshootPage::lookNow()
{
    const auto address = parseSiteAddress(session().answers().verify.address.empty() ? "https://" + siteHost() + "/" : session().answers().verify.address);
    if (!address) return say(address.error().message);
    ProbeQuestion question;
    question.address = *address;
    question.at = serverTime();
    question.roots = verdictQuestion().roots;
    if (m_practice && !m_practice->aim(question))
        return say({tr("The practice server serves nothing on port {0} yet. Bind the site first."), {std::to_string(address->port)}});
    m_look->Disable();
    m_isLooking = true;
    say({tr("Looking at {0} …"), {address->authority()}});
    m_background.start<ProbeReport>(
        [question](const std::stop_token& stop) mutable {
            question.stop = stop;
            return probe(question);
        },
        [this, where = address->authority()](const Result<ProbeReport>& seen) {
            m_look->Enable();
            m_isLooking = false;
            if (!seen) return say(seen.error().message);
            if (!seen->server) return say({tr("No certificate was seen at {0}: {1}"), {where, inLanguage(evidenceOf(seen->attempts.front()), language())}});
            showVerdict(*seen->server);
            say({tr("This is what browsers say of {0} at this moment."), {where}});
        });
}

void TroubleshootPage::showVerdict(const Verdict& verdict)
{
    const std::pair<const char*, const Check*> checks[] = {{tr("The issuer is trusted."), &verdict.trusted},
                                                           {tr("The time is within the certificate's dates."), &verdict.validity},
                                                           {tr("The address is a name in the certificate."), &verdict.hostname}};
    for (std::size_t i = 0; i < m_checks.size(); ++i) {
        const auto& [good, check] = checks[i];
        const CheckTexts& texts = m_checks[i];
        const bool isGood = check->flaws.empty();
        wxString reasons;
        for (const PathFlaw& flaw : check->flaws) reasons += (reasons.empty() ? "" : "\n") + fromUtf8("✗ ") + shown(reasonOf(verdict, flaw));
        texts.heading->setText(isGood ? fromUtf8("✓ ") + shown(good) : reasons);
        const Remedy remedy = isGood ? Remedy{} : remedyOf(verdict, check->flaws.front());
        for (const auto& [text, side, what] : {std::tuple{texts.onServer, tr("On the server:"), &remedy.onServer}, {texts.onClient, tr("On the device:"), &remedy.onClient}}) {
            text->setText(what->empty() ? wxString() : shown(side) + " " + shown(*what));
        }
    }
    hideEmpty();
    layOutAround(*this);
}

/// A section that is shown shows all of it, also what has nothing to say.
void TroubleshootPage::hideEmpty()
{
    for (const CheckTexts& texts : m_checks)
        for (WrappedText* text : {texts.onServer, texts.onClient}) text->Show(isChosen(Symptom::Warning) && !text->text().empty());
}

const Certificate* TroubleshootPage::rootCertificate() const
{
    if (!view()) return nullptr;
    if (view()->materials->root && *view()->materials->root) return &(*view()->materials->root)->certificate;
    const auto listed = storeOf(view()->facts, session().answers().trust.ctlStore);
    return listed && !listed->empty() ? &listed->front().certificate : nullptr;
}

void TroubleshootPage::saveRoot()
{
    const Certificate* root = rootCertificate();
    if (!root) return say({tr("Name the root CA on its page first."), {}});
    const Bytes der = root->der;  // a look at the server meanwhile replaces the view
    wxFileDialog dialog(this, shown(tr("Save the root CA's certificate")), wxString(), "root-ca.cer", "*.cer|*.cer", wxFD_SAVE | wxFD_OVERWRITE_PROMPT);
    if (dialog.ShowModal() != wxID_OK) return;
    const fs::path file = pathFromUtf8(toUtf8(dialog.GetPath()));
    const auto saved = replaceFile(file, der);
    say(saved ? Message{tr("Saved as {0}."), {utf8(file)}} : saved.error().message);
}

}  // namespace monban::wizard
