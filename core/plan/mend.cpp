// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "core/base/number.h"
#include "core/base/utf8.h"
#include "core/observe/pitfalls.h"
#include "core/observe/server_index.h"
#include "core/plan/binding_command.h"
#include "core/plan/chapters.h"
#include "core/plan/restore.h"

namespace monban {
namespace {

/// What mending works with; the steps of the chapters before stand in the plan already.
struct Mending {
    const PlanInput& input;
    const ServerIndex server;
    Plan& plan;
    std::set<std::string> answering = {};  ///< subjects of the records that answer bindings of IIS
    std::string id = {};                   ///< of the pitfall
    int number = 0;                        ///< of its steps so far

    Step step(Message title, TakesEffect effect)
    {
        Step step;
        step.id = "mend." + id + "." + std::to_string(++number);
        step.chapter = Chapter::Troubleshoot;
        step.title = std::move(title);
        step.effect = effect;
        if (const auto reason = noMachine(input.facts)) block(step, *reason);
        return step;
    }
};

/// A thing as the steps so far will leave it, or else as it is.
template <class T>
std::optional<T> asPlanned(const Mending& mending, const T& like)
{
    for (auto step = mending.plan.steps.rbegin(); step != mending.plan.steps.rend(); ++step)
        for (const State& state : step->after)
            if (step->state != StepState::Blocked && subjectOf(state) == subjectOf(State(like))) return std::get<T>(state);
    const auto seen = observedState(State(like), mending.input.facts);
    return seen ? std::optional(std::get<T>(*seen)) : std::nullopt;
}

/// That an unknown one is the site's own can be accepted.
std::optional<Message> notOurs(Mending& mending, const SslRecord& record)
{
    const auto reason = ownerRefusal(record, mending.answering.contains(subjectOf(State(RecordState{record.family, record.endpoint, std::nullopt}))));
    if (!reason || ownerName(record.appId)) return reason;
    addOnce(mending.plan.pitfalls, {kUnknownOwner, Severity::Error, *reason, {tr("If it is this site's, accept this (unknown-owner): then it is mended."), {}}, false, kUnknownOwner});
    return mending.input.accepted.contains(kUnknownOwner) ? std::nullopt : reason;
}

template <class Change>
void mendRecord(Mending& mending, const SslRecord& record, Message title, Change&& change, std::optional<Message> hindrance = {})
{
    const auto present = asPlanned(mending, RecordState{record.family, record.endpoint, std::nullopt});
    if (!present || !present->record) return;
    RecordState wanted = *present;
    change(*wanted.record);
    if (wanted == *present) return;
    Step step = mending.step(std::move(title), TakesEffect::NewConnections);
    step.action = restoringAction(State(wanted), State(*present), {mending.input.facts, {}});
    step.after.push_back(wanted);
    if (const auto reason = notOurs(mending, record)) hindrance = reason;
    if (hindrance && step.state != StepState::Blocked) block(step, *hindrance);
    mending.plan.steps.push_back(std::move(step));
}

void mendNegotiation(Mending& mending, const Pitfall& pitfall)
{
    mendRecord(mending, *pitfall.record, {tr("Let the record {0} ask for client certificates in the handshake"), {pitfall.record->endpoint}},
               [](SslRecord& record) { record.flags |= record_flags::kNegotiateClientCertificate; });
}

/// A store nobody fills would shut everybody out.
void mendIssuerList(Mending& mending, const Pitfall& pitfall)
{
    const std::string& store = mending.input.answers.trust.ctlStore;
    bool filled = !mending.server.certificates(store).empty();
    for (const Step& step : mending.plan.steps)
        for (const State& state : step.after)
            if (const auto* certificate = std::get_if<CertificateState>(&state))
                filled = filled || (step.state != StepState::Blocked && certificate->present && equalsIgnoringCase(certificate->store, store));
    std::optional<Message> hindrance;
    if (!filled)
        hindrance = {tr("The store {0} holds no CA certificate, so IIS would refuse every client certificate (403.16)."), {store}};
    mendRecord(mending, *pitfall.record, {tr("Let the record {0} name the CTL store {1}"), {pitfall.record->endpoint, store}},
               [&](SslRecord& record) { record.ctlStore = store; }, hindrance);
}

void mendRevocation(Mending& mending, const Pitfall& pitfall)
{
    mendRecord(mending, *pitfall.record, {tr("Let the record {0} check whether client certificates are revoked"), {pitfall.record->endpoint}},
               [](SslRecord& record) { record.checkMode &= ~check_mode::kNoRevocationCheck; });
}

void mendUsage(Mending& mending, const Pitfall& pitfall)
{
    mendRecord(mending, *pitfall.record, {tr("Let the record {0} check the purpose of client certificates"), {pitfall.record->endpoint}},
               [](SslRecord& record) { record.checkMode &= ~check_mode::kNoUsageCheck; });
}

/// Out of ROOT and into CA, where it does its work without harm. One that is in CA already only leaves ROOT.
void mendRoot(Mending& mending, const Pitfall& pitfall)
{
    const StoredCertificate* entry = mending.server.certificate("ROOT", pitfall.thumbprint);
    if (!entry) return;
    const Certificate& certificate = entry->certificate;
    Step step = mending.step({tr("Move {0} from the trusted roots into the store CA"), {certificate.subject}}, TakesEffect::NewConnections);
    step.after.push_back(CertificateState{"ROOT", pitfall.thumbprint, false, false, std::nullopt, {}});
    if (mending.server.certificate("CA", pitfall.thumbprint)) {
        step.action = Command{systemProgram(mending.input.facts, "certutil.exe"), {"-delstore", "ROOT", pitfall.thumbprint}};
    } else {
        step.action = movingCertificate(mending.input.facts, pitfall.thumbprint, "ROOT", "CA");
        step.after.push_back(CertificateState{"CA", pitfall.thumbprint, true, false, std::nullopt, {}});
    }
    mending.plan.steps.push_back(std::move(step));
}

/// certutil takes a file: a root that came from elsewhere is saved, unless a step before does it.
void saveRootFirst(Mending& mending, const CertificateMaterial& root)
{
    const FileState wanted{root.file, root.certificate.der};
    const auto present = asPlanned(mending, wanted);
    if (root.takenFrom.empty() || (present && present->content == wanted.content)) return;
    Step step = mending.step({}, TakesEffect::Now);
    saveRoot(root, step);
    mending.plan.steps.push_back(std::move(step));
}

void mendCtl(Mending& mending, const Pitfall& pitfall)
{
    const auto root = rootCertificate(mending.input);
    const std::string& store = pitfall.store;
    CertificateState wanted{store, {}, true, false, std::nullopt, {}};
    const std::optional<Message> hindrance = root ? refusedStoreName(store) : std::optional(root.error().message);
    if (!hindrance) {
        wanted.thumbprint = root->certificate.thumbprintSha1;
        const auto present = asPlanned(mending, wanted);
        if (present && present->present) return;
        saveRootFirst(mending, *root);
    }
    Step step = mending.step({tr("Put the root CA into the store {0}, which the record {1} names"), {store, pitfall.record->endpoint}},
                             TakesEffect::NewConnections);
    if (hindrance) {
        block(step, *hindrance);
    } else {
        step.action = Command{systemProgram(mending.input.facts, "certutil.exe"), {"-f", "-addstore", store, root->file}};
        step.after.push_back(wanted);
        step.restsOn = root->sha256;
    }
    mending.plan.steps.push_back(std::move(step));
}

/// The right name gets the value that the wrong one has, unless it has one of its own; then the wrong one goes.
void mendValue(Mending& mending, const Pitfall& pitfall)
{
    const RegistryEntry& entry = *pitfall.value;
    const std::string right = schannelNameMeant(entry.name);
    const auto number = numberFrom<std::uint32_t>(entry.data);
    const RegistryState wanted{right, number.value_or(0)};
    const auto present = asPlanned(mending, wanted);
    if (present && !present->value) {
        Step step = mending.step({tr("Set the registry value {0} to {1}"), {right, std::to_string(*wanted.value)}}, TakesEffect::Restart);
        if (!number)
            block(step, {tr("What the registry value {0} was to mean cannot be told from its data ({1}). Set {2} by hand."), {entry.name, entry.data, right}});
        step.action = restoringAction(State(wanted), State(*present), {mending.input.facts, {}});
        step.after.push_back(wanted);
        mending.plan.steps.push_back(std::move(step));
    }
    if (equalsIgnoringCase(entry.name, right)) return;
    const RegistryState gone{entry.name, std::nullopt};
    Step step = mending.step({tr("Remove the registry value {0}, which does nothing"), {entry.name}}, TakesEffect::Now);
    step.action = restoringAction(State(gone), State(gone), {mending.input.facts, {}});
    step.after.push_back(gone);
    mending.plan.steps.push_back(std::move(step));
}

void mendTrustMode(Mending& mending, const Pitfall&)
{
    const RegistryState wanted{"ClientAuthTrustMode", 0};
    Step step = mending.step({tr("Set the registry value {0} to {1}"), {wanted.name, "0"}}, TakesEffect::Restart);
    step.action = restoringAction(State(wanted), State(wanted), {mending.input.facts, {}});
    step.after.push_back(wanted);
    mending.plan.steps.push_back(std::move(step));
}

void mendSniFlag(Mending& mending, const Pitfall& pitfall)
{
    const Binding& binding = *pitfall.binding;
    auto wanted = asPlanned(mending, BindingState{pitfall.site, binding.protocol, binding.information, std::nullopt});
    if (!wanted || !wanted->sslFlags || (*wanted->sslFlags & binding_flags::kSni)) return;
    *wanted->sslFlags |= binding_flags::kSni;
    Step step = mending.step({tr("Let the binding {0} of the site {1} use SNI"), {binding.information, pitfall.site}}, TakesEffect::NewConnections);
    step.action = BindingCommands{appcmdProgram(mending.input.facts), wanted->site, wanted->protocol, wanted->information}.setFlags(*wanted->sslFlags);
    step.after.push_back(*wanted);
    if (const auto reason = noIis(mending.input.facts)) block(step, *reason);
    mending.plan.steps.push_back(std::move(step));
}

struct Remedy {
    const char* id;
    void (*mend)(Mending&, const Pitfall&);
};
constexpr Remedy kRemedies[] = {{"bindings-negotiate-differently", mendNegotiation},
                                {"client-auth-trust-mode", mendTrustMode},
                                {"ctl-root-missing", mendCtl},
                                {"ctl-store-empty", mendCtl},
                                {"ctl-store-missing", mendCtl},
                                {"issuer-list-is-root", mendIssuerList},
                                {"late-request", mendNegotiation},
                                {"registry-value-misspelt", mendValue},
                                {"revocation-not-checked", mendRevocation},
                                {"root-not-self-signed", mendRoot},
                                {"sni-flag-missing", mendSniFlag},
                                {"usage-not-checked", mendUsage}};

}  // namespace

void planMend(const PlanInput& input, Plan& plan)
{
    std::vector<std::string> wanted = input.answers.troubleshoot.mend;
    if (wanted.empty()) return;
    auto found = findPitfalls(input.facts);
    for (Pitfall& one : answersPitfalls(input, plan)) found.push_back(std::move(one));
    Mending mending{input, ServerIndex(input.facts), plan};
    for (const HttpsBinding& one : mending.server.bindings())
        for (const SslRecord* record : one.records)
            mending.answering.insert(subjectOf(State(RecordState{record->family, record->endpoint, std::nullopt})));
    for (auto id = wanted.begin(); id != wanted.end(); ++id) {
        if (std::find(wanted.begin(), id, *id) != id) continue;
        mending.id = *id;
        mending.number = 0;
        for (const Remedy& remedy : kRemedies)
            for (const Pitfall& pitfall : found)
                if (*id == remedy.id && pitfall.finding.id == *id && pitfall.finding.mendable) remedy.mend(mending, pitfall);
    }
}

}  // namespace monban
