// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/practice/backend.h"

namespace monban::lab {

/// Keeps the tasks where Task Scheduler has its files (System32\Tasks), in its encoding and by its schema, and its list of them in the
/// registry: what is no longer a task has none there. Only of those in a folder of their own, since Wine's own tasks lie beside.
Result<Done> writeTaskFiles(const std::vector<practice::ScheduledTask>& tasks);

}  // namespace monban::lab
