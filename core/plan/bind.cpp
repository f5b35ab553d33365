// SPDX-License-Identifier: MIT
#include "core/base/utf8.h"
#include "core/plan/binding_command.h"
#include "core/plan/chapters.h"
#include "core/plan/endpoint.h"
#include "core/plan/protocol_switches.h"
#include "core/plan/record_command.h"
#include "core/plan/resumption.h"

namespace monban {
namespace {

std::uint32_t withSwitches(std::uint32_t flags, const BindAnswers& answers, std::uint32_t ProtocolSwitch::*bit)
{
    for (const ProtocolSwitch& s : kProtocolSwitches) {
        const std::optional<bool>& answer = answers.*(s.answer);
        if (answer) flags = *answer ? flags | s.*bit : flags & ~(s.*bit);
    }
    return flags;
}

/// What the chapter works on, once the answers make sense for this server.
struct Target {
    Site site;
    Endpoint endpoint;
    int build = windows_build::kServer2022;
};

Result<Target> target(const PlanInput& input)
{
    const auto site = chosenSite(input);
    if (!site) return site.error();
    const auto endpoint = wantedEndpoint(input.answers.bind);
    if (!endpoint) return endpoint.error();
    if (!input.facts.machine) return input.facts.machine.error();
    const int build = input.facts.machine->build;
    for (const ProtocolSwitch& s : kProtocolSwitches)
        if ((input.answers.bind.*(s.answer)).value_or(false) && build < s.since)
            return Error{ErrorCode::Unsupported,
                         {tr("This Windows (build {0}) does not have the switch {1}. Leave it out of the answers."), {std::to_string(build), s.key}},
                         "switch not on this build"};
    return Target{*site, *endpoint, build};
}

/// The https binding of a site that this endpoint is about, if it has one.
const Binding* bindingFor(const Site& site, const Endpoint& endpoint)
{
    for (const Binding& binding : site.bindings) {
        if (!equalsIgnoringCase(binding.protocol, "https") || binding.port != endpoint.port) continue;
        if (endpoint.family == RecordFamily::HostNamePort) {
            if (binding.host && equalsIgnoringCase(*binding.host, endpoint.host)) return &binding;
            continue;
        }
        const bool sni = (binding.sslFlags & binding_flags::kSni) && binding.host && !binding.host->empty();
        const std::string information = endpoint.bindingInformation();
        const std::string address = binding.address.value_or("") == "0.0.0.0" || binding.address.value_or("").empty() ? "*" : *binding.address;
        if (!sni && information.compare(0, address.size() + 1, address + ":") == 0) return &binding;
    }
    return nullptr;
}

/// Another site that already answers exactly there.
const Site* occupant(const PlanInput& input, const Target& target)
{
    for (const Site& site : *input.facts.sites) {
        if (site.name == target.site.name) continue;
        const Binding* binding = bindingFor(site, target.endpoint);
        if (binding && binding->host.value_or("") == target.endpoint.host) return &site;
    }
    return nullptr;
}

Step siteStep(const PlanInput& input, const Target& target)
{
    const Binding* existing = bindingFor(target.site, target.endpoint);
    const bool sni = target.endpoint.family == RecordFamily::HostNamePort;
    std::uint32_t flags = withSwitches(existing ? existing->sslFlags : 0, input.answers.bind, &ProtocolSwitch::bindingFlag);
    if (sni) flags |= binding_flags::kSni;
    flags &= ~binding_flags::kCentralStore;  // its certificate is the record's now; none of 4 to 128 may stand beside it
    if (target.build >= windows_build::kServer2025) flags |= binding_flags::kNegotiateClientCertificate;
    const std::string information = existing ? existing->information : target.endpoint.bindingInformation();
    const BindingCommands commands{appcmdProgram(input.facts), target.site.name, existing ? existing->protocol : "https", information};

    Step step;
    step.id = "bind.site";
    step.chapter = Chapter::Bind;
    step.title = existing ? Message{tr("Set the options of the https binding {0} of the site {1}"), {information, target.site.name}}
                          : Message{tr("Give the site {1} the https binding {0}"), {information, target.site.name}};
    step.action = existing ? commands.setFlags(flags) : commands.add(flags);
    step.after.push_back(BindingState{target.site.name, commands.protocol, information, flags});
    if (const Site* other = occupant(input, target); other && !existing) {
        block(step, {tr("The site {0} already answers at {1}. Choose another port or a host name, or remove that binding first."),
                     {other->name, target.endpoint.text()}});
    }
    return step;
}

SslRecord wantedRecord(const PlanInput& input, const Target& target, const Certificate& certificate, const SslRecord* existing)
{
    SslRecord record = existing ? *existing : SslRecord{};
    record.family = target.endpoint.family;
    record.endpoint = target.endpoint.text();
    if (!existing) record.appId = kIisAppId;
    record.thumbprint = certificate.thumbprintSha1;
    record.store = existing && equalsIgnoringCase(existing->store, input.answers.import.store) ? existing->store : input.answers.import.store;
    record.ctlStore = input.answers.trust.ctlStore;
    record.flags = withSwitches(record.flags, input.answers.bind, &ProtocolSwitch::recordFlag) | record_flags::kNegotiateClientCertificate;
    if (input.answers.bind.checkRevocation && !isPauseAsked(input.answers))
        record.checkMode = *input.answers.bind.checkRevocation ? record.checkMode & ~check_mode::kNoRevocationCheck
                                                               : record.checkMode | check_mode::kNoRevocationCheck;
    return record;
}

/// Blocks the step for the record's owner. That an unknown one is the site's own can be accepted; a known owner's
/// record is never changed.
void blockForOwner(const PlanInput& input, const SslRecord& existing, const Target& target, Step& step, Plan& plan)
{
    const auto reason = ownerRefusal(existing, bindingFor(target.site, target.endpoint) != nullptr);
    if (!reason) return;
    if (!ownerName(existing.appId)) {
        plan.pitfalls.push_back({kUnknownOwner, Severity::Error, *reason, {tr("If it is this site's, accept this (unknown-owner): its settings are carried over."), {}}, false, kUnknownOwner});
        if (input.accepted.contains(kUnknownOwner)) return;
    }
    block(step, *reason);
}

Step recordStep(const SslRecord& record, const Message& title)
{
    Step step;
    step.id = "bind.record";
    step.chapter = Chapter::Bind;
    step.title = title;
    step.after.push_back(RecordState{record.family, record.endpoint, record});
    step.effect = TakesEffect::NewConnections;
    return step;
}

void planRecord(const PlanInput& input, const Target& target, Plan& plan)
{
    const Message title{tr("Bind the server certificate to {0} and ask for client certificates of {1} in the first handshake"),
                        {target.endpoint.text(), input.answers.trust.ctlStore}};
    const auto certificate = serverCertificate(input);
    const bool waits = waitsForAnswer(input);
    if (!input.facts.records || (!certificate && !waits)) {
        plan.steps.push_back(blocked("bind.record", Chapter::Bind, title,
                                     certificate ? input.facts.records.error().message : certificate.error().message));
        return;
    }
    const SslRecord* existing = recordAt(*input.facts.records, target.endpoint.family, target.endpoint.text());
    if (waits) {
        Step step = waiting("bind.record", Chapter::Bind, title, waitingReason(input));
        if (existing) blockForOwner(input, *existing, target, step, plan);
        plan.steps.push_back(std::move(step));
        return;
    }
    // What a run that was cut off had taken away to write it anew is carried over as if it were there.
    const SslRecord* known = existing ? existing : recordAt(input.earlier.cutRecords, target.endpoint.family, target.endpoint.text());
    const SslRecord record = wantedRecord(input, target, *certificate, known);
    const std::string netsh = systemProgram(input.facts, "netsh.exe");
    Step step = recordStep(record, title);
    // A key that certreq has only just made is refused for some seconds (WINDOWS-FACTS 1.4).
    if (input.answers.certificate.source == CertificateAnswers::Source::Request) step.retryFor = std::chrono::seconds(15);
    step.action = netshWrite(netsh, existing ? "update" : "add", record);
    if (!netshCanWrite(record, target.build)) {
        step.action = SetHttpRecord{record.family, record.endpoint, record};
        step.reason = {tr("netsh has no parameter for some settings this record already has, so Monban writes it itself and keeps them."), {}};
    } else if (existing && !netshCanUpdate(target.build) && !(*existing == record)) {
        Step removal;
        removal.id = "bind.record.delete";
        removal.chapter = Chapter::Bind;
        removal.title = {tr("Remove the http.sys record of {0} to write it anew with all its settings"), {record.endpoint}};
        removal.reason = {tr("netsh on this Windows cannot change a record in place, so it is deleted and added again."), {}};
        removal.action = netshDelete(netsh, record.family, record.endpoint);
        removal.after.push_back(RecordState{record.family, record.endpoint, std::nullopt});
        removal.effect = TakesEffect::NewConnections;
        step.action = netshWrite(netsh, "add", record);
        step.reason = removal.reason;
        plan.steps.push_back(std::move(removal));
    }
    if (existing) blockForOwner(input, *existing, target, step, plan);
    if (Step& before = plan.steps.back(); step.state == StepState::Blocked && before.id == "bind.record.delete") {
        block(before, step.reason);  // nobody's record is deleted either
    }
    plan.steps.push_back(std::move(step));
}

void planIssuerList(const PlanInput& input, Plan& plan)
{
    if (!input.answers.bind.sendTrustedIssuerList) return;
    Step step;
    step.id = "bind.issuer-list";
    step.chapter = Chapter::Bind;
    step.title = {tr("Let the server send the names of the CAs it accepts (SendTrustedIssuerList)"), {}};
    step.action = Command{systemProgram(input.facts, "reg.exe"),
                          {"add", kSchannelKey, "/v", "SendTrustedIssuerList", "/t", "REG_DWORD", "/d", "1", "/f"}};
    step.after.push_back(RegistryState{"SendTrustedIssuerList", 1});
    step.effect = TakesEffect::Restart;
    plan.steps.push_back(std::move(step));
}

}  // namespace

// A zero id (what the whitepaper's own command leaves) or an unknown one is taken for IIS's where a site of IIS answers.
std::optional<Message> ownerRefusal(const SslRecord& record, bool siteAnswers)
{
    if (equalsIgnoringCase(record.appId, kIisAppId)) return std::nullopt;
    if (const char* owner = ownerName(record.appId))
        return Message{tr("The http.sys record of {0} belongs to {1}; changing it would break that service. Choose another address, port "
                          "or host name."),
                       {record.endpoint, owner}};
    if (siteAnswers) return std::nullopt;
    return Message{tr("The http.sys record of {0} belongs to an unknown program (application id {1}), and no site of IIS answers there. "
                      "Find out whose it is, or choose another address, port or host name."),
                   {record.endpoint, record.appId}};
}

void planBind(const PlanInput& input, Plan& plan)
{
    const std::size_t first = plan.steps.size();
    const auto place = target(input);
    if (place) {
        plan.steps.push_back(siteStep(input, *place));
        planRecord(input, *place, plan);
    } else {
        plan.steps.push_back(blocked("bind.site", Chapter::Bind, {tr("Give the site an https binding"), {}}, place.error().message));
        plan.steps.push_back(blocked("bind.record", Chapter::Bind,
                                     {tr("Bind the server certificate and ask for client certificates in the first handshake"), {}},
                                     place.error().message));
    }
    planIssuerList(input, plan);
    const auto reason = noIis(input.facts);
    for (std::size_t i = first; reason && i < plan.steps.size(); ++i) block(plan.steps[i], *reason);
}

}  // namespace monban
