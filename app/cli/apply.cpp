// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <stop_token>

#include "app/cli/commands.h"
#include "app/cli/prepare.h"
#include "app/cli/steps.h"
#include "core/plan/renewal.h"
#include "core/platform/platform.h"
#include "core/report/plan_json.h"
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

std::stop_source stopSource;

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
    if (options.yes || console.json || options.digestGiven || !platform::inputIsTerminal() ||
        !platform::outputIsTerminal() || !prepared.plan.has(StepState::Needed)) return true;
    printPlan(console, prepared.plan, prepared.facts);
    platform::writeError(console.text(tr("Run these steps now? [y/N] ")));
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) answer += static_cast<char>(c);
    return answer == "y" || answer == "Y" || answer == "yes";
}

int apply(const Console& console, const PlanOptions& options)
{
    auto prepared = prepare(console, options, stopSource.get_token());
    if (!prepared) return console.refuse(prepared.error(), kUsage);
    const std::string digest = digestOf(prepared->plan);
    if (options.digestGiven && options.digest != digest) {
        Outcome refused;
        refused.outcome = RunOutcome::Failed;
        refused.results.resize(prepared->plan.steps.size());
        refused.reason = {tr("The plan is no longer the one you approved ({0}): its files or the server changed since. Look at the new plan first."),
                          {options.digest}};
        refused.facts = prepared->facts;
        refused.pitfalls = prepared->plan.pitfalls;
        for (StepResult& result : refused.results) result.reason = refused.reason;
        if (console.json) console.print(outcomeJson(prepared->plan, refused, console.language));
        return console.refuse({ErrorCode::Conflict, refused.reason, "digest differs"}, kWanting);
    }
    if (!approved(console, options, *prepared)) {
        console.say(console.text(tr("Nothing was changed.")));
        return kWanting;
    }
    platform::onTermination([] { stopSource.request_stop(); });
    if (!console.json)
        for (const Finding& finding : prepared->plan.findings) console.print(finding);
    ApplyProgress progress(console, prepared->materials);
    const auto run = options.renew ? renew : execute;
    Outcome outcome = run(prepared->plan, *prepared->server, prepared->materials, progress, stopSource.get_token());
    const auto incomplete = options.renew && outcome.outcome == RunOutcome::Done ? incompleteRenewal(prepared->plan) : std::nullopt;
    if (incomplete) outcome.reason = *incomplete;
    const int code = report(console, prepared->plan, outcome, Direction::Apply);
    return incomplete ? kWanting : code;
}

void addRenewal(CLI::App& command, const Console& console, PlanOptions& options)
{
    command.add_flag("--renew", options.renew,
                     console.text(tr("Put a new certificate in the old one's place, in every http.sys record that has it, and change nothing else.")));
}

}  // namespace

void addPlan(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("plan", console.text(tr("Show every step that would run, and the very commands. Changes nothing.")));
    auto options = std::make_shared<PlanOptions>();
    addPlanOptions(*command, console, *options);
    addRenewal(*command, console, *options);
    command->callback([options, &job] { job = [options](const Console& c) { return showPlan(c, *options); }; });
}

void addApply(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("apply", console.text(tr("Run the plan step by step, looking after each whether it worked.")));
    auto options = std::make_shared<PlanOptions>();
    addPlanOptions(*command, console, *options);
    addRenewal(*command, console, *options);
    auto* digest = command->add_option("--digest", options->digest, console.text(tr("Run only if the plan is still the one with this digest.")));
    command->add_flag("--yes", options->yes, console.text(tr("Do not ask before running.")));
    command->callback([options, digest, &job] {
        options->digestGiven = digest->count() > 0;
        job = [options](const Console& c) { return apply(c, *options); };
    });
}

}  // namespace monban::cli
