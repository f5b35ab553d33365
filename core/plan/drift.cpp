// SPDX-License-Identifier: MIT
#include "core/plan/drift.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/base/utf8.h"
#include "core/observe/access_section.h"
#include "core/observe/server_index.h"
#include "core/plan/chapters.h"
#include "core/plan/restore.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

/// The certificate and its store as IIS writes them, all else at its default (WINDOWS-FACTS 1.7, 5.5).
bool isAsIisWrites(const SslRecord& record)
{
    SslRecord plain;
    plain.family = record.family;
    plain.endpoint = record.endpoint;
    plain.thumbprint = record.thumbprint;
    plain.store = record.store;
    plain.appId = kIisAppId;
    return record == plain;
}

Message authorOfRecord(const RecordState& approved, const RecordState& now)
{
    if (!now.record)
        return {tr("Somebody removed the binding in IIS Manager, which takes the record with it, or the record itself with netsh."), {}};
    const char* owner = ownerName(now.record->appId);
    if (owner && now.record->appId != approved.record->appId && now.record->appId != kIisAppId) return {tr("{0} has taken the endpoint over."), {owner}};
    if (isAsIisWrites(*now.record))
        return {tr("IIS Manager: whoever presses OK in \"Site Bindings\" has the record written anew, and exactly these settings are lost. Renewal tools that choose the "
                   "certificate through IIS do the same."),
                {}};
    SslRecord same = *approved.record;
    same.thumbprint = now.record->thumbprint;
    if (same == *now.record) return {tr("A renewal by another tool or by hand: only the certificate is another one."), {}};
    return {tr("netsh, by hand or by a script."), {}};
}

Message authorOfAccess(const AccessState& approved, const Facts& facts)
{
    for (const Site& site : *facts.sites)
        if (const auto file = setByFile(site, approved.path)) return {tr("A web.config that came with the site's files sets it."), {}};
    return {tr("IIS Manager (SSL Settings), or appcmd or PowerShell, by hand or by a script."), {}};
}

Message authorOf(const State& approved, const State& now, const Facts& facts)
{
    if (const auto* record = std::get_if<RecordState>(&approved)) return authorOfRecord(*record, std::get<RecordState>(now));
    if (const auto* access = std::get_if<AccessState>(&approved)) return authorOfAccess(*access, facts);
    if (std::holds_alternative<BindingState>(approved)) return {tr("IIS Manager (Site Bindings), or appcmd or PowerShell, by hand or by a script."), {}};
    if (std::holds_alternative<RegistryState>(approved)) return {tr("A group policy, a hardening tool, or somebody with the registry editor."), {}};
    const auto& certificate = std::get<CertificateState>(approved);
    if (std::get<CertificateState>(now).present) return {tr("Its private key was removed, or is not to be used any more."), {}};
    if (storeSpelling(certificate.store) == "ROOT") return {tr("A group policy or somebody who tidied up the trusted roots (certlm.msc)."), {}};
    return {tr("Somebody removed it, with certlm.msc or certutil."), {}};
}

/// A rename is nobody's harm.
State wantedOf(const State& approved)
{
    State wanted = approved;
    if (auto* certificate = std::get_if<CertificateState>(&wanted)) {
        certificate->friendlyName.reset();
        certificate->der.clear();
    }
    return wanted;
}

bool isServerStore(const std::string& store) { return storeSpelling(store) == "MY" || storeSpelling(store) == "WebHosting"; }

/// A server certificate matters as long as an approved record has it.
bool matters(const State& state, const std::vector<EarlierRuns::Approved>& approved)
{
    const auto* certificate = std::get_if<CertificateState>(&state);
    if (!certificate || !isServerStore(certificate->store)) return true;
    return std::ranges::any_of(approved, [&](const EarlierRuns::Approved& one) {
        const auto* record = std::get_if<RecordState>(&one.state);
        return record && record->record && record->record->thumbprint == certificate->thumbprint;
    });
}

class PuttingBack {
public:
    PuttingBack(const PlanInput& input, Plan& plan) : m_input(input), m_server(input.facts), m_plan(plan) {}

    void run()
    {
        auto list = deviations(m_input.earlier.approved, m_input.facts);
        // A record names a certificate, and a path needs the record.
        const auto rank = [](const Deviation& one) {
            constexpr std::size_t kPlace[] = {0, 2, 1, 3, 4};  // in the order of State: certificate, record, binding, access, registry
            return kPlace[std::min<std::size_t>(one.now.index(), 4)];
        };
        std::ranges::stable_sort(list, {}, rank);
        for (const Deviation& one : list) {
            if (const auto* certificate = std::get_if<CertificateState>(&one.approved.state)) putBack(one, *certificate);
            else if (const auto* record = std::get_if<RecordState>(&one.approved.state)) putBack(one, *record);
            else putBack(one);
        }
        const auto unseen = unseenOf(m_input.earlier.approved, m_input.facts);
        for (const Unseen& one : unseen) addUnseen(one);
        if (list.empty() && unseen.empty()) m_plan.findings.push_back({"no-drift", Severity::Info, asApproved(m_input.earlier.approved), {}});
    }

private:
    void add(const Deviation& one, State wanted, Message title, const std::string& file = {})
    {
        Step step;
        step.id = "put-back." + std::to_string(++m_number);
        step.chapter = Chapter::Bind;
        if (std::holds_alternative<CertificateState>(wanted)) step.chapter = Chapter::Trust;
        if (std::holds_alternative<AccessState>(wanted)) step.chapter = Chapter::Require;
        step.title = std::move(title);
        step.effect = std::holds_alternative<RegistryState>(wanted) ? TakesEffect::Restart : TakesEffect::NewConnections;
        step.action = restoringAction(wanted, one.now, {m_input.facts, file});
        step.after.push_back(std::move(wanted));
        step.reason = one.author;
        if (const auto reason = noIis(m_input.facts)) block(step, *reason);
        m_plan.steps.push_back(std::move(step));
    }

