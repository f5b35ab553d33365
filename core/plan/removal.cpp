// SPDX-License-Identifier: MIT
#include "core/plan/removal.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/joined.h"
#include "core/base/utf8.h"
#include "core/observe/server_index.h"
#include "core/plan/binding_command.h"
#include "core/plan/chapters.h"
#include "core/plan/renewal.h"
#include "core/plan/restore.h"
#include "core/plan/retirement.h"

namespace monban {
namespace {

using namespace access_flags;

constexpr std::uint32_t kAnyRequest = kNegotiateCert | kRequireCert;
constexpr std::uint32_t kAnySsl = kSsl | kSsl128;
/// Stores that Windows itself uses: only what Monban had put there leaves them.
constexpr const char* kWindowsStores[] = {"MY", "ROOT", "CA", "REQUEST", "WebHosting", "ClientAuthIssuer", "AuthRoot", "Trust", "TrustedPeople", "TrustedPublisher", "Disallowed"};

bool isSetUp(const SslRecord& record) { return record.negotiatesClientCertificate() || !record.ctlStore.empty(); }

bool asksForCertificates(const Site& site)
{
    return std::ranges::any_of(site.access, [](const Access& access) { return (access.flags & kAnyRequest) != 0; });
}

bool isSite(const HttpsBinding& one, const Site& site) { return equalsIgnoringCase(one.site->name, site.name); }

class Removal {
public:
    Removal(const PlanInput& input, const Site& site, Plan& plan) : m_input(input), m_site(site), m_server(input.facts), m_plan(plan) {}

    void run()
    {
        sortBindings();
        sortRecords();
        for (const Access& access : m_site.access) planAccess(access);
        for (const SslRecord* record : m_records) planRecord(*record);
        for (const HttpsBinding* one : m_going) planBinding(*one);
        for (const HttpsBinding* one : m_staying) planFlag(*one);
        planStores();
        planIssuerList();
        tell();
    }

private:
    /// How Monban's first run that stands found a thing; nullptr where none changed it.
    const EarlierRuns::Changed* changed(const State& like) const
    {
        const auto found = m_input.earlier.changed.find(subjectOf(like));
        return found == m_input.earlier.changed.end() ? nullptr : &found->second;
    }
    const BindingState* foundBinding(const HttpsBinding& one) const
    {
        const auto* known = changed(BindingState{one.site->name, one.binding->protocol, one.binding->information, std::nullopt});
        return known ? std::get_if<BindingState>(&known->found) : nullptr;
    }
    const RecordState* foundRecord(const SslRecord& record) const
    {
        const auto* known = changed(RecordState{record.family, record.endpoint, std::nullopt});
        return known ? std::get_if<RecordState>(&known->found) : nullptr;
    }

    void sortBindings()
    {
        for (const HttpsBinding& one : m_server.bindings()) {
            if (!isSite(one, m_site)) continue;
            const BindingState* found = foundBinding(one);
            (found && !found->sslFlags ? m_going : m_staying).push_back(&one);
        }
    }

    bool isGoing(const HttpsBinding& one) const
    {
        return std::ranges::any_of(m_going, [&](const HttpsBinding* other) { return other->binding == one.binding; });
    }

    void sortRecords()
    {
        std::set<const SslRecord*> known;
        for (const auto* list : {&m_going, &m_staying})
            for (const HttpsBinding* one : *list)
                for (const SslRecord* record : one->records)
                    if (known.insert(record).second) m_records.push_back(record);
    }

    Step step(const char* id, Chapter chapter, Message title, State wanted)
    {
        Step one;
        one.id = std::string(id) + "." + std::to_string(++m_number);
        one.chapter = chapter;
        one.title = std::move(title);
        one.effect = TakesEffect::NewConnections;
        const auto seen = observedState(wanted, m_input.facts);
        if (seen) one.action = restoringAction(wanted, *seen, {m_input.facts, {}});
        else block(one, seen.error().message);
        one.after.push_back(std::move(wanted));
        if (const auto reason = noIis(m_input.facts)) block(one, *reason);
        return one;
    }

