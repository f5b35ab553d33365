// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"

namespace monban::windows {

/// Whether that service runs (running, or on its way there). Errors: NotFound (this Windows has none of that name), Denied.
Result<bool> serviceRuns(const std::string& name);

/// A service that is stopped together with another one, because it depends on it.
struct Dependent {
    std::string name;
    bool runs = false;
};
/// All of them, those that depend on dependents included; those that have to be stopped first come first.
Result<std::vector<Dependent>> dependentsOf(const std::string& name);

}  // namespace monban::windows
