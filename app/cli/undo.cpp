// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <stop_token>

#include "app/cli/commands.h"
#include "app/cli/steps.h"
#include "core/observe/pitfalls.h"
#include "core/platform/platform.h"
#include "core/report/plan_json.h"
#include "core/run/keep.h"
#include "core/run/planning.h"

namespace monban::cli {
namespace {

int nothingToUndo(const Console& console, Server& server)
{
    Outcome outcome;
    outcome.facts = server.observe({});
    outcome.pitfalls = pitfalls(outcome.facts);
    if (console.json) console.print(outcomeJson({}, outcome, console.language));
    console.say(console.text(tr("There is no run to undo; nothing was changed.")));
    return kDone;
}

int undo(const Console& console, const std::string& name, bool yes)
{
    const auto server = console.server();
    if (!server) return console.refuse(server.error(), kUsage);
    const Journal journal = journalOf(**server);
    auto run = runToUndo(journal, name);
    if (!run) return console.refuse(run.error(), run.error().code == ErrorCode::NotFound ? kUsage : kWanting);
    if (!*run) return nothingToUndo(console, **server);
    const Facts facts = (*server)->observe(lookupsFor(**run));
    const auto plan = planUndo(**run, journal, facts);
    if (!plan) return console.refuse(plan.error(), kWanting);
    if (!yes && !approves(console, *plan, facts, tr("Take this run back now? [y/N] "))) {
        console.say(console.text(tr("Nothing was changed.")));
        return kWanting;
    }
    platform::onTermination([] { stopSource.request_stop(); });
    if (!console.json)
        for (const Finding& finding : plan->findings) console.print(finding);
    LiveProgress progress(console);
    const Outcome outcome = executeUndo(std::move(**run), *plan, **server, progress, stopSource.get_token());
    return report(console, *plan, outcome);
}

/// What a scheduled task runs every minute: nobody reads along, and most of the time there is nothing to do.
int undoOverdue(const Console& console)
{
    const auto server = console.server();
    if (!server) return console.refuse(server.error(), kUsage);
    platform::onTermination([] { stopSource.request_stop(); });
    LiveProgress progress(console);
    const auto outcome = takeBackOverdue(**server, progress, stopSource.get_token());
    if (!outcome) return console.refuse(outcome.error(), kWanting);
    const bool isBack = !*outcome || (*outcome)->outcome == RunOutcome::Done;
    const bool isTaken = outcome->has_value();
    if (console.json) console.print(nlohmann::json{{"run", isTaken ? nlohmann::json(*(*outcome)->run) : nlohmann::json(nullptr)}, {"undone", isTaken && isBack}});
    if (!isTaken) console.say(console.text(tr("No run is overdue; nothing was changed.")));
    else if (isBack) console.say(console.text(Message{tr("The run {0}, which nobody kept, was taken back."), {*(*outcome)->run}}));
    else console.say(console.text((*outcome)->reason));
    return isBack ? kDone : kWanting;
}

const char* stateOf(const JournalRun& run)
{
    if (run.undone) return tr("undone");
    if (!run.ended) return tr("interrupted");
    if (run.revertAfter) return tr("not kept yet");
    if (run.outcome == "waiting") return tr("waits for the CA's answer");
    return run.outcome == "done" ? tr("done") : tr("did not end well");
}

int listRuns(const Console& console)
{
    const auto server = console.server();
    if (!server) return console.refuse(server.error(), kUsage);
    const auto runs = journalOf(**server).runs();
    if (!runs) return console.refuse(runs.error(), kUsage);
    if (console.json) {
        console.print(runsJson(*runs, console.language));
        return runs->unreadable.empty() ? kDone : kWanting;
    }
    if (runs->runs.empty() && runs->unreadable.empty()) console.print(console.text(tr("Monban has not changed this server yet.")));
    for (auto run = runs->runs.rbegin(); run != runs->runs.rend(); ++run) {
        console.print(run->run + "  " + rfc3339(run->started) + "  " + console.text(stateOf(*run)));
        for (const JournalStep& step : run->steps) console.print("  " + step.id + "  " + console.text(step.title));
    }
    for (const auto& damaged : runs->unreadable) console.print(console.text(tr("Problem")) + ": " + console.text(damaged.error.message));
    return runs->unreadable.empty() ? kDone : kWanting;
}

}  // namespace

void addUndo(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("undo", console.text(tr("Take a run back: everything becomes as it was before, unless somebody changed it since.")));
    auto run = std::make_shared<std::string>();
    command->add_option("RUN", *run, console.text(tr("Name of the run (default: the latest that is not undone).")));
    auto yes = std::make_shared<bool>(false);
    command->add_flag("--yes", *yes, console.text(tr("Do not ask before running.")));
    auto overdue = std::make_shared<bool>(false);
    command->add_flag("--overdue", *overdue, console.text(tr("Only the run that nobody has kept in time (--revert-after), if there is one: what the scheduled task runs.")))->excludes("RUN");
    command->callback([run, yes, overdue, &job] { job = [run, yes, overdue](const Console& c) { return *overdue ? undoOverdue(c) : undo(c, *run, *yes); }; });

    auto* runs = app.add_subcommand("runs", console.text(tr("List what Monban has changed on this server, run by run.")));
    runs->callback([&job] { job = listRuns; });
}

}  // namespace monban::cli