    void planAccess(const Access& access)
    {
        const std::uint32_t unwanted = kAnyRequest | (m_staying.empty() ? kAnySsl : 0);
        if (!(access.flags & unwanted) || access.inherited) return;
        const auto seen = observedState(AccessState{access.path, std::nullopt, 0}, m_input.facts);
        AccessState wanted{access.path, access.flags & ~unwanted, access.flags & ~unwanted};
        // As it was before Monban came, if nobody has changed it since.
        const auto* known = changed(wanted);
        if (known && seen && *seen == known->left && !(std::get<AccessState>(known->found).effective & kAnyRequest)) wanted = std::get<AccessState>(known->found);
        Step one = step("remove.access", Chapter::Require, {tr("No longer ask for client certificates on {0} (SSL Settings)"), {access.path}}, wanted);
        if (const auto file = setByFile(m_site, access.path)) block(one, *file);
        m_plan.steps.push_back(std::move(one));
    }

    /// Other bindings that the record answers for and that stay: of other sites, or of this one.
    std::vector<const HttpsBinding*> sharing(const SslRecord& record) const
    {
        std::vector<const HttpsBinding*> others;
        for (const HttpsBinding& one : m_server.bindings())
            if (!isGoing(one) && std::ranges::find(one.records, &record) != one.records.end()) others.push_back(&one);
        return others;
    }

    void planRecord(const SslRecord& record)
    {
        const auto others = sharing(record);
        const RecordState* found = foundRecord(record);
        const bool goes = others.empty() && found && !found->record;
        if (!goes && !isSetUp(record)) return;
        if (const auto refusal = ownerRefusal(record, true)) {
            m_plan.findings.push_back({kRecordLeft, Severity::Warning, *refusal, {}});
            return;
        }
        const auto needing = std::ranges::find_if(others, [&](const HttpsBinding* one) { return !isSite(*one, m_site) && asksForCertificates(*one->site); });
        if (needing != others.end()) {
            m_plan.findings.push_back({"record-shared", Severity::Warning,
                                       {tr("The http.sys record of {0} goes on asking for client certificates: the site {1} answers there as well and needs it."),
                                        {record.endpoint, (*needing)->site->name}},
                                       {tr("Give this site an address, port or host name of its own if its visitors are not to be asked."), {}}});
            return;
        }
        RecordState wanted{record.family, record.endpoint, std::nullopt};
        Message title{tr("Remove the http.sys record of {0}"), {record.endpoint}};
        if (!goes) {
            const SslRecord before = found && found->record ? *found->record : SslRecord{};
            wanted.record = record;
            if (!before.negotiatesClientCertificate()) wanted.record->flags &= ~record_flags::kNegotiateClientCertificate;
            wanted.record->ctlStore = before.ctlStore;
            wanted.record->ctlIdentifier = before.ctlIdentifier;
            if (*wanted.record == record) return;
            title = {tr("Let the http.sys record of {0} no longer ask for client certificates; everything else in it stays"), {record.endpoint}};
        }
        m_done.insert(&record);
        m_stillNamed[&record] = wanted.record ? wanted.record->ctlStore : std::string();
        m_plan.steps.push_back(step("remove.record", Chapter::Bind, title, wanted));
    }

    void planBinding(const HttpsBinding& one)
    {
        const Binding& binding = *one.binding;
        m_plan.steps.push_back(step("remove.binding", Chapter::Bind, {tr("Remove the https binding {0} from the site {1}"), {binding.information, m_site.name}},
                                    BindingState{m_site.name, binding.protocol, binding.information, std::nullopt}));
    }

