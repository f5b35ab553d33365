// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/observe/server.h"
#include "core/plan/plan.h"
#include "core/run/journal.h"

namespace monban {

enum class StepOutcome { Done, Skipped, Failed, NotRun };
const char* name(StepOutcome outcome);

enum class RunOutcome { Done, Failed, Cancelled, Waiting };
const char* name(RunOutcome outcome);

/// What became of one step.
struct StepResult {
    StepOutcome outcome = StepOutcome::NotRun;
    std::optional<int> exitCode;  ///< of a program that was run
    std::string output;           ///< its console text, or what Monban itself says; bounded
    double seconds = 0;
    Message reason;               ///< why it failed or did not run
};

/// The account of a run: one result for each step of the plan.
struct Outcome {
    std::optional<std::string> run;  ///< its name in the journal; nothing where nothing had to be changed
    RunOutcome outcome = RunOutcome::Done;
    std::vector<StepResult> results;
    Facts facts;                     ///< the server as it is afterwards, with what the plan looks at
    std::vector<Finding> pitfalls;   ///< of those facts
    Message reason;                  ///< why the run as a whole did not begin or end well
    std::vector<Finding> findings;   ///< what was noticed on the way
    std::optional<bool> takenBack;   ///< where it did not end well and goes back by itself: whether all of it did
};

/// Told what happens while it happens; every call comes from the thread that executes.
class Progress {
public:
    virtual ~Progress() = default;
    virtual void started(const Plan&, std::size_t) {}
    virtual void output(std::size_t, const std::string&) {}
    virtual void finished(const Plan&, std::size_t, const StepResult&) {}
};

/// Runs a plan step by step: looks again before each (done meanwhile: skipped; changed meanwhile: fails), writes the
/// state before to the journal, runs, and believes only what it then observes. Stops at the first step that fails;
/// what was done stays listed and can be undone. With a blocked step nothing runs.
Outcome execute(const Plan& plan, Server& server, const Materials& materials, Progress& progress, std::stop_token stop);

/// The plan that takes a run back, latest step first, from the states in the journal; a step whose states somebody
/// changed since is blocked and names what was changed.
Result<Plan> planUndo(const JournalRun& run, const Journal& journal, const Facts& facts);

/// JournalRun::outcome while a run is being taken back, and afterwards where that was cut off.
constexpr const char* kUndoing = "undoing";

/// Executes such a plan; when everything is back, the run counts as undone.
Outcome executeUndo(JournalRun run, const Plan& plan, Server& server, Progress& progress, std::stop_token stop);

/// The run of that name, or without a name the latest that is not undone and changed something; nothing: there is none.
Result<std::optional<JournalRun>> runToUndo(const Journal& journal, const std::string& name);

}  // namespace monban
