// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stop_token>

#include "app/cli/commands.h"
#include "app/cli/prepare.h"
#include "app/cli/steps.h"
#include "core/plan/drift.h"
#include "core/plan/renewal.h"
#include "core/platform/platform.h"
#include "core/report/plan_json.h"
#include "core/run/keep.h"
#include "core/run/planning.h"
#include "core/run/renewal.h"

namespace monban::cli {
namespace {

/// Lets go of the password as soon as nothing needs it any more: a crash later on leaves it in no dump.
class ApplyProgress final : public LiveProgress {
public:
    ApplyProgress(const Console& console, Materials& materials) : LiveProgress(console), m_materials(materials) {}
    void finished(const Plan& plan, std::size_t index, const StepResult& result) override
    {
        LiveProgress::finished(plan, index, result);
        const auto& action = plan.steps[index].action;
        if (action && std::holds_alternative<ImportPkcs12>(*action) && m_materials.pkcs12 && *m_materials.pkcs12) (*m_materials.pkcs12)->password = Secret();
    }

private:
    Materials& m_materials;
};

int planCode(const Plan& plan)
{
    if (plan.has(StepState::Blocked)) return kWanting;
    return plan.has(StepState::Waiting) ? kWaiting : kDone;
}

int showPlan(const Console& console, const PlanOptions& options)
{
    const auto prepared = prepare(console, options, stopSource.get_token());
    if (!prepared) return console.refuse(prepared.error(), kUsage);
    if (console.json) console.print(planJson(prepared->plan, prepared->facts, console.language));
    else printPlan(console, prepared->plan, prepared->facts);
    return planCode(prepared->plan);
}

/// Where nobody reads the plan on a terminal, the call itself is the approval.
bool approved(const Console& console, const PlanOptions& options, const Prepared& prepared)
{
    return options.yes || options.digestGiven || approves(console, prepared.plan, prepared.facts, tr("Run these steps now? [y/N] "));
}

/// CONTRACTS, "General": nothing counts down without a terminal or with --json, unless --revert-after says so.
std::optional<std::chrono::seconds> timeToKeep(const Console& console, const PlanOptions& options, const Plan& plan)
{
    if (!plan.has(StepState::Needed) || options.revertAfter == 0) return std::nullopt;
    if (options.revertAfter) return std::chrono::seconds(*options.revertAfter);
    return isAtTerminal(console) && shallBeConfirmed(plan) ? std::optional(kTimeToKeep) : std::nullopt;
}

/// The question, and what is typed; without a terminal another Monban answers (`monban keep`).
class Question {
public:
    explicit Question(const Console& console) : m_console(console), m_isAsked(isAtTerminal(console)) {}

