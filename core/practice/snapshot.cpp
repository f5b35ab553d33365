// SPDX-License-Identifier: MIT
#include "core/practice/snapshot.h"

#include <algorithm>
#include <charconv>

#include "core/base/number.h"
#include "core/observe/application_host.h"
#include "core/practice/site_path.h"

namespace monban::practice {
namespace {

/// "host:443" in its two parts; IPv6 addresses keep their brackets.
std::optional<std::pair<std::string, int>> split(const std::string& endpoint)
{
    const auto colon = endpoint.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    const auto port = numberFrom<int>(std::string_view(endpoint).substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) return std::nullopt;
    return std::pair(lowerAscii(endpoint.substr(0, colon)), *port);
}

bool isEverywhere(const std::string& address) { return address.empty() || address == "*"; }

std::optional<Endpoint> recordEndpoint(const SslRecord& record)
{
    if (record.family == RecordFamily::Ccs) return std::nullopt;
    const auto parts = split(record.endpoint);
    if (!parts) return std::nullopt;
    if (record.family == RecordFamily::HostNamePort) return Endpoint{true, "", parts->first, parts->second};
    return Endpoint{true, parts->first, "", parts->second};
}

/// "*.example.test" stands for one label more (RFC 6125, 6.4.3).
bool matchesWildcard(const std::string& pattern, const std::string& host)
{
    if (!pattern.starts_with("*.")) return false;
    const auto dot = host.find('.');
    return dot != std::string::npos && dot > 0 && host.substr(dot) == pattern.substr(1);
}

const SslRecord* find(const Snapshot& snapshot, RecordFamily family, const std::string& place, int port)
{
    for (const auto& record : snapshot.records) {
        if (record.family != family) continue;
        if (const auto parts = split(record.endpoint); parts && parts->second == port && parts->first == place)
            return &record;
    }
    return nullptr;
}

const SslRecord* findByName(const Snapshot& snapshot, const std::string& host, int port)
{
    if (host.empty()) return nullptr;
    if (const auto* exact = find(snapshot, RecordFamily::HostNamePort, host, port)) return exact;
    for (const auto& record : snapshot.records) {
        if (record.family != RecordFamily::HostNamePort) continue;
        const auto parts = split(record.endpoint);
        if (parts && parts->second == port && matchesWildcard(parts->first, host)) return &record;
    }
    return nullptr;
}

/// The record of the central store for that port, or for that name and port. Only a name tells which file to take.
const SslRecord* findCentral(const Snapshot& snapshot, const std::string& host, int port)
{
    const SslRecord* found = nullptr;
    if (host.empty()) return found;
    const std::string number = std::to_string(port);
    for (const auto& record : snapshot.records) {
        if (record.family != RecordFamily::Ccs) continue;
        if (lowerAscii(record.endpoint) == host + ":" + number) return &record;
        if (record.endpoint == number) found = &record;
    }
    return found;
}

/// How closely a binding fits, as http.sys ranks URL prefixes: host name, wildcard host, address, anything. 0: not.
int fit(const Binding& binding, const Endpoint& endpoint, const std::string& host)
{
    if (!equalsIgnoringCase(binding.protocol, endpoint.tls ? "https" : "http") || binding.port != endpoint.port) return 0;
    const std::string address = lowerAscii(binding.address.value_or(""));
    const std::string name = lowerAscii(binding.host.value_or(""));
    const bool everywhere = isEverywhere(address) || address == "0.0.0.0" || address == "[::]";
    // A listener that stands for a host name stands for every address.
    const bool sameAddress = everywhere || address == endpoint.address || !endpoint.host.empty();
    if (!sameAddress) return 0;
    const int byAddress = everywhere ? 0 : 1;
    if (!name.empty()) return name == host ? 6 + byAddress : matchesWildcard(name, host) ? 4 + byAddress : 0;
    return 1 + byAddress;
}

std::string locationOf(const Site& site, const std::string& path)
{
    std::string text = lowerAscii(path);
    while (text.ends_with('/')) text.pop_back();
    return lowerAscii(site.name) + text;
}

std::string lowerPath(std::string path)
{
    while (path.ends_with('/')) path.pop_back();
    while (path.starts_with('/')) path.erase(0, 1);
    return lowerAscii(path);
}

const Access* nearest(const Site& site, const std::string& path)
{
    const std::string wanted = locationOf(site, path);
    const Access* found = nullptr;
    std::size_t length = 0;
    for (const auto& access : site.access) {
        const std::string place = lowerPath(access.path);
        const bool above = wanted == place || wanted.starts_with(place + "/");
        if (above && place.size() >= length) {
            found = &access;
            length = place.size();
        }
    }
    return found;
}

bool isStopped(const Machine& machine, std::string_view service)
{
    return std::any_of(machine.stoppedServices.begin(), machine.stoppedServices.end(),
                       [&](const auto& entry) { return equalsIgnoringCase(entry.first, service); });
}

std::uint32_t numberIn(const std::map<std::string, RegistryValue>& values, std::string_view name)
{
    for (const auto& [key, value] : values) {
        if (!equalsIgnoringCase(key, name) || !equalsIgnoringCase(value.type, "REG_DWORD")) continue;
        std::uint32_t number = 0;
        std::from_chars(value.data.data(), value.data.data() + value.data.size(), number);
        return number;
    }
    return 0;
}

void addOnce(std::vector<Endpoint>& endpoints, const std::optional<Endpoint>& endpoint)
{
    if (endpoint && std::find(endpoints.begin(), endpoints.end(), *endpoint) == endpoints.end())
        endpoints.push_back(*endpoint);
}

}  // namespace

std::uint32_t Snapshot::schannel(const std::string& name) const { return numberIn(machine.schannelAtBoot, name); }

bool Snapshot::hasHttp3(const SslRecord& record) const
{
    constexpr std::uint32_t kNoHttp3 = record_flags::kDisableQuic | record_flags::kDisableTls13;
    return machine.build >= windows_build::kServer2022 && numberIn(machine.httpAtBoot, "EnableHttp3") == 1 &&
           (record.flags & kNoHttp3) == 0;
}

bool Snapshot::announcesHttp3(const SslRecord& record) const
{
    return hasHttp3(record) && numberIn(machine.httpAtBoot, "EnableAltSvc") == 1;
}

Result<Snapshot> readSnapshot(Backend& backend)
{
    Snapshot snapshot;
    // Where nobody may write, nobody writes between these readings either.
    const auto transaction = backend.transaction();
    auto machine = backend.machine();
    if (!machine) return machine.error();
    snapshot.machine = std::move(*machine);
    auto records = backend.records();
    if (!records) return records.error();
    snapshot.records = std::move(*records);
    const auto configuration = backend.configuration();
    auto sites = configuration ? sitesFromConfiguration(*configuration, siteReader(backend), siteLister(backend))
                               : configuration.error();
    if (!sites) snapshot.sitesProblem = sites.error();
    else std::copy_if(sites->begin(), sites->end(), std::back_inserter(snapshot.sites),
                      [](const Site& site) { return site.state == "Started"; });
    for (const char* service : {"HTTP", "W3SVC", "WAS"})
        if (isStopped(snapshot.machine, service)) snapshot.running = false;
    return snapshot;
}

std::optional<Endpoint> endpointOf(const Binding& binding)
{
    if (!binding.port || *binding.port < 1 || *binding.port > 65535) return std::nullopt;
    const std::string address = lowerAscii(binding.address.value_or(""));
    const std::string host = lowerAscii(binding.host.value_or(""));
    if (equalsIgnoringCase(binding.protocol, "http"))
        return Endpoint{false, isEverywhere(address) ? "*" : address, "", *binding.port};
    if (!equalsIgnoringCase(binding.protocol, "https")) return std::nullopt;
    const bool byName = !host.empty() && (binding.sslFlags & (binding_flags::kSni | binding_flags::kCentralStore));
    if (byName) return Endpoint{true, "", host, *binding.port};
    return Endpoint{true, isEverywhere(address) ? "0.0.0.0" : address, "", *binding.port};
}

std::vector<Endpoint> endpointsOf(const Snapshot& snapshot)
{
    std::vector<Endpoint> tls;
    std::vector<Endpoint> plain;
    for (const auto& site : snapshot.sites)
        for (const auto& binding : site.bindings)
            if (const auto endpoint = endpointOf(binding)) addOnce(endpoint->tls ? tls : plain, endpoint);
    for (const auto& record : snapshot.records) addOnce(tls, recordEndpoint(record));
    tls.insert(tls.end(), plain.begin(), plain.end());
    return tls;
}

const SslRecord* recordFor(const Snapshot& snapshot, const Endpoint& endpoint, const std::string& serverName)
{
    const bool wildcard = endpoint.address.empty() || endpoint.address == "0.0.0.0" || endpoint.address == "[::]";
    if (!wildcard)
        if (const auto* exact = find(snapshot, RecordFamily::IpPort, endpoint.address, endpoint.port)) return exact;
    if (const auto* named = findByName(snapshot, lowerAscii(serverName), endpoint.port)) return named;
    if (const auto* central = findCentral(snapshot, lowerAscii(serverName), endpoint.port)) return central;
    if (endpoint.address.starts_with("["))
        if (const auto* any = find(snapshot, RecordFamily::IpPort, "[::]", endpoint.port)) return any;
    return find(snapshot, RecordFamily::IpPort, "0.0.0.0", endpoint.port);
}

const Site* siteFor(const Snapshot& snapshot, const Endpoint& endpoint, const std::string& host, bool& known)
{
    const Site* found = nullptr;
    int best = 0;
    known = false;
    for (const auto& site : snapshot.sites)
        for (const auto& binding : site.bindings) {
            known = known || (binding.port == endpoint.port &&
                              equalsIgnoringCase(binding.protocol, endpoint.tls ? "https" : "http"));
            const int rank = fit(binding, endpoint, host);
            if (rank > best) {
                best = rank;
                found = &site;
            }
        }
    return found;
}

std::uint32_t accessFor(const Site& site, const std::string& path)
{
    const Access* access = nearest(site, path);
    return access ? access->flags : 0;
}

std::uint32_t configurationTrouble(const Site& site, const std::string& path)
{
    constexpr std::uint32_t kLockViolation = 0x80070021;  // HRESULT of ERROR_LOCK_VIOLATION
    constexpr std::uint32_t kInvalidData = 0x8007000d;    // and of ERROR_INVALID_DATA
    const std::string wanted = locationOf(site, path);
    for (const WebConfig& file : site.webConfigs) {
        const std::string place = lowerPath(file.path);
        if (wanted != place && !wanted.starts_with(place + "/")) continue;
        if (file.broken) return kInvalidData;
        if (file.locked && file.problem.empty()) return kLockViolation;
    }
    return 0;
}

bool hasLocation(const Site& site, const std::string& path)
{
    const Access* access = nearest(site, path);
    return access && lowerPath(access->path) != lowerAscii(site.name);
}

}  // namespace monban::practice
