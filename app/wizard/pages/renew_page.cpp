// SPDX-License-Identifier: MIT
#include "app/wizard/pages/renew_page.h"

#include <algorithm>

#include "app/wizard/widgets/certificate_card.h"

namespace monban::wizard {

RenewPage::RenewPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Bind, {tr("Put the new certificate in the old one's place"), {}},
           {tr("Every http.sys record that has the old certificate gets the new one; nothing else in it changes. Then Monban looks as a visitor does, and if "
               "anything is not as before, all of it goes back by itself. The old certificate stays on the server; once the new one has proved itself, the start page offers to remove it."),
            {}})
{
}

void RenewPage::build()
{
    m_card = new CertificateCard(this);
    addContent(m_card);
    addTimeToKeep();
}

void RenewPage::refresh()
{
    const auto* issued = view() ? &view()->materials->issued : nullptr;
    const bool isIssued = issued && *issued && **issued && !(**issued)->certificates.empty();
    m_card->show(fileCertificate() ? fileCertificate() : isIssued ? &(**issued)->certificates.front() : nullptr, serverTime());
    if (!view()) return;
    std::vector<Finding> findings = findingsOf(Chapter::Import);
    for (Finding& one : findingsOf(Chapter::Bind))
        if (std::ranges::none_of(findings, [&](const Finding& known) { return known.message == one.message; })) findings.push_back(std::move(one));
    for (const auto* more : {&session().noticed(), &view()->plan.findings}) findings.insert(findings.end(), more->begin(), more->end());
    addAcceptable(findings);
    showFindings(findings);
}

std::vector<LiveLine> RenewPage::status() const
{
    std::vector<LiveLine> lines;
    if (!view()) return lines;
    for (const Step& step : view()->plan.steps) {
        if (step.chapter == Chapter::Certificate) continue;
        const auto* wanted = step.after.empty() ? nullptr : std::get_if<RecordState>(&step.after.front());
        if (!wanted || !wanted->record) {
            const auto more = liveLines(step, view()->facts);
            lines.insert(lines.end(), more.begin(), more.end());
            continue;
        }
        // Of a record only the hash changes; that the rest stays is checked all the same.
        const auto seen = observedState(step.after.front(), view()->facts);
        const auto* now = seen ? std::get_if<RecordState>(&*seen) : nullptr;
        const std::string shows = now && now->record ? now->record->thumbprint : std::string();
        const bool isDone = seen && satisfies(*seen, step.after.front());
        lines.push_back({{tr("Certificate at {0}"), {wanted->endpoint}}, {"{0}", {wanted->record->thumbprint}},
                         seen ? (shows.empty() ? Message{tr("no record"), {}} : Message{"{0}", {shows}}) : seen.error().message,
                         !seen ? LiveLine::State::Unreadable : isDone ? LiveLine::State::Good : LiveLine::State::Different});
    }
    return lines;
}

std::pair<Mark, Message> RenewPage::state() const
{
    if (view() && !view()->materials->pkcs12 && !view()->materials->issued && view()->answers.certificate.requestFile.empty())
        return {Mark::ToDo, {tr("not done"), {}}};
    if (!view() || session().canAskForRights(chapter())) return {Mark::ToDo, {tr("not done"), {}}};
    if (session().has(chapter(), StepState::Blocked) || session().has(chapter(), StepState::Unknown)) return {Mark::Problem, {tr("problem"), {}}};
    if (session().has(chapter(), StepState::Waiting)) return {Mark::Waiting, {tr("waiting"), {}}};
    if (session().has(chapter(), StepState::Needed)) return {Mark::ToDo, {tr("not done"), {}}};
    return {Mark::Done, {tr("done"), {}}};
}

}  // namespace monban::wizard
