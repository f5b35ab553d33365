// SPDX-License-Identifier: MIT
#include "core/plan/record_command.h"

namespace monban {
namespace {

using namespace record_flags;

struct FlagParameter {
    std::uint32_t bit;
    const char* parameter;
    int since;  ///< Windows build
};

/// WINDOWS-FACTS 1.1; builds of the help texts seen first-hand, the rest by the tables' "since" column.
constexpr FlagParameter kParameters[] = {
    {kDsMapper, "dsmapperusage", 0},
    {kNegotiateClientCertificate, "clientcertnegotiation", 0},
    {kReject, "reject", windows_build::kServer2016},
    {kDisableHttp2, "disablehttp2", windows_build::kServer2016},
    {kDisableQuic, "disablequic", windows_build::kServer2019},
    {kDisableTls13, "disabletls13", windows_build::kServer2019},
    {kDisableOcspStapling, "disableocspstapling", windows_build::kServer2019},
    {kEnableTokenBinding, "enabletokenbinding", windows_build::kServer2022},
    {kLogExtendedEvents, "logextendedevents", windows_build::kServer2022},
    {kDisableLegacyTls, "disablelegacytls", windows_build::kServer2019},
    {kEnableSessionTicket, "enablesessionticket", windows_build::kServer2022},
    {kDisableTls12, "disabletls12", windows_build::kServer2019},
    {kDisableSessionId, "disablesessionid", windows_build::kServer2025},
};

const char* enabled(bool value) { return value ? "enable" : "disable"; }

}  // namespace

std::uint32_t netshFlags(int build)
{
    std::uint32_t flags = 0;
    for (const FlagParameter& parameter : kParameters)
        if (build >= parameter.since) flags |= parameter.bit;
    return flags;
}

bool netshCanWrite(const SslRecord& record, int build)
{
    using namespace check_mode;
    constexpr std::uint32_t kKnownModes = kNoRevocationCheck | kCachedRevocationOnly | kUseFreshnessTime | kNoUsageCheck;
    if (record.flags & ~netshFlags(build)) return false;
    if (record.checkMode & ~kKnownModes) return false;
    // netsh takes quotation marks within a value away, as it does those around one.
    for (const std::string* text : {&record.store, &record.ctlIdentifier, &record.ctlStore})
        if (text->find('"') != std::string::npos) return false;
    // netsh sets the freshness bit exactly when a time is given.
    return ((record.checkMode & kUseFreshnessTime) != 0) == (record.freshnessSeconds != 0);
}

bool netshCanUpdate(int build) { return build >= windows_build::kServer2019; }

Command netshWrite(const std::string& netsh, const char* verb, const SslRecord& record)
{
    Command command{netsh, {"http", verb, "sslcert", std::string(name(record.family)) + "=" + record.endpoint}};
    const auto add = [&](const char* key, const std::string& value) { command.arguments.push_back(std::string(key) + "=" + value); };
    if (!record.thumbprint.empty()) add("certhash", record.thumbprint);
    add("appid", record.appId);
    if (record.family != RecordFamily::Ccs) add("certstorename", record.store.empty() ? "MY" : record.store);
    add("verifyclientcertrevocation", enabled(record.checksRevocation()));
    if (record.cachedRevocationOnly()) add("verifyrevocationwithcachedclientcertonly", "enable");
    if (!record.checksUsage()) add("usagecheck", "disable");
    if (record.freshnessSeconds != 0) add("revocationfreshnesstime", std::to_string(record.freshnessSeconds));
    if (record.timeoutMilliseconds != 0) add("urlretrievaltimeout", std::to_string(record.timeoutMilliseconds));
    if (!record.ctlIdentifier.empty()) add("sslctlidentifier", record.ctlIdentifier);
    if (!record.ctlStore.empty()) add("sslctlstorename", record.ctlStore);
    add("clientcertnegotiation", enabled(record.negotiatesClientCertificate()));
    for (const FlagParameter& parameter : kParameters)
        if (parameter.bit != kNegotiateClientCertificate && (record.flags & parameter.bit)) add(parameter.parameter, "enable");
    return command;
}

Command netshDelete(const std::string& netsh, RecordFamily family, const std::string& endpoint)
{
    return {netsh, {"http", "delete", "sslcert", std::string(name(family)) + "=" + endpoint}};
}

}  // namespace monban
