// SPDX-License-Identifier: MIT
#include "core/practice/schannel_values.h"

#include <charconv>

namespace monban::practice {
namespace {

constexpr const char* kSendTrustedIssuerList = "SendTrustedIssuerList";
constexpr const char* kClientAuthTrustMode = "ClientAuthTrustMode";
constexpr const char* kNearbyKeys[] = {R"(HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders)",
                                       R"(HKLM\SYSTEM\CurrentControlSet\Control\Lsa)",
                                       R"(HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters)"};
constexpr int kDeepest = 3;  // SCHANNEL\Protocols\TLS 1.2\Server

using Values = std::map<std::string, RegistryValue>;

std::optional<std::uint32_t> dword(const Values& values, const char* name)
{
    for (const auto& [key, value] : values) {
        if (!equalsIgnoringCase(key, name) || value.type != "REG_DWORD") continue;
        std::uint32_t number = 0;
        const char* end = value.data.data() + value.data.size();
        if (std::from_chars(value.data.data(), end, number).ptr == end) return number;
    }
    return std::nullopt;
}

bool isRight(const std::string& name, const RegistryValue& value)
{
    return value.type == "REG_DWORD" &&
           (equalsIgnoringCase(name, kSendTrustedIssuerList) || equalsIgnoringCase(name, kClientAuthTrustMode));
}

void addValues(Backend& backend, const std::string& key, std::vector<RegistryEntry>& entries)
{
    const auto values = backend.registryKey(key);
    if (!values) return;
    for (const auto& [name, value] : *values)
        if (!isRight(name, value) || key != kSchannelKey) entries.push_back({key, name, value.type, value.data});
}

void addBelow(Backend& backend, const std::string& key, int depth, std::vector<RegistryEntry>& entries)
{
    const auto names = depth > 0 ? backend.registrySubkeys(key) : std::vector<std::string>{};
    if (!names) return;
    for (const std::string& name : *names) {
        addValues(backend, key + "\\" + name, entries);
        addBelow(backend, key + "\\" + name, depth - 1, entries);
    }
}

}  // namespace

Result<SchannelFacts> observeSchannel(Backend& backend, const Machine& machine)
{
    const auto present = backend.registryKey(kSchannelKey);
    if (!present && present.error().code != ErrorCode::NotFound) return present.error();
    const Values values = present ? *present : Values{};
    SchannelFacts facts;
    facts.sendTrustedIssuerList = dword(values, kSendTrustedIssuerList);
    facts.clientAuthTrustMode = dword(values, kClientAuthTrustMode);
    facts.restartPending = facts.sendTrustedIssuerList != dword(machine.schannelAtBoot, kSendTrustedIssuerList) ||
                           facts.clientAuthTrustMode != dword(machine.schannelAtBoot, kClientAuthTrustMode);
    addValues(backend, kSchannelKey, facts.otherValues);
    if (present) addBelow(backend, kSchannelKey, kDeepest, facts.otherValues);
    for (const char* key : kNearbyKeys) addValues(backend, key, facts.otherValues);
    return facts;
}

}  // namespace monban::practice
