// SPDX-License-Identifier: MIT
#include "app/wizard/unfinished.h"

#include <algorithm>

#include "app/wizard/text.h"

namespace monban::wizard {
namespace {

std::string nameIn(const CertificateAnswers& answers)
{
    if (!answers.commonName.empty()) return answers.commonName;
    return answers.dnsNames.empty() ? "…" : answers.dnsNames.front();
}

Message waitsForAnswer(const PendingRequest& pending)
{
    return {tr("The request for {0} of {1} waits for the CA's answer."), {nameIn(pending.answers), localDate(pending.made)}};
}

std::string fileName(const std::string& path) { return utf8(pathFromUtf8(path).filename()); }

Message whatWaits(const Answers& answers, Time at, const std::vector<PendingRequest>& pending)
{
    const CertificateAnswers& certificate = answers.certificate;
    const std::string day = localDate(at);
    if (certificate.source == CertificateAnswers::Source::Request) {
        const auto waiting = std::ranges::find_if(pending, [&](const PendingRequest& one) { return isAbout(certificate, one); });
        if (waiting != pending.end() && !certificate.issuedFile.empty())
            return {tr("The CA's answer to the request for {0} is named ({1}) and not registered yet."), {nameIn(certificate), fileName(certificate.issuedFile)}};
        if (waiting != pending.end()) return waitsForAnswer(*waiting);
        return {tr("The set-up of {0} by a request (CSR), as it stood on {1}."), {nameIn(certificate), day}};
    }
    if (!certificate.file.empty())
        return {tr("The set-up with the file {0}, as it stood on {1}. Its password has to be typed again."), {fileName(certificate.file), day}};
    return {tr("The answers you had given by {0}."), {day}};
}

}  // namespace

std::vector<Unfinished> unfinishedWork(const Answers& now, const Draft& draft, const std::vector<PendingRequest>& pending)
{
    std::vector<Unfinished> work;
    if (saysSomething(now) && !draft.isFinished(now)) {
        work.push_back({Unfinished::Of::Session, now, whatWaits(now, hostTime(), pending)});
    } else if (const auto found = draft.found()) {
        work.push_back({Unfinished::Of::Draft, found->answers, whatWaits(found->answers, found->at, pending)});
    }
    for (const PendingRequest& one : pending) {
        if (!work.empty() && isAbout(work.front().answers.certificate, one)) continue;
        Answers answers;
        answers.certificate = one.answers;
        work.push_back({Unfinished::Of::Server, std::move(answers), waitsForAnswer(one)});
    }
    return work;
}

}  // namespace monban::wizard
