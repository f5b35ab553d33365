// SPDX-License-Identifier: MIT
#include "core/plan/step.h"

#include <nlohmann/json.hpp>

#include "core/pki/digest.h"
#include "core/plan/task_command.h"

namespace monban {

const char* name(Chapter chapter)
{
    switch (chapter) {
    case Chapter::Start: return "start";
    case Chapter::Certificate: return "certificate";
    case Chapter::Root: return "root";
    case Chapter::Import: return "import";
    case Chapter::Trust: return "trust";
    case Chapter::Bind: return "bind";
    case Chapter::Require: return "require";
    case Chapter::Verify: return "verify";
    case Chapter::Troubleshoot: return "troubleshoot";
    }
    return "start";
}

const char* name(PlanKind kind)
{
    switch (kind) {
    case PlanKind::SetUp: return "set-up";
    case PlanKind::Renewal: return "renewal";
    case PlanKind::Retirement: return "retirement";
    case PlanKind::Removal: return "removal";
    case PlanKind::Resumption: return "resumption";
    case PlanKind::PutBack: return "put-back";
    case PlanKind::Undo: return "undo";
    }
    return "set-up";
}

std::optional<PlanKind> planKindNamed(const std::string& word)
{
    for (const PlanKind kind : {PlanKind::SetUp, PlanKind::Renewal, PlanKind::Retirement, PlanKind::Removal, PlanKind::Resumption, PlanKind::PutBack, PlanKind::Undo})
        if (word == name(kind)) return kind;
    return std::nullopt;
}

const char* name(StepState state)
{
    switch (state) {
    case StepState::Needed: return "needed";
    case StepState::Done: return "done";
    case StepState::Blocked: return "blocked";
    case StepState::Waiting: return "waiting";
    case StepState::Unknown: return "unknown";
    }
    return "unknown";
}

const char* name(TakesEffect effect)
{
    switch (effect) {
    case TakesEffect::Now: return "now";
    case TakesEffect::NewConnections: return "new-connections";
    case TakesEffect::Restart: return "restart";
    }
    return "now";
}

std::string digestOf(const Plan& plan)
{
    nlohmann::json all = nlohmann::json::array();
    for (const Step& step : plan.steps) {
        if (step.id == kKeepStep) continue;
        const StepState state = step.lacksRights ? StepState::Needed : step.state;
        nlohmann::json one = {{"id", step.id}, {"state", name(state)}, {"rests_on", step.restsOn}, {"reason", step.lacksRights ? "" : step.reason.text}};
        for (const State& before : step.before) one["before"].push_back(toJson(before));
        for (const State& after : step.after) one["after"].push_back(toJson(after));
        if (step.action) {
            const ByHand hand = byHand(*step.action);
            one["action"] = {step.action->index(), hand.commandPrompt.value_or(""), hand.powerShell.value_or("")};
            if (const auto* command = std::get_if<Command>(&*step.action)) one["arguments"] = command->arguments;
            if (const auto* file = std::get_if<WriteFile>(&*step.action); file && file->content) one["content"] = sha256Hex(*file->content);
        }
        all.push_back(std::move(one));
    }
    return sha256Hex(viewOf(all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

}  // namespace monban
