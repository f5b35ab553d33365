// SPDX-License-Identifier: MIT
#include "core/report/status_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/base/json_null.h"
#include "core/observe/pitfalls.h"
#include "core/observe/state.h"
#include "core/pki/inspect.h"
#include "core/report/pitfalls_json.h"

namespace monban {
namespace {

using nlohmann::json;

json machineJson(const Facts& facts)
{
    if (!facts.machine)
        return {{"name", nullptr}, {"os", {{"name", nullptr}, {"build", nullptr}}}, {"iis", {{"installed", nullptr}, {"version", nullptr}}},
                {"elevated", nullptr}, {"clock", nullptr}, {"proxy", nullptr}};
    const MachineFacts& machine = *facts.machine;
    return {{"name", machine.name},
            {"os", {{"name", machine.osName}, {"build", machine.build}}},
            {"iis", {{"installed", machine.iisInstalled}, {"version", machine.iisInstalled ? json(machine.iisVersion) : json(nullptr)}}},
            {"elevated", machine.elevated},
            {"clock", rfc3339(machine.clock)},
            {"proxy", machine.proxy ? json{{"servers", machine.proxy->servers}, {"bypass", machine.proxy->bypass}} : json(nullptr)}};
}

json siteJson(const Site& site)
{
    json bindings = json::array();
    for (const Binding& binding : site.bindings)
        bindings.push_back({{"protocol", binding.protocol},
                            {"information", binding.information},
                            {"address", orNull(binding.address)},
                            {"port", orNull(binding.port)},
                            {"host", orNull(binding.host)},
                            {"ssl_flags", binding.sslFlags}});
    json access = json::array();
    for (const Access& one : site.access)
        access.push_back({{"path", one.path}, {"ssl_flags", accessNames(one.flags)}, {"inherited", one.inherited},
                          {"web_config", one.webConfig.empty() ? json(nullptr) : json(one.webConfig)}});
    return {{"name", site.name}, {"id", site.id}, {"state", site.state}, {"bindings", std::move(bindings)}, {"access", std::move(access)}};
}

/// One order whatever the folder or the system lists first, so that two states can be compared as text.
json storesJson(const Stores& stores)
{
    json object = json::object();
    for (const auto& [name, store] : stores) {
        if (!store || store->empty()) continue;
        std::vector<const StoredCertificate*> entries;
        for (const StoredCertificate& entry : *store) entries.push_back(&entry);
        std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) {
            return a->certificate.thumbprintSha1 < b->certificate.thumbprintSha1;
        });
        for (const StoredCertificate* entry : entries)
            object[name].push_back(toJson(entry->certificate, entry->hasPrivateKey(), entry->friendlyName));
    }
    return object;
}

json recordsJson(const Facts& facts)
{
    json list = json::array();
    if (!facts.records) return list;
    std::vector<SslRecord> records = *facts.records;
    std::sort(records.begin(), records.end(), [](const SslRecord& a, const SslRecord& b) {
        return std::pair(a.family, a.endpoint) < std::pair(b.family, b.endpoint);
    });
    for (const SslRecord& record : records) list.push_back(toJson(record));
    return list;
}

json crlsJson(const Facts& facts)
{
    json list = json::array();
    if (!facts.storedCrls) return list;
    for (const StoredCrl& one : *facts.storedCrls)
        list.push_back({{"store", "CA"},
                        {"thumbprint_sha1", one.thumbprint},
                        {"issuer", one.crl.issuer},
                        {"this_update", rfc3339(one.crl.thisUpdate)},
                        {"next_update", one.crl.nextUpdate ? json(rfc3339(*one.crl.nextUpdate)) : json(nullptr)}});
    std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return a["thumbprint_sha1"] < b["thumbprint_sha1"]; });
    return list;
}

json tasksJson(const Facts& facts)
{
    json list = json::array();
    if (!facts.tasks) return list;
    for (const ScheduledTask& one : *facts.tasks)
        list.push_back({{"name", one.name}, {"command", one.command}, {"every_minutes", one.everyMinutes}, {"user", one.user}});
    std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return a["name"] < b["name"]; });
    return list;
}

json unreadableJson(const Facts& facts, Language language)
{
    json list = json::array();
    const auto check = [&](const std::string& section, const auto& observed) {
        if (!observed) list.push_back({{"section", section}, {"reason", inLanguage(observed.error().message, language)}});
    };
    check("machine", facts.machine);
    check("sites", facts.sites);
    check("shared_configuration", facts.sharedConfiguration);
    check("ssl_records", facts.records);
    check("stores", facts.storeList);
    for (const auto& [name, store] : facts.stores) check("stores." + name, store);
    check("registry", facts.schannel);
    check("crls", facts.storedCrls);
    check("tasks", facts.tasks);
    return list;
}

}  // namespace

json statusJson(const Facts& facts, Language language)
{
    json sites = json::array();
    if (facts.sites)
        for (const Site& site : *facts.sites) sites.push_back(siteJson(site));
    json registry = {{"send_trusted_issuer_list", nullptr}, {"client_auth_trust_mode", nullptr}};
    if (facts.schannel) {
        registry["send_trusted_issuer_list"] = orNull(facts.schannel->sendTrustedIssuerList);
        registry["client_auth_trust_mode"] = orNull(facts.schannel->clientAuthTrustMode);
    }
    return {{"machine", machineJson(facts)},
            {"shared_configuration", facts.sharedConfiguration ? orNull(*facts.sharedConfiguration) : json(nullptr)},
            {"sites", std::move(sites)},
            {"ssl_records", recordsJson(facts)},
            {"stores", storesJson(facts.stores)},
            {"registry", std::move(registry)},
            {"crls", crlsJson(facts)},
            {"tasks", tasksJson(facts)},
            {"pitfalls", pitfallsJson(pitfalls(facts), language)},
            {"unreadable", unreadableJson(facts, language)}};
}

nlohmann::json driftJson(const std::vector<Deviation>& deviations, Language language)
{
    nlohmann::json list = nlohmann::json::array();
    for (const Deviation& one : deviations)
        for (const Deviation::Line& line : one.lines)
            list.push_back({{"fact", line.fact},
                            {"expected", line.expected},
                            {"found", line.found},
                            {"run", one.approved.run},
                            {"approved", rfc3339(one.approved.at)},
                            {"author", inLanguage(one.author, language)}});
    return list;
}

}  // namespace monban
