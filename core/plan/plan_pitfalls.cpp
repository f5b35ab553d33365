// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/utf8.h"
#include "core/observe/access_section.h"
#include "core/observe/pitfall_kinds.h"
#include "core/plan/chapters.h"

namespace monban {
namespace {

/// The record of the endpoint that the answers mean, as it is now.
const SslRecord* presentRecord(const PlanInput& input, const Plan& plan)
{
    if (!input.facts.records) return nullptr;
    for (const Step& step : plan.steps) {
        if (step.id != "bind.record" || step.after.empty()) continue;
        const auto* wanted = std::get_if<RecordState>(&step.after.front());
        return wanted ? recordAt(*input.facts.records, wanted->family, wanted->endpoint) : nullptr;
    }
    return nullptr;
}

/// The same certificate, or the CA's renewed one with the same key.
bool isSameCa(const Certificate& a, const Certificate& b)
{
    return a.thumbprintSha1 == b.thumbprintSha1 || (a.subject == b.subject && !a.publicKeyDer.empty() && a.publicKeyDer == b.publicKeyDer);
}

/// Only the answers know whose client certificates are to get in.
void rootNotInCtl(const PlanInput& input, const Plan& plan, std::vector<Pitfall>& found)
{
    const SslRecord* record = presentRecord(input, plan);
    if (!record || record->ctlStore.empty() || !input.materials.root || !*input.materials.root) return;
    const Certificate& root = (*input.materials.root)->certificate;
    const auto store = storeOf(input.facts, record->ctlStore);
    if (!store || store->empty()) return;  // an empty one has a pitfall of its own
    if (std::any_of(store->begin(), store->end(), [&](const StoredCertificate& entry) { return isSameCa(entry.certificate, root); })) return;
    Pitfall one;
    one.finding = {"ctl-root-missing", Severity::Error,
                   {tr("The record {0} names the CTL store {1}, which does not hold {2}: client certificates of that CA are refused (403.16)."),
                    {record->endpoint, record->ctlStore, root.subject}},
                   {tr("Run this plan, which puts it into {0} and lets the record name that store; into another store troubleshoot.mend puts it."),
                    {input.answers.trust.ctlStore}},
                   true};
    one.record = *record;
    one.store = record->ctlStore;
    found.push_back(std::move(one));
}

/// Records, bindings and SSL settings as the steps that can run leave them.
Facts factsAfter(const Facts& now, const Plan& plan, const AccessState& wanted)
{
    Facts facts;
    facts.machine = now.machine;
    facts.sites = now.sites;
    facts.records = now.records;
    const auto become = [&](const State& state) {
        if (const auto* record = std::get_if<RecordState>(&state)) {
            std::erase_if(*facts.records, [&](const SslRecord& one) { return one.family == record->family && equalsIgnoringCase(one.endpoint, record->endpoint); });
            if (record->record) facts.records->push_back(*record->record);
        } else if (const auto* binding = std::get_if<BindingState>(&state)) {
            for (Site& site : *facts.sites) {
                if (!equalsIgnoringCase(site.name, binding->site)) continue;
                std::erase_if(site.bindings, [&](const Binding& one) { return one.protocol == binding->protocol && one.information == binding->information; });
                if (binding->sslFlags) site.bindings.push_back(bindingFrom(binding->protocol, binding->information, *binding->sslFlags));
            }
        }
    };
    for (const Step& step : plan.steps)
        if (step.state == StepState::Needed) std::ranges::for_each(step.after, become);
    for (Site& site : *facts.sites)
        if (equalsIgnoringCase(site.name, siteOf(wanted.path))) site.access.push_back({wanted.path, wanted.effective, false});
    return facts;
}

/// The one client certificate at hand stands for those that will come.
void crlOfClient(const PlanInput& input, std::vector<Pitfall>& found)
{
    if (!input.materials.client || !input.answers.bind.checkRevocation.value_or(true)) return;
    const Certificate& client = *input.materials.client;
    Pitfall one;
    one.thumbprint = client.thumbprintSha1;
    if (const auto finding = unreachableCrl(client)) {
        one.finding = *finding;
    } else if (client.crlUrls.empty() && client.ocspUrls.empty()) {
        one.finding = {"crl-none", Severity::Warning,
                       {tr("The client certificate {0} does not say where its revocation list is, so IIS cannot check it and refuses it (403.13)."),
                        {client.subject}},
                       {tr("Have the CA issue client certificates with a CRL distribution point, or turn the check off (bind.check_revocation)."), {}}};
    } else {
        return;
    }
    found.push_back(std::move(one));
}

}  // namespace

std::vector<Pitfall> lateRequestsAfter(const PlanInput& input, const Plan& plan, const AccessState& wanted)
{
    if (!input.facts.machine || !input.facts.sites || !input.facts.records || !(wanted.effective & access_flags::kNegotiateCert)) return {};
    // Where the record that the answers mean cannot be made, that is what has to be said.
    const auto bound = std::ranges::find(plan.steps, "bind.record", &Step::id);
    if (bound != plan.steps.end() && bound->state != StepState::Needed && bound->state != StepState::Done) return {};
    const Facts after = factsAfter(input.facts, plan, wanted);
    std::vector<Pitfall> found;
    pitfall::lateRequests(ServerIndex(after), found);
    pitfall::centralStores(ServerIndex(after), found);
    std::erase_if(found, [&](const Pitfall& one) { return !equalsIgnoringCase(one.site, siteOf(wanted.path)); });
    return found;
}

std::vector<Pitfall> answersPitfalls(const PlanInput& input, const Plan& plan)
{
    std::vector<Pitfall> found;
    rootNotInCtl(input, plan, found);
    crlOfClient(input, found);
    for (const Step& step : plan.steps) {
        const auto* access = step.state != StepState::Needed || step.after.empty() ? nullptr : std::get_if<AccessState>(&step.after.front());
        if (access) std::ranges::move(lateRequestsAfter(input, plan, *access), std::back_inserter(found));
    }
    return found;
}

void addPitfalls(const PlanInput& input, Plan& plan)
{
    for (Finding& finding : pitfalls(input.facts)) {
        // To look at such a server is one thing, to change it another.
        if (finding.id == "shared-configuration") finding.severity = Severity::Error;
        addOnce(plan.pitfalls, std::move(finding));
    }
    for (Pitfall& one : answersPitfalls(input, plan)) addOnce(plan.pitfalls, std::move(one.finding));
}

}  // namespace monban
