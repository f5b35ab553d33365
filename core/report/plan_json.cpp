// SPDX-License-Identifier: MIT
#include "core/report/plan_json.h"

#include <nlohmann/json.hpp>

#include <cmath>

#include "core/base/json_null.h"
#include "core/pki/inspect.h"
#include "core/report/pitfalls_json.h"

namespace monban {
namespace {

using nlohmann::json;

json expectsJson(const Step& step, const Facts& facts)
{
    json list = json::array();
    for (const State& wanted : step.after) {
        const auto seen = observedState(wanted, facts);
        for (const FactLine& line : factLines(wanted))
            list.push_back({{"fact", line.fact}, {"wanted", line.value}, {"observed", seen ? json(valueAt(*seen, line.fact)) : json(nullptr)}});
    }
    return list;
}

json stepJson(const Step& step, const Facts& facts, Language language)
{
    // Of a step that will not run there is nothing to take back.
    const bool undoable = step.undo && step.state == StepState::Needed;
    return {{"id", step.id},
            {"chapter", name(step.chapter)},
            {"title", inLanguage(step.title, language)},
            {"state", name(step.state)},
            {"reason", textOrNull(step.reason, language)},
            {"expects", expectsJson(step, facts)},
            {"action", step.action ? toJson(*step.action) : json(nullptr)},
            {"undo", undoable ? toJson(*step.undo) : json(nullptr)},
            {"undoable", undoable},
            {"takes_effect", name(step.effect)}};
}

json resultJson(const StepResult& result, Language language)
{
    return {{"outcome", name(result.outcome)},
            {"exit_code", orNull(result.exitCode)},
            {"output", result.output},
            {"seconds", std::round(result.seconds * 1000) / 1000},
            {"reason", textOrNull(result.reason, language)}};
}

}  // namespace

json toJson(const Action& action)
{
    const ByHand hand = byHand(action);
    json object = {{"kind", "command"}, {"program", nullptr}, {"arguments", json::array()}, {"cmd", orNull(hand.commandPrompt)}, {"powershell", orNull(hand.powerShell)}};
    if (const auto* command = std::get_if<Command>(&action)) {
        object["program"] = command->program;
        object["arguments"] = command->arguments;
    } else if (const auto* import = std::get_if<ImportPkcs12>(&action)) {
        object["kind"] = "import-pkcs12";
        object["direction"] = "import";
        object["file"] = import->file;
        object["store"] = import->store;
        object["thumbprint"] = import->thumbprint;
        object["chain"] = import->chain;
    } else if (const auto* removal = std::get_if<RemoveImported>(&action)) {
        object["kind"] = "import-pkcs12";
        object["direction"] = "remove";
        object["file"] = removal->requestFile.empty() ? json(nullptr) : json(removal->requestFile);
        object["store"] = removal->store;
        object["thumbprint"] = removal->thumbprint;
        object["chain"] = removal->chain;
    } else if (const auto* file = std::get_if<WriteFile>(&action)) {
        object["kind"] = "write-file";
        object["file"] = file->path;
        object["bytes"] = file->content ? json(file->content->size()) : json(nullptr);
    } else if (const auto* set = std::get_if<SetHttpRecord>(&action)) {
        object["kind"] = "set-http-record";
        object["endpoint"] = set->endpoint;
        object["record"] = set->record ? toJson(*set->record) : json(nullptr);
    } else if (const auto* reopening = std::get_if<ReopenRequest>(&action)) {
        // What it comes to is that the key's link goes from one certificate to the other.
        object["kind"] = "set-certificate-property";
        object["store"] = reopening->store;
        object["thumbprint"] = reopening->thumbprint;
        object["pending"] = reopening->pendingThumbprint;
    } else if (const auto* property = std::get_if<SetCertificateProperty>(&action)) {
        object["kind"] = "set-certificate-property";
        object["store"] = property->store;
        object["thumbprint"] = property->thumbprint;
        object["friendly_name"] = property->friendlyName;
    }
    return object;
}

json planJson(const Plan& plan, const Facts& facts, Language language)
{
    json steps = json::array();
    for (const Step& step : plan.steps) steps.push_back(stepJson(step, facts, language));
    return {{"digest", digestOf(plan)}, {"kind", name(plan.kind)}, {"steps", std::move(steps)}, {"findings", toJson(plan.findings, language)}, {"pitfalls", pitfallsJson(plan.pitfalls, language)}};
}

json outcomeJson(const Plan& plan, const Outcome& outcome, Language language)
{
    json object = planJson(plan, outcome.facts, language);
    for (std::size_t i = 0; i < plan.steps.size(); ++i) object["steps"][i]["result"] = resultJson(outcome.results[i], language);
    object["run"] = orNull(outcome.run);
    object["outcome"] = name(outcome.outcome);
    object["reason"] = textOrNull(outcome.reason, language);
    object["pitfalls"] = pitfallsJson(outcome.pitfalls, language);
    for (auto& finding : toJson(outcome.findings, language)) object["findings"].push_back(std::move(finding));
    object["taken_back"] = orNull(outcome.takenBack);
    return object;
}

json runsJson(const JournalRuns& journaled, Language language)
{
    json list = json::array();
    for (const JournalRun& run : journaled.runs) {
        json steps = json::array();
        for (const JournalStep& step : run.steps)
            steps.push_back({{"id", step.id},
                             {"chapter", step.chapter},
                             {"title", inLanguage(step.title, language)},
                             {"command", step.command},
                             {"outcome", step.outcome}});
        list.push_back({{"run", run.run},
                        {"started", rfc3339(run.started)},
                        {"ended", run.ended ? json(rfc3339(*run.ended)) : json(nullptr)},
                        {"outcome", run.ended ? json(run.outcome) : json("interrupted")},
                        {"steps", std::move(steps)},
                        {"undone", run.undone},
                        {"kind", name(run.kind)},
                        {"kept", !run.revertAfter}});
    }
    json unreadable = json::array();
    for (const auto& damaged : journaled.unreadable)
        unreadable.push_back({{"run", damaged.run}, {"reason", inLanguage(damaged.error.message, language)}});
    return {{"runs", std::move(list)}, {"unreadable", std::move(unreadable)}};
}

}  // namespace monban
