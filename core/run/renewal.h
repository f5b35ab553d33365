// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/run/execute.h"

namespace monban {

/// Executes a renewal's plan and looks at each of its records before and after as a visitor does: the new certificate has
/// to be shown, and client certificates asked for as before, with the same CA names. Where a step fails or a visitor meets
/// something else, or the user cancels, everything goes back by itself (Outcome::takenBack). Records at which nobody
/// answered before are named and not judged.
Outcome renew(const Plan& plan, Server& server, const Materials& materials, Progress& progress, std::stop_token stop);

}  // namespace monban
