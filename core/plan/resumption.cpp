// SPDX-License-Identifier: MIT
#include "core/plan/resumption.h"

#include "core/plan/chapters.h"
#include "core/plan/endpoint.h"
#include "core/plan/restore.h"
#include "core/plan/task_command.h"

namespace monban {
namespace {

constexpr int kMinutesBetweenLooks = 5;

std::string argumentsFor(const Endpoint& endpoint, Time until)
{
    const std::string option = endpoint.family == RecordFamily::HostNamePort ? "--hostname " : "--endpoint ";
    return "apply --resume-revocation " + option + endpoint.text() + " --not-before " + rfc3339(until) + " --yes";  // a task has a console that nobody sees
}

/// The record as the steps so far leave it.
std::optional<SslRecord> recordAsPlanned(const PlanInput& input, const Plan& plan, const Endpoint& endpoint)
{
    const std::string subject = subjectOf(State(RecordState{endpoint.family, endpoint.text(), std::nullopt}));
    for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step)
        for (const State& state : step->after)
            if (step->state != StepState::Blocked && subjectOf(state) == subject) return std::get<RecordState>(state).record;
    const SslRecord* record = input.facts.records ? recordAt(*input.facts.records, endpoint.family, endpoint.text()) : nullptr;
    return record ? std::optional(*record) : std::nullopt;
}

Step recordStep(const PlanInput& input, const SslRecord& now, const char* id, Message title, std::uint32_t checkMode)
{
    SslRecord wanted = now;
    wanted.checkMode = checkMode;
    Step step;
    step.id = id;
    step.chapter = Chapter::Troubleshoot;
    step.title = std::move(title);
    step.effect = TakesEffect::NewConnections;
    step.action = restoringAction(State(RecordState{now.family, now.endpoint, wanted}), State(RecordState{now.family, now.endpoint, now}), {input.facts, {}});
    step.after.push_back(RecordState{now.family, now.endpoint, wanted});
    if (const auto reason = ownerRefusal(now, true)) block(step, *reason);
    return step;
}

Step withoutTask(const PlanInput& input, const Endpoint& endpoint)
{
    const std::string name = resumeTaskName(endpoint.text());
    Step step;
    step.id = "troubleshoot.resume.task";
    step.chapter = Chapter::Troubleshoot;
    step.title = {tr("Remove the scheduled task {0}"), {name}};
    step.action = deletingTask(input.facts, name);
    step.after.push_back(TaskState{name, std::nullopt});
    return step;
}

Step resumed(const PlanInput& input, const SslRecord& record)
{
    return recordStep(input, record, "troubleshoot.resume.record", {tr("Let the record {0} check again whether client certificates are revoked"), {record.endpoint}},
                      record.checkMode & ~check_mode::kNoRevocationCheck);
}

void addResumption(const PlanInput& input, const Endpoint& endpoint, Plan& plan)
{
    if (!input.facts.records) {
        plan.steps.push_back(blocked("troubleshoot.resume.record", Chapter::Troubleshoot, {tr("Check again whether client certificates are revoked"), {}},
                                     input.facts.records.error().message));
        return;
    }
    if (const auto record = recordAsPlanned(input, plan, endpoint)) plan.steps.push_back(resumed(input, *record));
    plan.steps.push_back(withoutTask(input, endpoint));
}

}  // namespace

bool isPauseAsked(const Answers& answers) { return answers.troubleshoot.revocationOffUntil && answers.bind.checkRevocation.value_or(true); }

void planPause(const PlanInput& input, Plan& plan)
{
    const auto& until = input.answers.troubleshoot.revocationOffUntil;
    if (!isPauseAsked(input.answers)) return;
    const auto endpoint = wantedEndpoint(input.answers.bind);
    const Message title{tr("Admit client certificates unchecked for revocation until {0}"), {rfc3339(*until)}};
    const auto hindrance = !endpoint ? std::optional(endpoint.error().message) : noMachine(input.facts);
    if (hindrance) {
        plan.steps.push_back(blocked("troubleshoot.pause.record", Chapter::Troubleshoot, title, *hindrance));
        return;
    }
    if (*until <= input.facts.machine->clock) return addResumption(input, *endpoint, plan);
    // Before the record: nobody is admitted unchecked without something that ends it.
    plan.steps.push_back(taskStep(input.facts, "troubleshoot.pause.task", Chapter::Troubleshoot,
                                  {tr("Let a scheduled task turn the revocation check of {0} on again after {1}"), {endpoint->text(), rfc3339(*until)}},
                                  resumeTaskName(endpoint->text()), argumentsFor(*endpoint, *until), kMinutesBetweenLooks));
    const auto record = recordAsPlanned(input, plan, *endpoint);
    if (!record) {
        plan.steps.push_back(blocked("troubleshoot.pause.record", Chapter::Troubleshoot, title,
                                     {tr("There is no http.sys record of {0}, so nothing is checked there that could be left out."), {endpoint->text()}}));
        return;
    }
    plan.steps.push_back(recordStep(input, *record, "troubleshoot.pause.record", title, record->checkMode | check_mode::kNoRevocationCheck));
    plan.findings.push_back({"revocation-off", Severity::Warning,
                             {tr("Until {0} a revoked client certificate opens the site as well as any other."), {rfc3339(*until)}},
                             {tr("Use the time to get the revocation list to the server again (page \"When something does not work\")."), {}}});
}

Plan planResumption(const PlanInput& input)
{
    Plan plan;
    plan.kind = PlanKind::Resumption;
    const auto endpoint = wantedEndpoint(input.answers.bind);
    const auto hindrance = !endpoint ? std::optional(endpoint.error().message) : noMachine(input.facts);
    if (hindrance)
        plan.steps.push_back(blocked("troubleshoot.resume.record", Chapter::Troubleshoot, {tr("Check again whether client certificates are revoked"), {}}, *hindrance));
    else addResumption(input, *endpoint, plan);
    conclude(input, plan);
    return plan;
}

}  // namespace monban
