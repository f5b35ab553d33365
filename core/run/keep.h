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

/// Says of that run (empty: of the one above) that it is to be kept. Errors: NotFound (no such run, or it waits for nobody's word), Busy, those of the journal.
Result<JournalRun> keepRun(const std::string& name, const Server& server);

enum class KeepAnswer { None, Keep, TakeBack };
/// Asked several times a second, with the time that is left; it may wait a little itself.
using AskToKeep = std::function<KeepAnswer(std::chrono::seconds left)>;

/// Waits until the run of that outcome is kept, here or by another Monban, or the time is over; then takes it back. The outcome
/// says which: cancelled, and Outcome::takenBack.
void keepOrRevert(Outcome& outcome, const Plan& plan, Server& server, Progress& progress, std::chrono::seconds time, const AskToKeep& ask);

/// Takes a run back as `undo` does. Errors: those of the journal; a step that could not go back is in the Outcome.
Result<Outcome> takeBack(const std::string& run, Server& server, Progress& progress, std::stop_token stop);

/// The same for the run of an outcome, which says then what became of it.
void goBack(Outcome& outcome, const Plan& plan, Server& server, Progress& progress);

}  // namespace monban