    /// Server 2025 keeps the request in the binding as well.
    void planFlag(const HttpsBinding& one)
    {
        const Binding& binding = *one.binding;
        const BindingState* found = foundBinding(one);
        const bool had = found && (found->sslFlags.value_or(0) & binding_flags::kNegotiateClientCertificate);
        const bool isAsking = std::ranges::any_of(one.records, [&](const SslRecord* record) { return !m_done.contains(record) && record->negotiatesClientCertificate(); });
        if (!(binding.sslFlags & binding_flags::kNegotiateClientCertificate) || had || isAsking) return;
        m_plan.steps.push_back(step("remove.binding", Chapter::Bind, {tr("Set the options of the https binding {0} of the site {1}"), {binding.information, m_site.name}},
                                    BindingState{m_site.name, binding.protocol, binding.information, binding.sslFlags & ~binding_flags::kNegotiateClientCertificate}));
    }

    bool isNamed(const std::string& store) const
    {
        return std::ranges::any_of(*m_input.facts.records, [&](const SslRecord& record) {
            const auto changed = m_stillNamed.find(&record);
            return equalsIgnoringCase(changed == m_stillNamed.end() ? record.ctlStore : changed->second, store);
        });
    }

    /// CTL stores that no record will name any more; those of a removal that was cut off are known from the journal.
    std::vector<std::string> freeStores() const
    {
        std::vector<std::string> stores;
        const auto add = [&](const std::string& store) {
            const std::string spelling = storeSpelling(store);
            const bool isKnown = std::ranges::any_of(stores, [&](const std::string& other) { return equalsIgnoringCase(other, spelling); });
            if (!store.empty() && !isKnown && spelling != "ROOT" && !isNamed(store)) stores.push_back(spelling);
        };
        for (const SslRecord* record : m_done) add(record->ctlStore);
        for (const SslRecord& record : m_input.earlier.unfinishedRecords) {
            const SslRecord* now = recordAt(*m_input.facts.records, record.family, record.endpoint);
            if (!now || now->ctlStore.empty()) add(record.ctlStore);
        }
        std::ranges::sort(stores);
        return stores;
    }

    bool isOurs(const std::string& store, const std::string& thumbprint) const
    {
        const auto* known = changed(CertificateState{store, thumbprint, false, false, std::nullopt, {}});
        const auto* found = known ? std::get_if<CertificateState>(&known->found) : nullptr;
        return found && !found->present;
    }

    void planStores()
    {
        const auto stores = freeStores();
        std::set<std::string> roots;
        for (const std::string& store : stores) {
            const bool isWindows = std::ranges::any_of(kWindowsStores, [&](const char* name) { return equalsIgnoringCase(store, name); });
            for (const StoredCertificate& entry : m_server.certificates(store)) {
                const std::string& thumbprint = entry.certificate.thumbprintSha1;
                if (entry.hasPrivateKey() || (isWindows && !isOurs(store, thumbprint))) continue;
                roots.insert(thumbprint);
                m_plan.steps.push_back(step("remove.ctl", Chapter::Trust,
                                            {tr("Take the CA {0} out of the store {1}, which no record names any more"), {shownName(entry.certificate), store}},
                                            CertificateState{store, thumbprint, false, false, std::nullopt, {}}));
            }
            // Of a removal that was cut off: what it has taken out already.
            for (const auto& [subject, one] : m_input.earlier.changed)
                if (const auto* left = std::get_if<CertificateState>(&one.left); left && !left->present && equalsIgnoringCase(left->store, store)) roots.insert(left->thumbprint);
        }
        for (const std::string& thumbprint : roots) planRoot(thumbprint, stores);
    }

    void planRoot(const std::string& thumbprint, const std::vector<std::string>& stores)
    {
        const StoredCertificate* entry = m_server.certificate("ROOT", thumbprint);
        if (!entry) return;
        if (const auto stays = whyRootStays(m_input, m_server, entry->certificate, stores)) {
            m_plan.findings.push_back({"root-stays", Severity::Info, *stays, {}});
            return;
        }
        m_plan.steps.push_back(step("remove.root", Chapter::Trust, {tr("No longer trust the root CA {0} on this server (store ROOT)"), {shownName(entry->certificate)}},
                                    CertificateState{"ROOT", thumbprint, false, false, std::nullopt, {}}));
    }

