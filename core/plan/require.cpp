// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/utf8.h"
#include "core/plan/chapters.h"

namespace monban {
namespace {

constexpr const char* kId = "require.access";

Message title(RequireAnswers::Mode mode, const std::string& path)
{
    switch (mode) {
    case RequireAnswers::Mode::Ignore: return {tr("Ignore client certificates on {0} (SSL Settings)"), {path}};
    case RequireAnswers::Mode::Accept: return {tr("Accept client certificates on {0} (SSL Settings)"), {path}};
    case RequireAnswers::Mode::Require: break;
    }
    return {tr("Require client certificates on {0} (SSL Settings)"), {path}};
}

std::uint32_t wantedFlags(const RequireAnswers& answers, std::uint32_t present)
{
    using namespace access_flags;
    // Flags that nobody asked about (certificate mapping, 128-bit) stay.
    std::uint32_t flags = present & ~(kSsl | kNegotiateCert | kRequireCert);
    if (answers.requireSsl) flags |= kSsl;
    if (answers.mode != RequireAnswers::Mode::Ignore) flags |= kNegotiateCert;
    if (answers.mode == RequireAnswers::Mode::Require) flags |= kRequireCert;
    return flags;
}

/// Whether a store will hold a CA once the plan has run.
bool willHoldCertificate(const PlanInput& input, const Plan& plan, const std::string& store)
{
    for (const Step& step : plan.steps) {
        if (step.state == StepState::Blocked || step.after.empty()) continue;
        const auto* state = std::get_if<CertificateState>(&step.after.front());
        if (state && state->present && equalsIgnoringCase(state->store, store)) return true;
    }
    const auto seen = storeOf(input.facts, store);
    return seen && !seen->empty();
}

/// Whether the record will have revocation checked once the plan has run.
bool checksRevocation(const Plan& plan)
{
    for (const Step& step : plan.steps)
        for (const State& state : step.after)
            if (const auto* record = std::get_if<RecordState>(&state); record && record->record) return record->record->checksRevocation();
    return true;
}

/// Why nobody could enter if certificates were required now; each can be accepted by its id.
std::optional<Finding> nobodyCouldEnter(const PlanInput& input, const Plan& plan)
{
    const std::string& ctl = input.answers.trust.ctlStore;
    if (!willHoldCertificate(input, plan, ctl))
        return Finding{"ctl-store-empty", Severity::Error,
                       {tr("The store {0} holds no CA certificate, so IIS would refuse every client certificate (403.16)."), {ctl}},
                       {tr("Name the root CA's certificate (root.file) so that it is put there."), {}}};
    if (!willHoldCertificate(input, plan, "ROOT"))
        return Finding{"root-not-trusted", Severity::Error,
                       {tr("The trusted roots of this server hold no CA certificate, so IIS would refuse every client certificate (403.16)."), {}},
                       {tr("Name the root CA's certificate (root.file) so that it is put there."), {}}};
    for (const DistributionPoint& point : input.facts.distributionPoints) {
        if (!checksRevocation(plan) || !point.crl || !input.facts.machine || !point.crl->nextUpdate) continue;
        if (*point.crl->nextUpdate < input.facts.machine->clock)
            return Finding{"crl-expired", Severity::Error,
                           {tr("The revocation list at {0} was due to be renewed on {1} and was not: IIS would refuse every client certificate "
                               "(403.13)."),
                            {point.url, rfc3339(*point.crl->nextUpdate)}},
                           {tr("Let the CA publish a new list first."), {}}};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Message> setByFile(const Site& site, const std::string& path)
{
    for (const Access& access : site.access)
        if (equalsIgnoringCase(access.path, path) && !access.webConfig.empty())
            return Message{tr("The file {0} sets the SSL settings of {1} itself, so what is set here would have no effect. Remove the "
                              "element <access> from that file, or lock the section for it, and plan again."),
                           {access.webConfig, path}};
    return std::nullopt;
}

std::string locationPath(const std::string& site, const std::string& path)
{
    std::string location = site;
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find_first_of("/\\", at), path.size());
        if (end > at) location += "/" + path.substr(at, end - at);
        at = end + 1;
    }
    return location;
}

void planRequire(const PlanInput& input, Plan& plan)
{
    const RequireAnswers& answers = input.answers.require;
    const auto site = chosenSite(input);
    if (!site) {
        plan.steps.push_back(blocked(kId, Chapter::Require, title(answers.mode, "…"), site.error().message));
        return;
    }
    const std::string path = locationPath(site->name, answers.path);
    const auto seen = observedState(AccessState{path, std::nullopt, 0}, input.facts);
    if (!seen) {
        plan.steps.push_back(blocked(kId, Chapter::Require, title(answers.mode, path), seen.error().message));
        return;
    }
    const std::uint32_t flags = wantedFlags(answers, std::get<AccessState>(*seen).effective);

    Step step;
    step.id = kId;
    step.chapter = Chapter::Require;
    step.title = title(answers.mode, path);
    step.action = Command{appcmdProgram(input.facts),
                          {"set", "config", configurationPath(path), "/section:access", "/sslFlags:" + accessText(flags), "/commit:apphost"}};
    step.after.push_back(AccessState{path, flags, flags});
    if (const auto reason = noIis(input.facts)) {
        block(step, *reason);
    } else if (const auto file = setByFile(*site, path)) {
        block(step, *file);
    } else if (answers.mode == RequireAnswers::Mode::Require) {
        const auto trouble = nobodyCouldEnter(input, plan);
        if (trouble) plan.pitfalls.emplace_back(*trouble).acceptedBy = trouble->id;
        if (trouble && !input.accepted.contains(trouble->id)) block(step, trouble->message);
    }
    plan.steps.push_back(std::move(step));
}

void holdBackLateRequests(const PlanInput& input, Plan& plan)
{
    const auto step = std::ranges::find(plan.steps, kId, &Step::id);
    if (step == plan.steps.end() || step->state != StepState::Needed) return;
    const auto seen = observedState(step->after.front(), input.facts);
    if (seen && satisfies(*seen, step->after.front())) return;  // it is so already, and a pitfall of the server
    for (Pitfall& late : lateRequestsAfter(input, plan, std::get<AccessState>(step->after.front()))) {
        Finding& finding = late.finding;
        if (finding.severity == Severity::Error) {
            finding.acceptedBy = finding.id;
            if (!input.accepted.contains(finding.id) && step->state != StepState::Blocked) block(*step, finding.message);
        }
        plan.pitfalls.push_back(std::move(finding));
    }
    // What lets the records ask in time comes first.
    const auto last = std::ranges::find_if(plan.steps.rbegin(), plan.steps.rend(), [](const Step& one) { return one.id.starts_with("mend.late-request."); });
    if (last.base() > step) std::rotate(step, step + 1, last.base());
}

}  // namespace monban
