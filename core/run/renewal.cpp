// SPDX-License-Identifier: MIT
#include "core/run/renewal.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/joined.h"
#include "core/observe/server_index.h"
#include "core/plan/renewal.h"
#include "core/plan/site_names.h"
#include "core/run/keep.h"

namespace monban {
namespace {

// http.sys shows a changed certificate to new connections at once; a busy server may need a moment (WINDOWS-FACTS 1.4).
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kPause{250};

/// A record that has or gets the new certificate, and what a visitor met there before.
struct Visited {
    SslRecord record;
    std::string wanted;  ///< thumbprint of the new certificate
    std::string name;
    /// Nothing where nobody answered, where the record had the new certificate already or was not there, and where another
    /// certificate than the record's was shown: then there is nothing to compare with.
    std::optional<HttpsAnswer> before;
};

/// Who asks for that name at that port is answered by a record of its own, or by the central store.
bool isTaken(const Facts& facts, const std::string& name, int port)
{
    return facts.records && std::ranges::any_of(*facts.records, [&](const SslRecord& one) {
        if (one.family == RecordFamily::IpPort || portOf(one.endpoint) != port) return false;
        return one.family == RecordFamily::Ccs || coversHost(addressOf(one.endpoint), name);
    });
}

/// A name of the record's own, or one of its certificate: the first that stands for one host alone and leads to this record.
std::string nameFor(const Facts& facts, const SslRecord& record)
{
    if (record.family == RecordFamily::HostNamePort) return addressOf(record.endpoint);
    const Certificate* certificate = certificateOf(facts, record);
    const auto port = portOf(record.endpoint);
    if (!certificate || !port) return {};
    const auto found = std::ranges::find_if(certificate->dnsNames, [&](const std::string& name) { return !name.starts_with("*") && !isTaken(facts, name, *port); });
    return found == certificate->dnsNames.end() ? std::string() : *found;
}

std::vector<Visited> visitBefore(const Plan& plan, Server& server, const std::stop_token& stop)
{
    std::vector<Visited> visits;
    const Facts facts = server.observe({});
    for (const Step& step : plan.steps) {
        if ((step.state != StepState::Needed && step.state != StepState::Done) || step.before.size() != 1) continue;
        const auto* before = std::get_if<RecordState>(&step.before.front());
        const auto* after = std::get_if<RecordState>(&step.after.front());
        if (!before || !after || !after->record) continue;
        const SslRecord& record = before->record ? *before->record : *after->record;
        Visited visited{record, after->record->thumbprint, nameFor(facts, record), {}};
        if (before->record && record.thumbprint != visited.wanted)
            if (auto answer = server.visit(record, visited.name, stop); answer && answer->serverCertificate == record.thumbprint) visited.before = std::move(*answer);
        visits.push_back(std::move(visited));
    }
    return visits;
}

std::string listed(const std::vector<std::string>& names) { return names.empty() ? "–" : joined(names, "; "); }

bool isRefusal(const HttpsAnswer& answer) { return answer.status == 401 || answer.status == 403 || !answer.status; }

/// What a visitor meets now that is not as it has to be, or nothing.
std::optional<Message> difference(const Visited& visited, const HttpsAnswer& before, const HttpsAnswer& now)
{
    const std::string& endpoint = visited.record.endpoint;
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

/// Looks until the new certificate is shown, or until that moment. Who did not answer before is asked once.
Result<HttpsAnswer> visitAfter(const Visited& visited, Server& server, std::chrono::steady_clock::time_point end, const std::stop_token& stop)
{
    for (;;) {
        auto now = server.visit(visited.record, visited.name, stop);
        bool isEnough = !visited.before;
        if (now) isEnough = visited.before ? !difference(visited, *visited.before, *now) : now->serverCertificate == visited.wanted;
        if (isEnough || stop.stop_requested() || std::chrono::steady_clock::now() >= end) return now;
        std::this_thread::sleep_for(kPause);
    }
}

Finding seen(const Visited& visited)
{
    const std::string& endpoint = visited.record.endpoint;
    if (!visited.before) return {"renewal-seen", Severity::Info, {tr("A visitor at {0} is shown the new certificate."), {endpoint}}, {}};
    return {"renewal-seen", Severity::Info,
            visited.before->isAskedForCertificate()
                ? Message{tr("A visitor at {0} is shown the new certificate and asked for a client certificate of the same CAs as before: {1}."),
                          {endpoint, listed(visited.before->acceptableIssuers)}}
                : Message{tr("A visitor at {0} is shown the new certificate; as before, nobody is asked for a client certificate in the handshake."), {endpoint}},
            {}};
}

/// Whether what was sent last was issued neither by itself nor by a root that this server knows.
bool lacksALink(ByteView last, const Facts& facts)
{
    const auto certificate = parseCertificate(last);
    const auto roots = storeOf(facts, "ROOT");
    if (!certificate || certificate->selfSigned || !roots) return false;
    return std::ranges::none_of(*roots, [&](const StoredCertificate& one) { return one.certificate.subject == certificate->issuer; });
}

/// What was not seen before is no reason to go back: it is only said.
Finding notSeen(const Visited& visited, const Result<HttpsAnswer>& now)
{
    const std::string& endpoint = visited.record.endpoint;
    Message why{tr("Nobody answers at {0}, so no visitor has seen the new certificate there."), {endpoint}};
    if (now && now->serverCertificate.empty())
        why = {tr("At {0} no TLS connection could be made ({1}), so no visitor has seen the new certificate there."), {endpoint, now->ended}};
    else if (now)
        why = {tr("Who comes to {0} is shown the certificate {1}, so something else than this record answers there; the new one was not seen."), {endpoint, now->serverCertificate}};
    return {kNotVisited, Severity::Info, why, {tr("Open the site once with a browser and look at its certificate."), {}}};
}

void lookAfter(const std::vector<Visited>& visits, Server& server, Outcome& outcome, const std::stop_token& stop)
{
    const auto together = std::chrono::steady_clock::now() + kPatience;  // for all with which there is nothing to compare
    for (const Visited& visited : visits) {
        const auto now = visitAfter(visited, server, visited.before ? std::chrono::steady_clock::now() + kPatience : together, stop);
        if (!visited.before && stop.stop_requested()) {
            outcome.outcome = RunOutcome::Cancelled;
            return;
        }
        if (visited.before) {
            const auto wrong = now ? difference(visited, *visited.before, *now) : std::optional(now.error().message);
            if (wrong) {
                outcome.outcome = stop.stop_requested() ? RunOutcome::Cancelled : RunOutcome::Failed;
                outcome.reason = *wrong;
                return;
            }
        }
        const bool isShown = now && now->serverCertificate == visited.wanted;
        outcome.findings.push_back(isShown ? seen(visited) : notSeen(visited, now));
        if (isShown && !now->chain.empty() && lacksALink(now->chain.back(), outcome.facts))
            outcome.findings.push_back({"renewal-chain-incomplete", Severity::Warning,
                                        {tr("The server at {0} does not send the intermediate CA's certificate along. Who does not know that CA cannot verify the new one."),
                                         {visited.record.endpoint}},
                                        {tr("Look whether the intermediate CA's certificate is in the store CA; the CA that issued the new one has it."), {}}});
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
