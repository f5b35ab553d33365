// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/observe/facts.h"
#include "core/plan/drift.h"

namespace monban {

/// CONTRACTS, "monban status".
nlohmann::json statusJson(const Facts& facts, Language language);

/// What is no longer as it was approved; with the run that had left it so, and who is likely to have changed it.
nlohmann::json driftJson(const std::vector<Deviation>& deviations, Language language);

}  // namespace monban
