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

/// The latest run, where it has no end: it was cut off, or another Monban is still at work on it. nullptr: it has one.
const JournalRun* runWithoutEnd(const JournalRuns& journaled);

/// What is said to whoever looks of a run that was cut off, with the commands that go on with it or take it back; nothing while
/// somebody is at work. To whoever plans: that his plan goes on with it, if it does.
std::optional<Finding> cutOffFinding(const JournalRuns& journaled, const Server& server);
std::optional<Finding> cutOffFinding(const JournalRuns& journaled, const Server& server, const Plan& plan, const Facts& facts);

}  // namespace monban
