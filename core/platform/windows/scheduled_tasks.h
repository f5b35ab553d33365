// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/base/result.h"
#include "core/observe/scheduled_task.h"
#include "core/platform/windows/registry.h"

namespace monban::windows {

/// The tasks in the scheduler's folder kTaskFolder, out of the files in which it keeps them (System32\Tasks). Any user may put a file
/// there: it is a task only where the scheduler's own list in the registry, which only administrators write, has it as well. One whose
/// file cannot be read or is damaged is there, and is nothing that anybody would want. Errors: Denied, Io: of the folder.
Result<std::vector<ScheduledTask>> scheduledTasks(Registry& registry);

}  // namespace monban::windows
