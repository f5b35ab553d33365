// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include "core/tls/probe.h"

namespace monban {

/// CONTRACTS, "monban verify".
nlohmann::json probeJson(const ProbeReport& report, Language language);

}  // namespace monban
