// SPDX-License-Identifier: MIT
#include "core/plan/plan.h"

#include <algorithm>

#include "core/base/path_length.h"
#include "core/base/utf8.h"
#include "core/model/pasted.h"
#include "core/plan/chapters.h"
#include "core/plan/drift.h"
#include "core/plan/removal.h"
#include "core/plan/renewal.h"
#include "core/plan/restore.h"
#include "core/plan/resumption.h"
#include "core/plan/retirement.h"

namespace monban {
namespace {

/// How an earlier step of the same plan leaves this thing, if one touches it.
const State* leftBy(const std::vector<Step>& steps, std::size_t before, const std::string& subject)
{
    for (std::size_t i = before; i-- > 0;) {
        if (steps[i].state == StepState::Blocked || steps[i].state == StepState::Done) continue;
        for (const State& state : steps[i].after)
            if (subjectOf(state) == subject) return &state;
    }
    return nullptr;
}

bool isDone(const Step& step, const Facts& facts)
{
    return !step.after.empty() && std::all_of(step.after.begin(), step.after.end(), [&](const State& wanted) {
        const auto seen = observedState(wanted, facts);
        return seen && satisfies(*seen, wanted);
    });
}

/// Done where everything is as wanted, unknown where a part cannot be read.
void judge(Step& step, const Facts& facts)
{
    for (const State& wanted : step.after) {
        const auto seen = observedState(wanted, facts);
        if (!seen) {
            step.state = StepState::Unknown;
            step.reason = seen.error().message;
            return;
        }
    }
    step.state = isDone(step, facts) ? StepState::Done : StepState::Needed;
}

/// A step whose things an earlier step of the plan changes: there is nothing left for it where that one leaves them as
/// they are wanted here (an intermediate CA that the PKCS#12 file brings along, and that is named as well).
void judgeAfterEarlier(Step& step)
{
    if (step.before.size() != step.after.size()) return;
    for (std::size_t i = 0; i < step.after.size(); ++i)
        if (!satisfies(step.before[i], step.after[i])) return;
    step.state = StepState::Done;
}

/// That of an accepted answer is one action as well: the request waits again with its key.
std::optional<Action> undoOfAnswer(const Step& step)
{
    const auto& pending = std::get<CertificateState>(step.before.front());
    const auto& certificate = std::get<CertificateState>(step.after[1]);
    ReopenRequest reopening{certificate.store, certificate.thumbprint, {}, pending.der, pending.thumbprint, false};
    for (std::size_t i = 2; i < step.before.size(); ++i)
        if (const auto& issuer = std::get<CertificateState>(step.before[i]); !issuer.present) reopening.chain.push_back(issuer.thumbprint);
    return reopening;
}

/// A certificate that one step takes out of a store and puts into another.
struct Moved {
    std::string thumbprint;
    std::string from;
    std::string to;
    Action back(const Facts& facts) const { return movingCertificate(facts, thumbprint, to, from); }
};
std::optional<Moved> movedCertificate(const Step& step)
{
    if (step.after.size() != 2 || step.before.size() != 2) return std::nullopt;
    const auto* out = std::get_if<CertificateState>(&step.after[0]);
    const auto* in = std::get_if<CertificateState>(&step.after[1]);
    if (!out || !in || out->present || !in->present || out->thumbprint != in->thumbprint) return std::nullopt;
    return Moved{out->thumbprint, out->store, in->store};
}

/// The undo of an import is one action for the key and for what came along with it.
std::optional<Action> undoOf(const Step& step, const Facts& facts, const std::string& journal)
{
    const auto* import = step.action ? std::get_if<ImportPkcs12>(&*step.action) : nullptr;
    if (import) {
        RemoveImported removal{import->store, import->thumbprint, {}, {}};
        for (const State& before : step.before) {
            const auto& certificate = std::get<CertificateState>(before);
            if (certificate.thumbprint == import->thumbprint && certificate.present) return std::nullopt;
            if (certificate.thumbprint != import->thumbprint && !certificate.present) removal.chain.push_back(certificate.thumbprint);
        }
        return removal;
    }
    if (step.before.empty() || step.after.empty()) return std::nullopt;
    const auto* first = std::get_if<CertificateState>(&step.before.front());
    if (first && first->store == "REQUEST" && first->present && step.after.size() > 1) return undoOfAnswer(step);
    if (const auto moved = movedCertificate(step)) return moved->back(facts);
    if (certificateGone(step.before.front(), step.after.front(), facts)) return std::nullopt;
    return restoringAction(step.before.front(), step.after.front(), {facts, first && !journal.empty() ? keptCertificate(journal, first->thumbprint) : std::string()});
}

/// The one site whose name reads the same: pasted, it came with marks nobody sees or in full-width letters.
const Site* siteLike(const std::vector<Site>& sites, const std::string& wanted)
{
    const Site* found = nullptr;
    for (const Site& site : sites) {
        if (!equalsIgnoringCase(pastedWord(site.name), pastedWord(wanted))) continue;
        if (found) return nullptr;
        found = &site;
    }
    return found;
}

/// Without rights nothing runs that would change the server; what is done already needs none.
void blockWithoutRights(const Facts& facts, Plan& plan)
{
    if (!facts.machine || facts.machine->elevated) return;
    for (Step& step : plan.steps) {
        if (step.state != StepState::Needed) continue;
        block(step, {tr("Changing this server needs administrator rights. Start Monban again as administrator."), {}});
        step.lacksRights = true;
    }
}

/// The first certificate of a practice CA among what the answers name.
const Certificate* practiceCertificate(const Materials& materials)
{
    std::vector<const Certificate*> all;
    const auto add = [&](const std::vector<Certificate>& certificates) {
        for (const Certificate& one : certificates) all.push_back(&one);
    };
    if (materials.pkcs12 && *materials.pkcs12) add((*materials.pkcs12)->certificates);
    if (materials.issued && *materials.issued) add((*materials.issued)->certificates);
    if (materials.root && *materials.root) all.push_back(&(*materials.root)->certificate);
    for (const auto& one : materials.intermediates)
        if (one) all.push_back(&one->certificate);
    const auto found = std::ranges::find_if(all, [](const Certificate* one) { return one->isPractice; });
    return found == all.end() ? nullptr : *found;
}

/// Anybody can have the key of a practice CA: where others rely on the server, nothing of it is trusted, and nothing done.
void refusePractice(const PlanInput& input, Plan& plan)
{
    if (!input.facts.machine || input.facts.machine->practice) return;
    const Certificate* certificate = practiceCertificate(input.materials);
    if (!certificate) return;
    for (Step& step : plan.steps) {
        step.state = StepState::Blocked;
        step.reason = {tr("{0} is the CA of a practice server, whose key anybody can have. It is for practice servers only; name the files of your own CA."),
                       {certificate->subject}};
    }
}

/// Monban could read such a file, certutil and certreq cannot.
void refuseLongPaths(Plan& plan)
{
    for (Step& step : plan.steps) {
        const auto* command = step.action ? std::get_if<Command>(&*step.action) : nullptr;
        if (!command || step.state == StepState::Blocked) continue;
        const auto found = std::ranges::find_if(command->arguments, isTooLongForPrograms);
        if (found == command->arguments.end()) continue;
        block(step, {tr("The path {0} is longer than the 259 characters that Windows' own programs take. Put the file at a shorter path and name that."),
                     {*found}});
    }
}

/// Without its certificate a site must not be bound nor ask for client certificates. What is wrong with the answers
/// themselves stays said.
void letWait(const PlanInput& input, Plan& plan)
{
    for (Step& step : plan.steps) {
        const bool later = step.chapter == Chapter::Bind || step.chapter == Chapter::Require;
        const bool badAnswer = step.state == StepState::Blocked && step.chapter == Chapter::Bind;
        if (!later || badAnswer) continue;
        step.state = StepState::Waiting;
        step.reason = waitingReason(input);
    }
}

}  // namespace

bool Plan::has(StepState state) const
{
    return std::any_of(steps.begin(), steps.end(), [&](const Step& step) { return step.state == state; });
}

std::set<std::string> Plan::saidOf(const std::string& pitfall) const
{
    std::set<std::string> sentences;
    for (const auto* list : {&pitfalls, &findings})
        for (const Finding& one : *list)
            if (one.acceptedBy == pitfall) sentences.insert(inEnglish(one.message));
    return sentences;
}

void settle(Plan& plan, const Facts& facts, const std::string& journal)
{
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        Step& step = plan.steps[i];
        step.before.clear();
        for (const State& wanted : step.after) {
            const State* earlier = leftBy(plan.steps, i, subjectOf(wanted));
            const auto seen = observedState(wanted, facts);
            if (earlier) {
                step.before.push_back(*earlier);
                step.ordered = true;
            } else if (seen) {
                step.before.push_back(*seen);
            }
        }
        if (step.state == StepState::Needed) step.ordered ? judgeAfterEarlier(step) : judge(step, facts);
        if ((step.state == StepState::Blocked || step.state == StepState::Waiting) && isDone(step, facts)) {
            // What hinders a change hinders nothing where there is nothing to change.
            step.state = StepState::Done;
            step.reason = {};
        }
        if (step.action && step.before.size() == step.after.size()) step.undo = undoOf(step, facts, journal);
    }
}