    void addUnseen(const Unseen& one)
    {
        Step step;
        step.id = "put-back." + std::to_string(++m_number);
        step.chapter = Chapter::Start;
        step.title = {tr("See whether {0} is still as it was approved"), {subjectOf(one.approved.state)}};
        step.state = StepState::Unknown;
        step.reason = one.why;
        m_plan.steps.push_back(std::move(step));
    }

    void leave(const Message& why, const Message& remedy, const char* acceptedBy = "") { m_plan.findings.push_back({kNotPutBack, Severity::Warning, why, remedy, false, acceptedBy}); }
    bool isIncomplete() const { return std::ranges::any_of(m_plan.findings, [](const Finding& one) { return one.id == kNotPutBack; }); }

    void putBack(const Deviation& one, const CertificateState& approved)
    {
        const auto& now = std::get<CertificateState>(one.now);
        if (approved.key)
            return leave({tr("The certificate {0} with its private key is gone from the store {1}; nothing brings the key back."), {approved.thumbprint, approved.store}},
                         {tr("Import its PKCS#12 file again, or renew the certificate."), {}});
        if (approved.der.empty())
            return leave({tr("The certificate {0} is gone from the store {1}, and the journal has not kept it."), {approved.thumbprint, approved.store}},
                         {tr("Put it there again from the CA's file, as at the set-up."), {}});
        const std::string file = keptCertificate(m_input.earlier.folder, approved.thumbprint);
        save(file, approved.der);
        add(one, wantedOf(approved), restoringTitle(approved, now), file);
    }

    /// certutil takes a file.
    void save(const std::string& file, const Bytes& der)
    {
        const State wanted = FileState{file, der};
        if (std::ranges::any_of(m_plan.steps, [&](const Step& step) { return step.after.front() == wanted; })) return;
        Step step;
        step.id = "put-back." + std::to_string(++m_number);
        step.chapter = Chapter::Trust;
        step.title = {tr("Save the certificate from the journal as {0}"), {file}};
        step.action = WriteFile{file, der};
        step.after.push_back(wanted);
        m_plan.steps.push_back(std::move(step));
    }

    const StoredCertificate* certificateOf(const std::optional<SslRecord>& record) const
    {
        return record ? m_server.certificate(record->store.empty() ? "MY" : record->store, record->thumbprint) : nullptr;
    }

    /// A later one that is valid now and serves the visitors of that record: those names, or where no binding has one, some of the old ones.
    bool isRenewalOf(const Certificate& after, const Certificate& before, const SslRecord& record) const
    {
        const Time now = m_input.facts.machine ? m_input.facts.machine->clock : hostTime();
        if (after.notAfter <= before.notAfter || now < after.notBefore || after.notAfter <= now) return false;
        const auto names = namesOf(after);
        const auto hosts = hostsOf(record);
        if (hosts.empty()) return shareName(names, namesOf(before));
        return std::ranges::all_of(hosts, [&](const std::string& host) { return std::ranges::any_of(names, [&](const std::string& name) { return coversHost(name, host); }); });
    }

    std::vector<const HttpsBinding*> answeredBy(const SslRecord& record) const
    {
        std::vector<const HttpsBinding*> found;
        for (const HttpsBinding& binding : m_server.bindings())
            if (std::ranges::any_of(binding.records, [&](const SslRecord* one) { return one->family == record.family && equalsIgnoringCase(one->endpoint, record.endpoint); }))
                found.push_back(&binding);
        return found;
    }

    std::vector<std::string> hostsOf(const SslRecord& record) const
    {
        std::vector<std::string> hosts;
        if (record.family == RecordFamily::HostNamePort) hosts.push_back(lowerAscii(addressOf(record.endpoint)));
        for (const HttpsBinding* binding : answeredBy(record))
            if (!binding->host().empty()) hosts.push_back(lowerAscii(binding->host()));
        return hosts;
    }

