// SPDX-License-Identifier: MIT
#include "core/run/renewal.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/joined.h"
#include "core/observe/server_index.h"
#include "core/plan/renewal.h"
#include "core/run/keep.h"

namespace monban {
namespace {

// http.sys shows a changed certificate to new connections at once; a busy server may need a moment (WINDOWS-FACTS 1.4).
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kPause{250};

/// A record that changes, and what a visitor met there before.
struct Visited {
    SslRecord record;
    std::string wanted;  ///< thumbprint of the new certificate
    std::string name;
    Result<HttpsAnswer> before;
};

/// A name of the record's own, or one of its certificate: the first that stands for one host alone.
std::string nameFor(const Facts& facts, const SslRecord& record)
{
    if (record.family == RecordFamily::HostNamePort) return addressOf(record.endpoint);
    const Certificate* certificate = certificateOf(facts, record);
    if (!certificate) return {};
    const auto found = std::ranges::find_if(certificate->dnsNames, [](const std::string& name) { return !name.starts_with("*"); });
    return found == certificate->dnsNames.end() ? std::string() : *found;
}

std::vector<Visited> visitBefore(const Plan& plan, Server& server, const std::stop_token& stop)
{
    std::vector<Visited> visits;
    const Facts facts = server.observe({});
    for (const Step& step : plan.steps) {
        if (step.state != StepState::Needed || step.before.size() != 1) continue;
        const auto* before = std::get_if<RecordState>(&step.before.front());
        const auto* after = std::get_if<RecordState>(&step.after.front());
        if (!before || !after || !before->record || !after->record) continue;
        const std::string name = nameFor(facts, *before->record);
        auto answer = server.visit(*before->record, name, stop);
        if (answer && answer->tlsVersion.empty())
            answer = Error{ErrorCode::Io, {tr("no TLS connection could be made ({0})"), {answer->ended}}, "no handshake"};
        visits.push_back({*before->record, after->record->thumbprint, name, std::move(answer)});
    }
    return visits;
}

std::string listed(const std::vector<std::string>& names) { return names.empty() ? "–" : joined(names, "; "); }

bool isRefusal(const HttpsAnswer& answer) { return answer.status == 401 || answer.status == 403 || !answer.status; }

/// What a visitor meets now that is not as it has to be, or nothing.
std::optional<Message> difference(const Visited& visited, const HttpsAnswer& now)
{
    const std::string& endpoint = visited.record.endpoint;
    const HttpsAnswer& before = *visited.before;
    if (now.serverCertificate != visited.wanted)
        return Message{tr("A visitor at {0} is not shown the new certificate but {1}."), {endpoint, now.serverCertificate.empty() ? "–" : now.serverCertificate}};
    if (before.isAskedForCertificate() && !now.isAskedForCertificate())
        return Message{tr("A visitor at {0} is no longer asked for a client certificate."), {endpoint}};
    std::vector<std::string> names = before.acceptableIssuers;
    std::vector<std::string> later = now.acceptableIssuers;
    std::ranges::sort(names);
    std::ranges::sort(later);
    if (names != later)
        return Message{tr("A visitor at {0} is offered other CA names than before: {1}; it was {2}."), {endpoint, listed(later), listed(names)}};
    if (isRefusal(before) && !isRefusal(now))
        return Message{tr("A visitor at {0} without a client certificate gets in now (HTTP {1})."), {endpoint, std::to_string(*now.status)}};
    return std::nullopt;
}

/// Looks until it is as it has to be, or until patience ends.
std::optional<Message> lookAfter(const Visited& visited, Server& server, const std::stop_token& stop)
{
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const auto now = server.visit(visited.record, visited.name, stop);
        const auto wrong = now ? difference(visited, *now) : std::optional(now.error().message);
        if (!wrong || stop.stop_requested() || std::chrono::steady_clock::now() >= end) return wrong;
        std::this_thread::sleep_for(kPause);
    }
}

void lookAfter(const std::vector<Visited>& visits, Server& server, Outcome& outcome, const std::stop_token& stop)
{
    for (const Visited& visited : visits) {
        const std::string& endpoint = visited.record.endpoint;
        if (!visited.before) {
            outcome.findings.push_back({"renewal-not-visited", Severity::Info,
                                        {tr("Nobody answered at {0} before the renewal, so no visitor looked there afterwards either."), {endpoint}},
                                        {tr("Open the site once with a browser and look at its certificate."), {}}});
            continue;
        }
        if (const auto wrong = lookAfter(visited, server, stop)) {
            outcome.outcome = stop.stop_requested() ? RunOutcome::Cancelled : RunOutcome::Failed;
            outcome.reason = *wrong;
            return;
        }
        outcome.findings.push_back({"renewal-seen", Severity::Info,
                                    visited.before->isAskedForCertificate()
                                        ? Message{tr("A visitor at {0} is shown the new certificate and asked for a client certificate of the same CAs as before: {1}."),
                                                  {endpoint, listed(visited.before->acceptableIssuers)}}
                                        : Message{tr("A visitor at {0} is shown the new certificate; as before, nobody is asked for a client certificate in the handshake."),
                                                  {endpoint}},
                                    {}});
    }
}

}  // namespace

Outcome renew(const Plan& plan, Server& server, const Materials& materials, Progress& progress, std::stop_token stop)
{
    const bool mayRun = !plan.has(StepState::Blocked) && !plan.has(StepState::Unknown);
    const auto visits = mayRun ? visitBefore(plan, server, stop) : std::vector<Visited>();
    Outcome outcome = execute(plan, server, materials, progress, stop);
    if (outcome.outcome == RunOutcome::Done) lookAfter(visits, server, outcome, stop);
    const bool ended = outcome.outcome == RunOutcome::Done || outcome.outcome == RunOutcome::Waiting;
    if (!ended && outcome.run) goBack(outcome, plan, server, progress);
    return outcome;
}

}  // namespace monban
