// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/observe/facts.h"

namespace monban {

/// CONTRACTS, "monban status".
nlohmann::json statusJson(const Facts& facts, Language language);

}  // namespace monban
