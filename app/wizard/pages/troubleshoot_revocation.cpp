// SPDX-License-Identifier: MIT
// 5.2: the lists that decide about the client certificate, and one that is installed by hand.
#include <wx/filedlg.h>
#include <wx/sizer.h>

#include "app/wizard/pages/troubleshoot_page.h"
#include "app/wizard/widgets/fact_card.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {

void TroubleshootPage::addRevocation()
{
    m_lists = new FactCard(this, "revocation-lists");
    m_adding->Add(m_lists, wxSizerFlags().Expand().Border(wxBOTTOM));
    m_noLists = add({tr("Name a client certificate on the page \"See who gets in\": its revocation list is then shown here, and how long it counts."), {}});
    addHeading(tr("A revoked certificate still gets in"));
    add({tr("Revoking a certificate at the CA takes effect here only when the CA has published a new revocation list and this server has fetched it. A list that was fetched once is kept until its \"next update\"; to fetch sooner, see 5.3."), {}});
    addHeading(tr("Nobody gets in any more (403.13)"));
    add({tr("Windows takes the \"next update\" for the list's expiry. Once it has passed and no newer list can be had, every user is refused. Look whether the CA publishes on time, and whether this server reaches the list's address: the services use the computer's proxy (netsh winhttp show proxy), not yours."), {}});
    addHeading(tr("This server reaches no network"));
    add({tr("Carry the CA's list here as a file and put it into the store CA: Windows finds it there. Nobody replaces it by itself, so put the next one there before its \"next update\"."), {}});
    addButtons(*m_adding, {{tr("Put a &list into the store CA…"), "install-list", [this] { installList(); }}});
}

void TroubleshootPage::installList()
{
    wxFileDialog dialog(this, shown(tr("Revocation list of the CA")), wxString(), wxString(), "*.crl|*.crl|*|*", wxFD_OPEN | wxFD_FILE_MUST_EXIST);
    if (dialog.ShowModal() != wxID_OK) return;
    change([file = toUtf8(dialog.GetPath())](Answers& answers) { answers.troubleshoot.installCrl = file; }, Chapter::Troubleshoot);
}

/// Of the client certificate that was named, by the lists that the server itself gets.
std::optional<RevocationVerdict> TroubleshootPage::revocation() const
{
    if (!view() || !view()->materials->client) return std::nullopt;
    RevocationQuestion question{*view()->materials->client, verdictQuestion().others, serverTime()};
    if (const Certificate* root = rootCertificate()) question.issuers.push_back(*root);
    std::vector<ListSource> lists;
    for (const DistributionPoint& point : view()->facts.distributionPoints) lists.push_back({point.url, point.crl ? Result<Crl>(*point.crl) : Result<Crl>(point.crl.error())});
    return judgeRevocation(question, lists);
}

std::optional<RevocationVerdict> TroubleshootPage::showRevocation()
{
    const auto verdict = isChosen(Symptom::Revocation) ? revocation() : std::nullopt;
    std::vector<FactCard::Row> rows;
    if (verdict) rows.push_back({shown(tr("Client certificate")), shown(summaryOf(*verdict)), FactCard::Style::Strong});
    if (verdict)
        for (const JudgedList& one : verdict->lists) {
            if (!one.list) continue;
            rows.push_back({shown(tr("Revocation list")), fromUtf8(one.name)});
            rows.push_back({shown(tr("Published")), fromUtf8(rfc3339(one.list->thisUpdate))});
            if (!one.list->nextUpdate) continue;
            const auto left = *one.list->nextUpdate - verdict->at;
            const Message when = left.count() >= 0 ? Message{tr("{0}: in {1} every user is refused unless a newer list comes"), {rfc3339(*one.list->nextUpdate), inLanguage(spanText(left), language())}}
                                                   : Message{tr("{0}: passed {1} ago, every user is refused"), {rfc3339(*one.list->nextUpdate), inLanguage(spanText(left), language())}};
            rows.push_back({shown(tr("Next update")), shown(when)});
            rows.push_back({shown(tr("Signature of the CA")), shown(one.signature == CheckResult::Pass ? tr("right") : one.signature == CheckResult::Fail ? tr("wrong") : tr("not checked"))});
            rows.push_back({shown(tr("Revoked certificates")), wxString::Format("%zu", one.list->revokedSerials.size())});
        }
    m_lists->showRows(std::move(rows));
    m_noLists->Show(!verdict && isChosen(Symptom::Revocation));
    return verdict;
}

}  // namespace monban::wizard
