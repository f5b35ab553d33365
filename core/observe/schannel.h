// SPDX-License-Identifier: MIT
#pragma once
#include "core/observe/facts.h"
#include "core/observe/registry.h"

namespace monban {

/// The SCHANNEL key: its two values, what else stands there, and values that bear such a name in keys near it, where a
/// recipe may have put them by mistake. Whether a restart is pending is for the server to say: restartPending stays false.
Result<SchannelFacts> schannelFrom(RegistryReader& registry);

/// The number of a REG_DWORD of that name, case ignored; nothing where there is none.
std::optional<std::uint32_t> dwordIn(const std::map<std::string, RegistryValue>& values, const std::string& name);

constexpr const char* kSendTrustedIssuerList = "SendTrustedIssuerList";
constexpr const char* kClientAuthTrustMode = "ClientAuthTrustMode";

}  // namespace monban