    void putBack(const Deviation& one, const RecordState& approved)
    {
        const auto& now = std::get<RecordState>(one.now);
        const auto refusal = now.record ? ownerRefusal(*now.record, !answeredBy(*now.record).empty()) : std::nullopt;
        if (refusal) {
            const bool isUnknown = !ownerName(now.record->appId);
            if (!isUnknown) return leave(*refusal, {});
            if (!m_input.accepted.contains(kUnknownOwner))
                return leave(*refusal, {tr("If it is this site's, accept this (unknown-owner): then its settings are put back as well."), {}}, kUnknownOwner);
        }
        RecordState wanted = approved;
        const StoredCertificate* before = certificateOf(approved.record);
        const StoredCertificate* after = certificateOf(now.record);
        const bool isNewer = after && after->hasPrivateKey() && (!before || isRenewalOf(after->certificate, before->certificate, *now.record));
        if (isNewer && now.record->thumbprint != approved.record->thumbprint) {
            wanted.record->thumbprint = now.record->thumbprint;
            wanted.record->store = now.record->store;
            m_plan.findings.push_back({"newer-certificate-stays", Severity::Info,
                                       {tr("At {0} somebody has put another certificate since, {1}, which is valid for longer. It stays; only the rest is put back."),
                                        {approved.endpoint, shownName(after->certificate)}},
                                       {}});
            if (*wanted.record == *now.record) return;
        } else if (!before || !before->hasPrivateKey()) {
            return leave({tr("The http.sys record of {0} cannot come back: its certificate {1} is no longer on this server."), {approved.endpoint, approved.record->thumbprint}},
                         {tr("Import its PKCS#12 file again, or renew the certificate."), {}});
        }
        if (after && before && wanted.record->thumbprint != now.record->thumbprint && before->certificate.notAfter < after->certificate.notAfter)
            m_plan.findings.push_back({"older-certificate-comes-back", Severity::Warning,
                                       {tr("At {0} the approved certificate, which ends on {1}, takes the place of {2}, which ends on {3} but does not serve the names of this site, or is not valid now."),
                                        {approved.endpoint, rfc3339(before->certificate.notAfter).substr(0, 10), shownName(after->certificate), rfc3339(after->certificate.notAfter).substr(0, 10)}},
                                       {}});
        if (refusal)
            m_plan.pitfalls.push_back({kUnknownOwner, Severity::Info, *refusal, {tr("You accepted it as this site's: its settings are put back as well."), {}}, false, kUnknownOwner});
        add(one, wanted, {tr("Give the http.sys record of {0} the settings that were approved"), {approved.endpoint}});
    }

    void putBack(const Deviation& one)
    {
        const State& approved = one.approved.state;
        const auto* access = std::get_if<AccessState>(&approved);
        const auto* binding = std::get_if<BindingState>(&approved);
        const std::string site = access ? siteOf(access->path) : binding ? binding->site : std::string();
        if (!site.empty() && m_input.facts.sites) {
            const Site* there = siteNamed(*m_input.facts.sites, site);
            if (!there) return leave({tr("The site {0} is gone, so {1} cannot come back."), {site, subjectOf(approved)}}, {});
            if (const auto file = access ? setByFile(*there, access->path) : std::nullopt) return leave(*file, {});
        }
        if (access && (access->effective & (access_flags::kNegotiateCert | access_flags::kRequireCert)) && isIncomplete())
            return leave({tr("The SSL settings of {0} are not put back as long as the rest cannot be: nobody might get in."), {access->path}}, {});
        add(one, approved, restoringTitle(approved, one.now));
    }

    const PlanInput& m_input;
    const ServerIndex m_server;
    Plan& m_plan;
    int m_number = 0;
};

}  // namespace

std::string keptCertificate(const std::string& folder, const std::string& thumbprint)
{
    return utf8(pathFromUtf8(folder) / (thumbprint + ".cer"));
}

std::vector<Deviation> deviations(const std::vector<EarlierRuns::Approved>& approved, const Facts& facts)
{
    std::vector<Deviation> list;
    for (const EarlierRuns::Approved& one : approved) {
        if (!matters(one.state, approved)) continue;
        const State wanted = wantedOf(one.state);
        const auto now = observedState(wanted, facts);
        if (!now || satisfies(*now, wanted)) continue;
        Deviation deviation{one, *now, {}, authorOf(one.state, *now, facts)};
        for (const FactLine& line : factLines(wanted))
            if (const std::string found = valueAt(*now, line.fact); found != line.value) deviation.lines.push_back({line.fact, line.value, found});
        list.push_back(std::move(deviation));
    }
    return list;
}

std::vector<Unseen> unseenOf(const std::vector<EarlierRuns::Approved>& approved, const Facts& facts)
{
    std::vector<Unseen> list;
    for (const EarlierRuns::Approved& one : approved) {
        if (!matters(one.state, approved)) continue;
        if (const auto now = observedState(wantedOf(one.state), facts); !now) list.push_back({one, now.error().message});
    }
    return list;
}

Message asApproved(const std::vector<EarlierRuns::Approved>& approved)
{
    if (approved.empty()) return {tr("Monban has changed nothing here that still stands, so there is nothing to compare with."), {}};
    return {tr("Everything is as it was last approved."), {}};
}

Plan planPutBack(const PlanInput& input)
{
    Plan plan;
    plan.kind = PlanKind::PutBack;
    PuttingBack(input, plan).run();
    conclude(input, plan);
    return plan;
}

}  // namespace monban
