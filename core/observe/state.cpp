// SPDX-License-Identifier: MIT
#include "core/observe/state.h"

#include <algorithm>

#include "core/base/number.h"
#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/pki/request.h"

namespace monban {
namespace {

constexpr const char* kAbsent = "absent";
constexpr const char* kPresent = "present";
constexpr const char* kNone = "none";

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

const char* truth(bool value) { return value ? "true" : "false"; }
std::string orNone(const std::string& text) { return text.empty() ? kNone : text; }

/// Every field of a record, so that none can be lost without being noticed.
std::vector<FactLine> recordFields(const SslRecord& r)
{
    return {
        {"thumbprint", orNone(r.thumbprint)},
        {"app_id", r.appId},
        {"store", storeSpelling(r.store.empty() ? "MY" : r.store)},
        {"ctl_identifier", orNone(r.ctlIdentifier)},
        {"ctl_store", r.ctlStore.empty() ? kNone : storeSpelling(r.ctlStore)},
        {"negotiate_client_certificate", truth(r.negotiatesClientCertificate())},
        {"check_revocation", truth(r.checksRevocation())},
        {"cached_only", truth(r.cachedRevocationOnly())},
        {"usage_check", truth(r.checksUsage())},
        {"freshness_seconds", std::to_string(r.freshnessSeconds)},
        {"timeout_milliseconds", std::to_string(r.timeoutMilliseconds)},
        {"ds_mapper", truth(r.mapsToDirectory())},
        {"flags", std::to_string(r.flags)},
        {"check_mode", std::to_string(r.checkMode)},
    };
}

/// A state's facts below its subject: name of the part ("" for the thing itself) and value.
std::vector<FactLine> parts(const State& state)
{
    return std::visit(
        Overloaded{
            [](const CertificateState& s) {
                std::vector<FactLine> lines{{"", s.present ? kPresent : kAbsent}};
                lines.push_back({"has_private_key", s.present ? truth(s.key) : kAbsent});
                lines.push_back({"friendly_name", s.present ? orNone(s.friendlyName.value_or("")) : kAbsent});
                return lines;
            },
            [](const RecordState& s) {
                if (s.record) return recordFields(*s.record);
                return std::vector<FactLine>{{"", kAbsent}};
            },
            [](const BindingState& s) {
                std::vector<FactLine> lines{{"", s.sslFlags ? kPresent : kAbsent}};
                lines.push_back({"ssl_flags", s.sslFlags ? std::to_string(*s.sslFlags) : kAbsent});
                return lines;
            },
            [](const AccessState& s) {
                return std::vector<FactLine>{{"ssl_flags", accessText(s.effective)}, {"inherited", truth(!s.own)}};
            },
            [](const RegistryState& s) {
                const std::string other = s.otherType.empty() ? kAbsent : s.otherType + " " + s.otherData;
                return std::vector<FactLine>{{"", s.value ? std::to_string(*s.value) : other}};
            },
            [](const FileState& s) {
                return std::vector<FactLine>{{"", s.content ? kPresent : kAbsent}, {"sha256", s.content ? sha256Hex(*s.content) : kAbsent}};
            },
            [](const RequestState& s) {
                if (!s.present) return std::vector<FactLine>{{"", kAbsent}};
                return std::vector<FactLine>{{"", kPresent}, {"subject", s.subject}, {"names", orNone(s.names)}, {"key", s.key}};
            },
            [](const CrlCacheState& s) {
                return std::vector<FactLine>{{"", std::to_string(s.lists)}};
            },
            [](const ServiceState& s) {
                return std::vector<FactLine>{{"", s.running ? "running" : "stopped"}};
            },
            [](const TaskState& s) {
                if (!s.task) return std::vector<FactLine>{{"", kAbsent}};
                return std::vector<FactLine>{{"", kPresent}, {"command", s.task->command}, {"every_minutes", std::to_string(s.task->everyMinutes)}, {"user", s.task->user}};
            },
            [](const CrlState& s) {
                return std::vector<FactLine>{{"", s.present ? kPresent : kAbsent}};
            },
        },
        state);
}

std::string factName(const State& state, const std::string& part)
{
    return part.empty() ? subjectOf(state) : subjectOf(state) + "." + part;
}

/// Which parts of a wanted state are asked for.
bool asked(const State& wanted, const FactLine& line)
{
    if (const auto* certificate = std::get_if<CertificateState>(&wanted)) {
        if (line.fact == "has_private_key") return certificate->present && certificate->key;
        if (line.fact == "friendly_name") return certificate->present && certificate->friendlyName.has_value();
    }
    if (const auto* binding = std::get_if<BindingState>(&wanted)) return line.fact.empty() || binding->sslFlags.has_value();
    if (const auto* file = std::get_if<FileState>(&wanted)) return line.fact.empty() || file->content.has_value();
    if (const auto* access = std::get_if<AccessState>(&wanted)) return (line.fact == "inherited") == !access->own;
    return true;
}

Observed<State> seenCertificate(const CertificateState& like, const Facts& facts)
{
    const auto store = storeOf(facts, like.store);
    if (!store) return {store.error(), store.at()};
    CertificateState seen{like.store, like.thumbprint, false, false, std::nullopt, {}};
    for (const StoredCertificate& entry : *store)
        if (entry.certificate.thumbprintSha1 == like.thumbprint)
            seen = {like.store, like.thumbprint, true, entry.hasPrivateKey(), entry.friendlyName, entry.certificate.der};
    return {State(seen), store.at()};
}

Observed<State> seenBinding(const BindingState& like, const Facts& facts)
{
    if (!facts.sites) return {facts.sites.error(), facts.sites.at()};
    BindingState seen{like.site, like.protocol, like.information, std::nullopt};
    if (const Site* site = siteNamed(*facts.sites, like.site))
        for (const Binding& binding : site->bindings)
            if (equalsIgnoringCase(binding.protocol, like.protocol) && equalsIgnoringCase(binding.information, like.information))
                seen.sslFlags = binding.sslFlags;
    return {State(seen), facts.sites.at()};
}

Observed<State> seenAccess(const AccessState& like, const Facts& facts)
{
    if (!facts.sites) return {facts.sites.error(), facts.sites.at()};
    AccessState seen{like.path, std::nullopt, 0};
    // The nearest path above that says something counts; the site itself is always listed.
    std::size_t longest = 0;
    for (const Site& site : *facts.sites) {
        for (const Access& access : site.access) {
            const std::string& path = access.path;
            const bool same = equalsIgnoringCase(path, like.path);
            const bool above = like.path.size() > path.size() && like.path[path.size()] == '/' &&
                               equalsIgnoringCase(like.path.substr(0, path.size()), path);
            if (!(same || above) || path.size() < longest) continue;
            longest = path.size();
            seen.effective = access.flags;
            if (same && !access.inherited) seen.own = access.webConfig.empty() ? access.flags : access.serverFlags;
        }
    }
    return {State(seen), facts.sites.at()};
}

Observed<State> seenRequest(const RequestState& like, const Facts& facts)
{
    const auto file = fileIn(facts, like.file);
    if (!file) return {file.error(), file.at()};
    // The key may be in any of these; one that cannot be read must not look like a key that is gone.
    for (const char* name : kWhereKeysAre)
        if (const auto store = storeOf(facts, name); !store) return {store.error(), store.at()};
    RequestState seen{like.file, false, {}, {}, {}, {}};
    const auto request = *file ? parseRequest(**file) : Result<Request>(Error{});
    if (!request && !like.thumbprint.empty()) {
        // The file was moved; the request waits all the same.
        const auto pending = storeOf(facts, "REQUEST");
        for (const StoredCertificate& entry : *pending)
            if (entry.certificate.thumbprintSha1 == like.thumbprint && entry.hasPrivateKey()) {
                RequestState waiting = like;
                waiting.present = true;
                return {State(waiting), file.at()};
            }
    }
    const auto holder = request ? keyHolder(facts, request->publicKeyDer, kWhereKeysAre) : std::nullopt;
    if (holder) {
        seen.present = true;
        seen.subject = request->subject;
        seen.names = namesText(request->dnsNames, request->ipAddresses);
        seen.key = request->key.algorithm + " " + std::to_string(request->key.bits);
        seen.keySha256 = sha256Hex(request->publicKeyDer);
        if (holder->store == "REQUEST") seen.thumbprint = holder->entry->certificate.thumbprintSha1;
    }
    return {State(seen), file.at()};
}

Observed<State> seenValue(const RegistryState& like, const Facts& facts)
{
    if (!facts.schannel) return {facts.schannel.error(), facts.schannel.at()};
    RegistryState seen{like.name, std::nullopt};
    if (equalsIgnoringCase(like.name, "SendTrustedIssuerList")) seen.value = facts.schannel->sendTrustedIssuerList;
    if (equalsIgnoringCase(like.name, "ClientAuthTrustMode")) seen.value = facts.schannel->clientAuthTrustMode;
    for (const RegistryEntry& entry : facts.schannel->otherValues) {
        if (seen.value || !equalsIgnoringCase(entry.name, like.name) || !equalsIgnoringCase(entry.key, kSchannelKey)) continue;
        if (const auto number = numberFrom<std::uint32_t>(entry.data); number && entry.type == "REG_DWORD") {
            seen.value = *number;
        } else {
            seen.otherType = entry.type;
            seen.otherData = entry.data;
        }
    }
    return {State(seen), facts.schannel.at()};
}

}  // namespace

Observed<State> observedState(const State& like, const Facts& facts)
{
    return std::visit(
        Overloaded{
            [&](const CertificateState& s) { return seenCertificate(s, facts); },
            [&](const RecordState& s) -> Observed<State> {
                if (!facts.records) return {facts.records.error(), facts.records.at()};
                RecordState seen{s.family, s.endpoint, std::nullopt};
                if (const SslRecord* record = recordAt(*facts.records, s.family, s.endpoint)) seen.record = *record;
                return {State(seen), facts.records.at()};
            },
            [&](const BindingState& s) { return seenBinding(s, facts); },
            [&](const AccessState& s) { return seenAccess(s, facts); },
            [&](const RegistryState& s) { return seenValue(s, facts); },
            [&](const FileState& s) -> Observed<State> {
                const auto file = fileIn(facts, s.path);
                if (!file) return {file.error(), file.at()};
                return {State(FileState{s.path, *file}), file.at()};
            },
            [&](const RequestState& s) { return seenRequest(s, facts); },
            [&](const CrlCacheState& s) -> Observed<State> {
                if (!facts.crlCache) return {facts.crlCache.error(), facts.crlCache.at()};
                return {State(CrlCacheState{s.of, s.of == CrlCacheState::Of::Caller ? facts.crlCache->callersLists : facts.crlCache->servicesCurrent}),
                        facts.crlCache.at()};
            },
            [&](const ServiceState& s) -> Observed<State> {
                const auto service = facts.services.find(s.name);
                if (service == facts.services.end() || !service->second)
                    return service == facts.services.end() ? Observed<State>() : Observed<State>(service->second.error(), service->second.at());
                return {State(ServiceState{s.name, *service->second}), service->second.at()};
            },
            [&](const TaskState& s) -> Observed<State> {
                if (!facts.tasks) return {facts.tasks.error(), facts.tasks.at()};
                TaskState seen{s.name, std::nullopt};
                for (const ScheduledTask& task : *facts.tasks)
                    if (equalsIgnoringCase(task.name, s.name)) seen.task = ScheduledTask{s.name, task.command, task.everyMinutes, task.user};
                return {State(seen), facts.tasks.at()};
            },
            [&](const CrlState& s) -> Observed<State> {
                if (!facts.storedCrls) return {facts.storedCrls.error(), facts.storedCrls.at()};
                const bool isThere = std::ranges::any_of(*facts.storedCrls, [&](const StoredCrl& one) { return one.thumbprint == s.thumbprint; });
                return {State(CrlState{s.thumbprint, isThere, s.issuer}), facts.storedCrls.at()};
            },
        },
        like);
}

bool satisfies(const State& seen, const State& wanted)
{
    // As valueAt() would say line by line, with each state taken apart once.
    const auto have = parts(seen);
    const auto wants = parts(wanted);
    return std::all_of(wants.begin(), wants.end(), [&](const FactLine& want) {
        if (!asked(wanted, want)) return true;
        const auto found = std::find_if(have.begin(), have.end(), [&](const FactLine& one) { return one.fact == want.fact; });
        return (found != have.end() ? found->value : want.fact.empty() ? kPresent : kAbsent) == want.value;
    });
}

std::vector<FactLine> factLines(const State& wanted)
{
    std::vector<FactLine> lines;
    for (const FactLine& part : parts(wanted))
        if (asked(wanted, part)) lines.push_back({factName(wanted, part.fact), part.value});
    return lines;
}

std::string valueAt(const State& state, const std::string& fact)
{
    for (const FactLine& part : parts(state))
        if (factName(state, part.fact) == fact) return part.value;
    // A record that is there where none is wanted, or the reverse: one side has fields, the other only its absence.
    return fact == subjectOf(state) ? kPresent : kAbsent;
}

std::optional<std::string> fileOf(const State& state)
{
    if (const auto* file = std::get_if<FileState>(&state)) return file->path;
    if (const auto* request = std::get_if<RequestState>(&state)) return request->file;
    return std::nullopt;
}

std::string namesText(const std::vector<std::string>& dnsNames, const std::vector<std::string>& ipAddresses)
{
    std::string text;
    for (const std::string& name : dnsNames) text += (text.empty() ? "DNS:" : ", DNS:") + name;
    for (const std::string& address : ipAddresses) text += (text.empty() ? "IP:" : ", IP:") + address;
    return text;
}

std::string subjectOf(const State& state)
{
    return std::visit(
        Overloaded{
            [](const CertificateState& s) { return "stores[" + storeSpelling(s.store) + "][" + s.thumbprint + "]"; },
            [](const RecordState& s) { return std::string("ssl_records[") + name(s.family) + "=" + s.endpoint + "]"; },
            [](const BindingState& s) { return "sites[" + s.site + "].bindings[" + s.protocol + "/" + s.information + "]"; },
            [](const AccessState& s) { return "access[" + s.path + "]"; },
            [](const RegistryState& s) {
                if (equalsIgnoringCase(s.name, "SendTrustedIssuerList")) return std::string("registry.send_trusted_issuer_list");
                if (equalsIgnoringCase(s.name, "ClientAuthTrustMode")) return std::string("registry.client_auth_trust_mode");
                return "registry." + s.name;
            },
            [](const FileState& s) { return "files[" + s.path + "]"; },
            [](const RequestState& s) { return "requests[" + s.file + "]"; },
            [](const CrlCacheState& s) { return std::string("crl_cache.") + (s.of == CrlCacheState::Of::Caller ? "caller" : "services") + ".current_lists"; },
            [](const ServiceState& s) { return "services[" + s.name + "]"; },
            [](const TaskState& s) { return "tasks[" + s.name + "]"; },
            [](const CrlState& s) { return "crls[CA][" + s.thumbprint + "]"; },
        },
        state);
}

}  // namespace monban
