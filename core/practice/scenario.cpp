// SPDX-License-Identifier: MIT
#include "core/practice/scenario.h"

#include <algorithm>

namespace monban::practice {
namespace {

/// IIS just installed: nothing of the set-up is there yet.
Result<Done> prepareFresh(ScenarioServer&) { return Done{}; }

}  // namespace

const std::vector<Scenario>& scenarios()
{
    static const std::vector<Scenario> kScenarios = {{"fresh", prepareFresh}};
    return kScenarios;
}

Result<Scenario> scenarioNamed(const std::string& name)
{
    std::string known;
    for (const auto& scenario : scenarios()) {
        if (scenario.name == name) return scenario;
        known += (known.empty() ? "" : ", ") + std::string(scenario.name);
    }
    return Error{ErrorCode::InvalidInput,
                 {tr("There is no practice scenario named {0}. Choose one of these: {1}."), {name, known}},
                 "unknown scenario"};
}

}  // namespace monban::practice
