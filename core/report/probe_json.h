// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include "core/pki/revocation.h"
#include "core/tls/probe.h"

namespace monban {

/// CONTRACTS, "monban verify". revocation: of the client's certificate, where its lists were asked for.
nlohmann::json probeJson(const ProbeReport& report, Language language, const std::optional<RevocationVerdict>& revocation = {});

}  // namespace monban
