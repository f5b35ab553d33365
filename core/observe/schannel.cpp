// SPDX-License-Identifier: MIT
#include "core/observe/schannel.h"

#include "core/base/number.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr const char* kNearbyKeys[] = {R"(HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders)",
                                       R"(HKLM\SYSTEM\CurrentControlSet\Control\Lsa)",
                                       R"(HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters)"};
constexpr int kDeepest = 3;  // SCHANNEL\Protocols\TLS 1.2\Server

using Values = std::map<std::string, RegistryValue>;

bool isRight(const std::string& name, const RegistryValue& value)
{
    return value.type == "REG_DWORD" &&
           (equalsIgnoringCase(name, kSendTrustedIssuerList) || equalsIgnoringCase(name, kClientAuthTrustMode));
}

void addValues(RegistryReader& registry, const std::string& key, std::vector<RegistryEntry>& entries)
{
    const auto values = registry.values(key);
    if (!values) return;
    for (const auto& [name, value] : *values)
        if (!isRight(name, value) || key != kSchannelKey) entries.push_back({key, name, value.type, value.data});
}

void addBelow(RegistryReader& registry, const std::string& key, int depth, std::vector<RegistryEntry>& entries)
{
    const auto names = depth > 0 ? registry.subkeys(key) : std::vector<std::string>{};
    if (!names) return;
    for (const std::string& name : *names) {
        addValues(registry, key + "\\" + name, entries);
        addBelow(registry, key + "\\" + name, depth - 1, entries);
    }
}

}  // namespace

std::optional<std::uint32_t> dwordIn(const Values& values, const std::string& name)
{
    for (const auto& [key, value] : values)
        if (equalsIgnoringCase(key, name) && value.type == "REG_DWORD") return numberFrom<std::uint32_t>(value.data);
    return std::nullopt;
}

Result<SchannelFacts> schannelFrom(RegistryReader& registry)
{
    const auto present = registry.values(kSchannelKey);
    if (!present && present.error().code != ErrorCode::NotFound) return present.error();
    const Values values = present ? *present : Values{};
    SchannelFacts facts;
    facts.sendTrustedIssuerList = dwordIn(values, kSendTrustedIssuerList);
    facts.clientAuthTrustMode = dwordIn(values, kClientAuthTrustMode);
    addValues(registry, kSchannelKey, facts.otherValues);
    if (present) addBelow(registry, kSchannelKey, kDeepest, facts.otherValues);
    for (const char* key : kNearbyKeys) addValues(registry, key, facts.otherValues);
    return facts;
}

}  // namespace monban