    KeepAnswer operator()(std::chrono::seconds left)
    {
        if (stopSource.stop_requested()) return KeepAnswer::TakeBack;
        if (!m_isAsked) return KeepAnswer::None;
        constexpr std::chrono::seconds kSaidEvery{10};
        if (!m_said || *m_said - left >= kSaidEvery) {
            m_said = left;
            m_console.say(m_console.text(Message{tr("Keep these settings? y and Enter keeps them, n takes them back; without an answer they are taken back in {0} s."), {std::to_string(left.count())}}));
        }
        const auto line = platform::lineWithin(std::chrono::milliseconds(200));
        if (!line) return KeepAnswer::None;
        if (*line == "y" || *line == "Y" || *line == "yes") return KeepAnswer::Keep;
        return *line == "n" || *line == "N" || *line == "no" ? KeepAnswer::TakeBack : KeepAnswer::None;
    }

private:
    const Console& m_console;
    bool m_isAsked;
    std::optional<std::chrono::seconds> m_said;
};

/// After a renewal, at a terminal: the old certificate may go. It is asked for with the plan in view, since no undo brings its key back.
void offerRetirement(const Console& console, const Plan& renewal, Server& server)
{
    Answers answers;
    answers.import.retire = {renewal.answers.certificate.replaces};
    const Materials none;
    const Planned planned = planOn(server, answers, none, {}, PlanKind::Retirement);
    if (!planned.plan.has(StepState::Needed) || planned.plan.has(StepState::Blocked)) return;
    if (!approves(console, planned.plan, planned.facts, tr("Remove the old certificate now? [y/N] ")))
        return console.say(console.text(Message{tr("It stays. To remove it later, name it in the answers (import.retire: {0}) and run \"monban apply --retire\"."), {answers.import.retire.front()}}));
    LiveProgress progress(console);
    const Outcome outcome = execute(planned.plan, server, none, progress, stopSource.get_token());
    report(console, planned.plan, outcome);
}

int refuseDigest(const Console& console, const PlanOptions& options, const Prepared& prepared)
{
    Outcome refused;
    refused.outcome = RunOutcome::Failed;
    refused.results.resize(prepared.plan.steps.size());
    refused.reason = {tr("The plan is no longer the one you approved ({0}): its files or the server changed since. Look at the new plan first."), {options.digest}};
    refused.facts = prepared.facts;
    refused.pitfalls = prepared.plan.pitfalls;
    for (StepResult& result : refused.results) result.reason = refused.reason;
    if (console.json) console.print(outcomeJson(prepared.plan, refused, console.language));
    return console.refuse({ErrorCode::Conflict, refused.reason, "digest differs"}, kWanting);
}

/// A task that was started before its time does nothing.
Result<bool> isTooEarly(const Console& console, const PlanOptions& options)
{
    if (options.notBefore.empty()) return false;
    const auto time = timeFromRfc3339(options.notBefore);
    if (!time) return Error{ErrorCode::InvalidInput, {tr("{0} is not a time such as 2026-11-23T17:00:00Z."), {options.notBefore}}, "not-before"};
    const auto server = console.server();
    if (!server) return server.error();
    return isTooEarlyToResume(**server, *time);
}

int apply(const Console& console, const PlanOptions& options)
{
    const auto early = isTooEarly(console, options);
    if (!early) return console.refuse(early.error(), kUsage);
    if (*early) {
        console.say(console.text(Message{tr("It is not yet {0}, or another run waits to be kept; nothing was changed."), {options.notBefore}}));
        if (console.json) console.print(nlohmann::json{{"outcome", "waiting"}, {"run", nullptr}, {"steps", nlohmann::json::array()}});
        return kDone;
    }
    auto prepared = prepare(console, options, stopSource.get_token());
    if (!prepared) return console.refuse(prepared.error(), kUsage);
    if (options.digestGiven && options.digest != digestOf(prepared->plan)) return refuseDigest(console, options, *prepared);
    if (const auto time = timeToKeep(console, options, prepared->plan))
        if (const auto unwatched = shallRevert(prepared->plan, prepared->facts, *time))
            prepared->plan.findings.push_back({"revert-ends-with-program", Severity::Info,
                                               {tr("Whether the settings are kept is asked by this program alone: if it ends before somebody answers, they stay until the next start offers to take them back."), {}},
                                               unwatched->message});
    if (!approved(console, options, *prepared)) {
        console.say(console.text(tr("Nothing was changed.")));
        return kWanting;
    }
    platform::onTermination([] { stopSource.request_stop(); });
    if (!console.json)
        for (const Finding& finding : prepared->plan.findings) console.print(finding);
    const bool isRenewal = options.kind == PlanKind::Renewal;
    ApplyProgress progress(console, prepared->materials);
    const auto run = isRenewal ? renew : execute;
    Outcome outcome = run(prepared->plan, *prepared->server, prepared->materials, progress, stopSource.get_token());
    if (prepared->plan.revertAfter && outcome.run && outcome.outcome == RunOutcome::Done)
        keepOrRevert(outcome, prepared->plan, *prepared->server, progress, *prepared->plan.revertAfter, Question(console));
    const bool isDone = outcome.outcome == RunOutcome::Done;
    auto incomplete = isRenewal && isDone ? incompleteRenewal(prepared->plan) : std::nullopt;
    const bool isLeft = std::ranges::any_of(prepared->plan.findings, [](const Finding& one) { return one.id == kNotPutBack; });
    if (isDone && isLeft) incomplete = {tr("Not everything could be put back; what is left stands above."), {}};
    if (incomplete) outcome.reason = *incomplete;
    const int code = report(console, prepared->plan, outcome);
    const bool isSeen = std::ranges::none_of(outcome.findings, [](const Finding& one) { return one.id == kNotVisited; });
    if (isRenewal && isDone && !incomplete && isSeen && outcome.run && isAtTerminal(console)) offerRetirement(console, prepared->plan, *prepared->server);
    return incomplete ? kWanting : code;
}

int keep(const Console& console, const std::string& name)
{
    const auto server = console.server();
    if (!server) return console.refuse(server.error(), kUsage);
    const auto kept = keepRun(name, **server);
    if (!kept) return console.refuse(kept.error(), !name.empty() && kept.error().code == ErrorCode::NotFound ? kUsage : kWanting);
    if (console.json) console.print(nlohmann::json{{"run", kept->run}, {"kept", true}});
    else console.print(console.text(Message{tr("The run {0} is kept."), {kept->run}}));
    return kDone;
}

}  // namespace

void addPlan(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("plan", console.text(tr("Show every step that would run, and the very commands. Changes nothing.")));
    auto options = std::make_shared<PlanOptions>();
    addPlanOptions(*command, console, *options);
    addKinds(*command, console, *options);
    command->callback([options, &job] { job = [options](const Console& c) { return showPlan(c, *options); }; });
}

void addApply(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("apply", console.text(tr("Run the plan step by step, looking after each whether it worked.")));
    auto options = std::make_shared<PlanOptions>();
    addPlanOptions(*command, console, *options);
    addKinds(*command, console, *options);
    auto* digest = command->add_option("--digest", options->digest, console.text(tr("Run only if the plan is still the one with this digest.")));
    command->add_option("--revert-after", options->revertAfter,
                        console.text(tr("Take everything back after so many seconds unless \"monban keep\" or an answer at the terminal keeps it; 0: keep it at once.")))
        ->check(CLI::Range(0, 86'400));
    command->add_option("--not-before", options->notBefore, console.text(tr("Do nothing before that time (RFC 3339): for a scheduled task.")));
    command->add_flag("--yes", options->yes, console.text(tr("Do not ask before running.")));
    command->callback([options, digest, &job] {
        options->digestGiven = digest->count() > 0;
        job = [options](const Console& c) { return apply(c, *options); };
    });
}

void addKeep(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("keep", console.text(tr("Keep what a run has changed that is taken back otherwise (--revert-after).")));
    auto run = std::make_shared<std::string>();
    command->add_option("RUN", *run, console.text(tr("Name of the run (default: the one that waits).")));
    command->callback([run, &job] { job = [run](const Console& c) { return keep(c, *run); }; });
}

}  // namespace monban::cli
