// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/plan/plan.h"
#include "core/run/journal.h"

namespace monban {

/// The latest run, where it was cut off on the way to what this plan wants: it goes on, so that one undo takes back all of
/// it. Whether the step that was cut off had come true is read from the facts. What it had taken away on the way (a record
/// to be made anew, a service to be started again) says nothing.
std::optional<JournalRun> interruptedRun(const Journal& journal, const Plan& plan, const Facts& facts);

}  // namespace monban