    /// The list of CA names is the whole server's: it goes back when no other record asks for client certificates.
    void planIssuerList()
    {
        const auto* known = changed(RegistryState{"SendTrustedIssuerList", std::nullopt});
        if (!known) return;
        const auto now = observedState(known->left, m_input.facts);
        if (!now || !(*now == known->left) || *now == known->found) return;
        const bool isNeeded = std::ranges::any_of(*m_input.facts.records, [&](const SslRecord& record) { return !m_done.contains(&record) && isSetUp(record); });
        if (isNeeded) return;
        Step one = step("remove.issuer-list", Chapter::Bind, restoringTitle(known->found, *now), known->found);
        one.effect = TakesEffect::Restart;
        m_plan.steps.push_back(std::move(one));
    }

    void tell()
    {
        if (m_plan.steps.empty()) {
            m_plan.findings.push_back({"nothing-to-remove", Severity::Info, {tr("Nothing of a set-up is left on the site {0}."), {m_site.name}}, {}});
            return;
        }
        m_plan.findings.insert(m_plan.findings.begin(),
                               m_staying.empty() ? Finding{"removal-opens", Severity::Warning,
                                                           {tr("The site {0} is no longer reached by https afterwards, and whoever reaches it by http gets in without a client certificate."), {m_site.name}},
                                                           {tr("Stop the site first if nobody is to get in."), {}}}
                                                 : Finding{"removal-opens", Severity::Warning,
                                                           {tr("Whoever reaches the site {0} afterwards gets in without a client certificate; https itself stays."), {m_site.name}},
                                                           {tr("Stop the site first if nobody is to get in."), {}}});
        std::vector<std::string> names;
        for (const SslRecord* record : m_done)
            if (const Certificate* certificate = certificateOf(m_input.facts, *record))
                if (const std::string name = shownName(*certificate) + " (" + certificate->thumbprintSha1 + ")"; std::ranges::find(names, name) == names.end()) names.push_back(name);
        if (!names.empty())
            m_plan.findings.push_back({"certificate-stays", Severity::Info, {tr("The server certificate stays with its private key, which no undo could bring back: {0}."), {joined(names)}},
                                       {tr("Remove it afterwards if nothing needs it (import.retire)."), {}}});
    }

    const PlanInput& m_input;
    const Site& m_site;
    const ServerIndex m_server;
    Plan& m_plan;
    std::vector<const HttpsBinding*> m_going;    ///< bindings that Monban had made
    std::vector<const HttpsBinding*> m_staying;
    std::vector<const SslRecord*> m_records;
    std::map<const SslRecord*, std::string> m_stillNamed;  ///< the CTL store that each of these names afterwards
    std::set<const SslRecord*> m_done;           ///< those that a step removes or that ask no more
    int m_number = 0;
};

}  // namespace

std::vector<std::string> removableSites(const Facts& facts)
{
    std::vector<std::string> names;
    if (!facts.sites || !facts.records) return names;
    const ServerIndex server(facts);
    for (const Site& site : *facts.sites) {
        const bool isAsked = std::ranges::any_of(server.bindings(), [&](const HttpsBinding& one) {
            return isSite(one, site) && std::ranges::any_of(one.records, [](const SslRecord* record) { return isSetUp(*record) && !ownerRefusal(*record, true); });
        });
        if (isAsked || asksForCertificates(site)) names.push_back(site.name);
    }
    return names;
}

Plan planRemoval(const PlanInput& given)
{
    Plan plan;
    plan.kind = PlanKind::Removal;
    const Answers answers = answersFor(plan.kind, given.answers);
    const PlanInput input{answers, given.materials, given.facts, given.accepted, given.earlier};
    const auto site = chosenSite(input);
    if (!site || !input.facts.records)
        plan.steps.push_back(blocked("remove.site", Chapter::Bind, {tr("Take the set-up off the site {0}"), {answers.bind.site.empty() ? "…" : answers.bind.site}},
                                     site ? input.facts.records.error().message : site.error().message));
    else
        Removal(input, *site, plan).run();
    conclude(input, plan);
    return plan;
}

}  // namespace monban
