// SPDX-License-Identifier: MIT
#pragma once
#include <stop_token>

#include "core/base/utf8.h"

namespace monban::cli {

/// The Task Scheduler of a practice server, as long as `practice serve` runs: starts what Monban itself has scheduled there, by the
/// server's own clock. No other program could run on it.
void runScheduledTasks(const fs::path& folder, const std::stop_token& stop);

}  // namespace monban::cli
