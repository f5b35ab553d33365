// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/practice/backend.h"
#include "core/practice/starting_material.h"

namespace monban::practice {

/// A new practice server, complete and as freshly installed, that a scenario may change further.
struct ScenarioServer {
    Backend& backend;
    StartingMaterial& material;
    fs::path folder;
    Time now{};
};

/// A state of a practice server by name (`monban practice new --scenario NAME`).
struct Scenario {
    const char* name;
    Result<Done> (*prepare)(ScenarioServer& server);
};

/// Every scenario there is; the first one is what a new server gets when nobody asks.
const std::vector<Scenario>& scenarios();
/// Errors: InvalidInput, naming the scenarios there are.
Result<Scenario> scenarioNamed(const std::string& name);

}  // namespace monban::practice