Plan planSetup(const PlanInput& input)
{
    Plan plan;
    if (input.answers.certificate.source == CertificateAnswers::Source::Request) {
        // certreq accepts only what leads to a trusted root, so the root comes first.
        planCertificate(input, plan);
        planTrust(input, plan);
        planAccept(input, plan);
    } else {
        planImport(input, plan);
        planTrust(input, plan);
    }
    planBind(input, plan);
    planRequire(input, plan);
    if (waitsForAnswer(input)) letWait(input, plan);
    planTroubleshoot(input, plan);
    planMend(input, plan);
    holdBackLateRequests(input, plan);
    conclude(input, plan);
    return plan;
}

Answers answersFor(PlanKind kind, const Answers& answers)
{
    Answers read;
    switch (kind) {
    case PlanKind::SetUp: return answers;
    case PlanKind::Renewal:
        read.certificate = answers.certificate;
        read.import = answers.import;
        break;
    case PlanKind::Retirement:
        read.import.retire = answers.import.retire;
        read.trust.retire = answers.trust.retire;
        break;
    case PlanKind::Removal: read.bind.site = answers.bind.site; break;
    case PlanKind::Resumption:
        read.bind.endpoint = answers.bind.endpoint;
        read.bind.hostname = answers.bind.hostname;
        break;
    case PlanKind::PutBack:
    case PlanKind::Undo: break;
    }
    return read;
}

