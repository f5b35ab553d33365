// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/run/execute.h"

namespace monban {

/// Keep or revert: settings that could shut people out stay only if somebody who still reaches the server says so. Until then the
/// run is noted in the journal as not kept (JournalRun::revertAfter), so that the next start knows, whatever became of this one.
constexpr std::chrono::seconds kTimeToKeep{60};

/// True for a plan that begins to require client certificates, or replaces the server certificate.
bool shallBeConfirmed(const Plan& plan);

/// The latest run that stands, where nobody has said yet that it is to be kept.
std::optional<JournalRun> unkeptRun(const JournalRuns& journaled);

/// Whether that run still waits for the word. A journal that cannot be read leaves it waiting.
bool waitsToBeKept(const std::string& run, const Server& server);

/// Lets a plan that will be kept or taken back go back after that time, and watches over it by a scheduled task. Returns why none can
/// (plan/task_command.h): then the question ends with the program that asks it.
std::optional<Error> shallRevert(Plan& plan, const Facts& facts, std::chrono::seconds time);

/// Whether such a task is part of the plan.
bool watches(const Plan& plan);

/// Says of that run (empty: of the one above) that it is to be kept, and removes the task that would take it back: one that stays
/// finds nothing to do, and removes itself. Errors: NotFound (no such run, or it waits for nobody's word), Busy, those of the journal.
Result<JournalRun> keepRun(const std::string& name, Server& server);

enum class KeepAnswer { None, Keep, TakeBack };
/// Asked several times a second, with the time that is left; it may wait a little itself.
using AskToKeep = std::function<KeepAnswer(std::chrono::seconds left)>;

/// Waits until the run of that outcome is kept, here or by another Monban, or the time is over; then takes it back. The outcome
/// says which: cancelled, and Outcome::takenBack.
void keepOrRevert(Outcome& outcome, const Plan& plan, Server& server, Progress& progress, std::chrono::seconds time, const AskToKeep& ask);

/// What the task kKeepTask runs: takes back the run nobody has kept in time, one that was cut off included, and removes the task when
/// nothing waits any more. Without an outcome: there was nothing to do, or not yet. Errors: those of takeBack().
Result<std::optional<Outcome>> takeBackOverdue(Server& server, Progress& progress, std::stop_token stop);

/// Whether the revocation check is not to be turned on again yet by a task: its time has not come, or the latest run waits for
/// somebody's word or was cut off, and would no longer be the latest. Errors: those of the journal.
Result<bool> isTooEarlyToResume(Server& server, Time notBefore);

/// Takes a run back as `undo` does. Errors: those of the journal; a step that could not go back is in the Outcome.
Result<Outcome> takeBack(const std::string& run, Server& server, Progress& progress, std::stop_token stop);

/// Where that run was taken back by somebody else meanwhile, the outcome says so.
void noteIfTakenBack(Outcome& outcome, const Server& server);

/// The same for the run of an outcome, which says then what became of it.
void goBack(Outcome& outcome, const Plan& plan, Server& server, Progress& progress);

}  // namespace monban
