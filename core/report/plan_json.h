// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/run/execute.h"

namespace monban {

/// CONTRACTS, "monban plan". facts: what the steps' expectations are compared with.
nlohmann::json planJson(const Plan& plan, const Facts& facts, Language language);

/// CONTRACTS, "monban apply" and "monban undo": the plan with what became of each step, against the server afterwards.
nlohmann::json outcomeJson(const Plan& plan, const Outcome& outcome, Language language);

/// CONTRACTS, "monban runs".
nlohmann::json runsJson(const JournalRuns& runs, Language language);

nlohmann::json toJson(const Action& action);

}  // namespace monban