Plan planOf(PlanKind kind, const PlanInput& input)
{
    switch (kind) {
    case PlanKind::Renewal: return planRenewal(input);
    case PlanKind::Retirement: return planRetirement(input);
    case PlanKind::Removal: return planRemoval(input);
    case PlanKind::PutBack: return planPutBack(input);
    case PlanKind::Resumption: return planResumption(input);
    case PlanKind::SetUp:
    case PlanKind::Undo: break;
    }
    return planSetup(input);
}

void conclude(const PlanInput& input, Plan& plan)
{
    plan.answers = answersFor(plan.kind, input.answers);
    refuseLongPaths(plan);
    refusePractice(input, plan);
    settle(plan, input.facts, input.earlier.folder);
    blockWithoutRights(input.facts, plan);
    addPitfalls(input, plan);
}

std::string systemProgram(const Facts& facts, const std::string& name)
{
    return (facts.machine ? facts.machine->systemFolder : std::string("C:\\Windows\\System32")) + "\\" + name;
}

std::string appcmdProgram(const Facts& facts) { return systemProgram(facts, "inetsrv\\appcmd.exe"); }

std::string configurationPath(const std::string& location)
{
    const std::string first = lowerAscii(location.substr(0, location.find('/')));
    const bool plain = !location.starts_with('-') && first != "machine" && first != "webroot" && first != "apphost";
    return plain ? location : "MACHINE/WEBROOT/APPHOST/" + location;
}

