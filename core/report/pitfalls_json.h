// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include <vector>

#include "core/pki/finding.h"

namespace monban {

/// Findings about a server: as those about files, and whether a plan can mend each (`mendable`).
nlohmann::json pitfallsJson(const std::vector<Finding>& pitfalls, Language language);

}  // namespace monban
