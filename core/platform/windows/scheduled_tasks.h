// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/base/result.h"
#include "core/observe/scheduled_task.h"

namespace monban::windows {

/// The tasks in the scheduler's folder kTaskFolder, out of the files in which it keeps them (System32\Tasks), which only
/// administrators may read. Errors: Damaged, Denied, Io.
Result<std::vector<ScheduledTask>> scheduledTasks();

}  // namespace monban::windows