std::string shownName(const Certificate& certificate)
{
    return certificate.commonName.empty() ? certificate.subject : certificate.commonName;
}

void block(Step& step, Message reason)
{
    step.state = StepState::Blocked;
    step.reason = std::move(reason);
}

Step blocked(std::string id, Chapter chapter, Message title, Message reason)
{
    Step step;
    step.id = std::move(id);
    step.chapter = chapter;
    step.title = std::move(title);
    block(step, std::move(reason));
    return step;
}

Step waiting(std::string id, Chapter chapter, Message title, Message reason)
{
    Step step = blocked(std::move(id), chapter, std::move(title), std::move(reason));
    step.state = StepState::Waiting;
    return step;
}

std::optional<Message> noMachine(const Facts& facts)
{
    if (!facts.machine) return facts.machine.error().message;
    return std::nullopt;
}

std::optional<Message> noIis(const Facts& facts)
{
    if (auto reason = noMachine(facts)) return reason;
    if (!facts.machine->iisInstalled)
        return Message{tr("IIS is not installed on this server. Add the role \"Web Server (IIS)\" in Server Manager first."), {}};
    if (!facts.sharedConfiguration) return facts.sharedConfiguration.error().message;
    // appcmd would change the shared files, and with them every other server; what was read here is not what IIS uses.
    if (const auto& shared = *facts.sharedConfiguration)
        return Message{tr("IIS takes its configuration from {0} (shared configuration), so what was read here does not count and a "
                          "change would reach every server that shares it. Turn shared configuration off for the time of the change "
                          "(IIS Manager, Shared Configuration), plan again, and export the configuration afterwards."),
                       {*shared}};
    return std::nullopt;
}

Result<Site> chosenSite(const PlanInput& input)
{
    if (!input.facts.sites) return input.facts.sites.error();
    const std::vector<Site>& sites = *input.facts.sites;
    std::string names;
    for (const Site& site : sites) names += (names.empty() ? "" : ", ") + site.name;
    const std::string& wanted = input.answers.bind.site;
    if (wanted.empty() && sites.size() == 1) return sites.front();
    if (wanted.empty())
        return Error{ErrorCode::InvalidInput,
                     {tr("This server has several sites ({0}). Say which one is meant (bind.site)."), {names}}, "no site named"};
    if (const Site* site = siteNamed(sites, wanted)) return *site;
    if (const Site* site = siteLike(sites, wanted)) return *site;
    return Error{ErrorCode::NotFound,
                 {tr("IIS has no site named {0}. It has: {1}."), {wanted, names}}, "no such site"};
}

Result<Certificate> serverCertificate(const PlanInput& input)
{
    if (waitsForAnswer(input)) return Error{ErrorCode::NotFound, waitingReason(input), "the CA has not answered yet"};
    if (input.answers.certificate.source == CertificateAnswers::Source::Request) return issuedCertificate(input);
    if (!input.materials.pkcs12)
        return Error{ErrorCode::NotFound,
                     {tr("No server certificate is named yet. Name its PKCS#12 file, .p12 or .pfx (certificate.file)."), {}},
                     "no certificate.file"};
    const auto& material = *input.materials.pkcs12;
    if (!material) return material.error();
    if (material->certificates.empty())
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} holds no certificate. Ask the CA for the PKCS#12 file of the server."), {material->file}},
                     "no certificate in the file"};
    return material->certificates.front();
}

}  // namespace monban
