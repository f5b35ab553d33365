// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/run/execute.h"

namespace monban {

/// Executes a renewal's plan and looks at each of its records before and after as a visitor does: the new certificate has
/// to be shown, and client certificates asked for as before, with the same CA names. Where a step fails or a visitor meets
/// something else, or the user cancels, everything goes back by itself (Outcome::takenBack). A record whose certificate
/// was not shown before (nobody answered, a record for the host name answers, it has the new one already) is looked at
/// afterwards only, and does not count as a failure (kNotVisited).
constexpr const char* kNotVisited = "renewal-not-visited";
Outcome renew(const Plan& plan, Server& server, const Materials& materials, Progress& progress, std::stop_token stop);

}  // namespace monban
