// SPDX-License-Identifier: MIT
#include "core/plan/retirement.h"

#include <algorithm>
#include <set>

#include "core/base/joined.h"
#include "core/base/utf8.h"
#include "core/observe/server_index.h"
#include "core/plan/chapters.h"
#include "core/plan/renewal.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

constexpr const char* kServerStores[] = {"MY", "WebHosting"};

/// Why a server certificate has to stay, or nothing. A record that a run was writing anew counts as if it were there.
std::optional<Message> neededBy(const PlanInput& input, const std::string& thumbprint)
{
    if (!input.facts.records) return input.facts.records.error().message;
    for (const auto* records : {&*input.facts.records, &input.earlier.cutRecords})
        for (const SslRecord& record : *records) {
            const bool isThere = records != &input.earlier.cutRecords || !recordAt(*input.facts.records, record.family, record.endpoint);
            if (record.thumbprint != thumbprint || !isThere) continue;
            const char* owner = ownerName(record.appId);
            return Message{tr("The http.sys record of {0} ({1}) still uses it, so it stays. Put another certificate there first."),
                           {record.endpoint, owner ? owner : record.appId}};
        }
    return std::nullopt;
}

/// Whether another certificate has the same private key: the key stays then.
bool sharesKey(const Facts& facts, const Certificate& certificate)
{
    for (const char* name : kWhereKeysAre) {
        const auto store = storeOf(facts, name);
        if (!store) return true;  // not seen: then rather a key too many
        for (const StoredCertificate& one : *store)
            if (one.certificate.thumbprintSha1 != certificate.thumbprintSha1 && one.hasPrivateKey() && one.certificate.publicKeyDer == certificate.publicKeyDer) return true;
    }
    return false;
}

class Retirement {
public:
    Retirement(const PlanInput& input, Plan& plan) : m_input(input), m_server(input.facts), m_plan(plan) {}

    void certificate(const std::string& thumbprint)
    {
        std::vector<std::string> stores;
        const StoredCertificate* entry = nullptr;
        for (const char* store : kServerStores)
            if (const StoredCertificate* found = m_server.certificate(store, thumbprint)) {
                stores.push_back(store);
                entry = found;
            }
        if (!entry) return absent(Chapter::Import, "retire.certificate", "MY", thumbprint);
        const bool keepsKey = !entry->hasPrivateKey() || sharesKey(m_input.facts, entry->certificate);
        for (const std::string& store : stores) {
            const bool isLast = store == stores.back();
            const std::string name = shownName(entry->certificate);
            Step step = removal("retire.certificate", Chapter::Import, store, thumbprint,
                                keepsKey || !isLast ? Message{tr("Remove the old certificate {0} ({1}) from the store {2}"), {name, thumbprint, store}}
                                                    : Message{tr("Remove the old certificate {0} ({1}) and its private key from the store {2}"), {name, thumbprint, store}});
            if (!keepsKey && isLast) step.action = RemoveImported{store, thumbprint, {}, {}};
            if (const auto reason = neededBy(m_input, thumbprint)) block(step, *reason);
            m_plan.steps.push_back(std::move(step));
        }
        if (!keepsKey)
            m_plan.findings.push_back({"retire-key", Severity::Warning,
                                       {tr("The private key of {0} goes for good; no undo brings it back. Other programs that use the certificate are not seen here, such as "
                                           "Remote Desktop, SQL Server or Exchange."),
                                        {shownName(entry->certificate)}},
                                       {tr("Look there before you go on. If you may need it again, keep its PKCS#12 file."), {}}});
    }

    void root(const std::string& thumbprint)
    {
        const std::vector<std::string> stores = ctlStoresWith(thumbprint);
        if (stores.empty()) return absent(Chapter::Trust, "retire.ctl", m_input.answers.trust.ctlStore, thumbprint);
        const Certificate& certificate = m_server.certificate(stores.front(), thumbprint)->certificate;
        const std::string name = shownName(certificate);
        for (const std::string& store : stores) {
            Step step = removal("retire.ctl", Chapter::Trust, store, thumbprint, {tr("Take the old root CA {0} ({1}) out of the store {2}"), {name, thumbprint, store}});
            if (const SslRecord* foreign = foreignNaming(store))
                block(step, {tr("The store {0} also decides who gets in at {1}, which belongs to {2}. Ask whoever looks after it first."), {store, foreign->endpoint, ownerName(foreign->appId)}});
            else if (!othersStay(store))
                block(step, {tr("It is the last CA in the store {0} that this server trusts: without it nobody could enter. Put the new root CA there and into the trusted roots first."), {store}});
            m_plan.steps.push_back(std::move(step));
        }
        m_plan.findings.push_back({"retire-root", Severity::Warning, {tr("Whoever has a client certificate of {0} is refused from then on (403.16)."), {name}},
                                   {tr("Go on when all users have certificates of the new CA."), {}}});
        distrust(certificate, stores);
    }

private:
    /// By certutil, which takes the certificate and leaves any key.
    Step removal(const char* id, Chapter chapter, const std::string& store, const std::string& thumbprint, Message title)
    {
        Step step;
        step.id = std::string(id) + "." + std::to_string(++m_number);
        step.chapter = chapter;
        step.title = std::move(title);
        step.effect = TakesEffect::NewConnections;
        step.after.push_back(CertificateState{store, thumbprint, false, false, std::nullopt, {}});
        step.action = Command{systemProgram(m_input.facts, "certutil.exe"), {"-delstore", store, thumbprint}};
        if (const auto unseen = noMachine(m_input.facts)) block(step, *unseen);
        return step;
    }

    /// Done already; or the store cannot be read, which settle() says.
    void absent(Chapter chapter, const char* id, const std::string& store, const std::string& thumbprint)
    {
        m_plan.steps.push_back(removal(id, chapter, store, thumbprint, {tr("Take the certificate {0} out of the store {1}"), {thumbprint, store}}));
    }

    std::vector<std::string> ctlStoresWith(const std::string& thumbprint) const
    {
        std::vector<std::string> stores;
        const auto add = [&](const std::string& store) {
            const bool isKnown = std::ranges::any_of(stores, [&](const std::string& other) { return equalsIgnoringCase(other, store); });
            if (!store.empty() && !isKnown && !equalsIgnoringCase(store, "ROOT") && m_server.certificate(store, thumbprint)) stores.push_back(store);
        };
        if (m_input.facts.records)
            for (const SslRecord& record : *m_input.facts.records)
                if (!isForeign(record)) add(record.ctlStore);
        add(m_input.answers.trust.ctlStore);
        return stores;
    }

    const SslRecord* foreignNaming(const std::string& store) const
    {
        if (!m_input.facts.records) return nullptr;
        const auto found = std::ranges::find_if(*m_input.facts.records, [&](const SslRecord& record) { return isForeign(record) && equalsIgnoringCase(record.ctlStore, store); });
        return found == m_input.facts.records->end() ? nullptr : &*found;
    }

    /// Whether a CA remains in that store with which somebody can enter.
    bool othersStay(const std::string& store) const
    {
        const Time now = m_input.facts.machine ? m_input.facts.machine->clock : hostTime();
        const auto& retired = m_input.answers.trust.retire;
        return std::ranges::any_of(m_server.certificates(store), [&](const StoredCertificate& one) {
            const std::string& thumbprint = one.certificate.thumbprintSha1;
            const bool isCurrent = one.certificate.notBefore <= now && now < one.certificate.notAfter;
            return isCurrent && std::ranges::find(retired, thumbprint) == retired.end() && m_server.certificate("ROOT", thumbprint);
        });
    }

    /// Out of ROOT goes only what Monban had put there and nothing else is seen to need.
    void distrust(const Certificate& certificate, const std::vector<std::string>& ctlStores)
    {
        const std::string& thumbprint = certificate.thumbprintSha1;
        if (!m_server.certificate("ROOT", thumbprint)) return;
        const auto stays = whyRootStays(m_input, m_server, certificate, ctlStores);
        if (stays) return m_plan.findings.push_back({"root-stays", Severity::Info, *stays, {}});
        m_plan.steps.push_back(removal("retire.root", Chapter::Trust, "ROOT", thumbprint, {tr("No longer trust the root CA {0} on this server (store ROOT)"), {shownName(certificate)}}));
    }

    const PlanInput& m_input;
    const ServerIndex m_server;
    Plan& m_plan;
    int m_number = 0;
};

/// Thumbprints of certificates in records, with the certificate.
std::vector<const Certificate*> used(const Facts& facts)
{
    std::vector<const Certificate*> list;
    std::set<std::string> known;
    for (const SslRecord& record : *facts.records)
        if (const Certificate* certificate = record.thumbprint.empty() ? nullptr : certificateOf(facts, record); certificate && known.insert(certificate->thumbprintSha1).second)
            list.push_back(certificate);
    return list;
}

/// Whether the one can stand wherever the other stood: it has each of its names, as it is.
bool takesThePlaceOf(const Certificate& successor, const Certificate& old)
{
    const auto names = namesOf(successor);
    const auto olds = namesOf(old);
    return successor.notAfter > old.notAfter && !olds.empty() && std::ranges::all_of(olds, [&](const std::string& one) {
        return std::ranges::any_of(names, [&](const std::string& other) { return equalsIgnoringCase(one, other); });
    });
}

void addCertificates(const Facts& facts, std::vector<Retirable>& list)
{
    const auto inUse = used(facts);
    std::set<std::string> known;
    for (const Certificate* one : inUse) known.insert(one->thumbprintSha1);
    for (const char* name : kServerStores) {
        const auto store = storeOf(facts, name);
        if (!store) continue;
        for (const StoredCertificate& entry : *store) {
            const Certificate& old = entry.certificate;
            if (!entry.hasPrivateKey() || !known.insert(old.thumbprintSha1).second) continue;
            const auto successor = std::ranges::find_if(inUse, [&](const Certificate* one) { return takesThePlaceOf(*one, old); });
            if (successor != inUse.end()) list.push_back({Retirable::Of::Certificate, old, **successor});
        }
    }
}

void addRoots(const Facts& facts, std::vector<Retirable>& list)
{
    const ServerIndex server(facts);
    const Time now = facts.machine ? facts.machine->clock : hostTime();
    std::set<std::string> known;
    for (const SslRecord& record : *facts.records) {
        if (record.ctlStore.empty() || equalsIgnoringCase(record.ctlStore, "ROOT") || !known.insert(lowerAscii(record.ctlStore)).second) continue;
        const auto store = storeOf(facts, record.ctlStore);
        if (!store || store->size() < 2) continue;
        for (const StoredCertificate& entry : *store) {
            const Certificate& old = entry.certificate;
            if (!old.selfSigned) continue;
            // Another key of the same CA; or whoever is left, where this one is over.
            const auto follows = [&](const StoredCertificate& one) {
                const Certificate& next = one.certificate;
                const bool isTrusted = next.selfSigned && server.certificate("ROOT", next.thumbprintSha1);
                return isTrusted && next.thumbprintSha1 != old.thumbprintSha1 && next.notAfter > old.notAfter && (next.subject == old.subject || old.notAfter < now);
            };
            const auto successor = std::ranges::find_if(*store, follows);
            if (successor != store->end() && known.insert(old.thumbprintSha1).second) list.push_back({Retirable::Of::Root, old, successor->certificate});
        }
    }
}

}  // namespace

std::optional<Message> whyRootStays(const PlanInput& input, const ServerIndex& server, const Certificate& root, const std::vector<std::string>& leaving)
{
    const std::string& thumbprint = root.thumbprintSha1;
    const auto changed = input.earlier.changed.find(subjectOf(State(CertificateState{"ROOT", thumbprint, false, false, std::nullopt, {}})));
    const auto* found = changed == input.earlier.changed.end() ? nullptr : std::get_if<CertificateState>(&changed->second.found);
    const auto* left = found ? std::get_if<CertificateState>(&changed->second.left) : nullptr;
    if (!found || found->present || !left || !left->present)
        return Message{tr("The root CA {0} stays among the trusted roots: Monban has not put it there, or does not know it any more."), {shownName(root)}};
    const auto isLeaving = [&](const std::string& store) { return std::ranges::any_of(leaving, [&](const std::string& one) { return equalsIgnoringCase(one, store); }); };
    for (const auto& [name, store] : input.facts.stores) {
        if (!store) return Message{tr("The root CA {0} stays among the trusted roots: what needs it cannot be told, because the store {1} cannot be read."), {shownName(root), name}};
        const std::string spelling = storeSpelling(name);
        if (spelling == "ROOT" || spelling == "CA" || spelling == "REQUEST" || isLeaving(name)) continue;
        for (const StoredCertificate& one : *store)
            if (one.hasPrivateKey() && server.leadsTo(one.certificate, thumbprint))
                return Message{tr("The root CA {0} stays among the trusted roots: the certificate {1} in the store {2} comes of it."), {shownName(root), shownName(one.certificate), name}};
    }
    if (!input.facts.records) return input.facts.records.error().message;
    for (const SslRecord& record : *input.facts.records) {
        if (isLeaving(record.ctlStore) || (record.ctlStore.empty() && !record.negotiatesClientCertificate())) continue;
        // Without a CTL store of its own a record lets in whoever leads to any trusted root.
        const bool isByRoot = record.ctlStore.empty() || equalsIgnoringCase(record.ctlStore, "ROOT");
        const auto leads = [&](const StoredCertificate& one) { return server.leadsTo(one.certificate, thumbprint); };
        if (isByRoot || std::ranges::any_of(server.certificates(record.ctlStore), leads))
            return Message{tr("The root CA {0} stays among the trusted roots: visitors at {1} are let in by it."), {shownName(root), record.endpoint}};
    }
    return std::nullopt;
}

std::vector<Retirable> retirableOn(const Facts& facts)
{
    std::vector<Retirable> list;
    if (!facts.records) return list;
    addCertificates(facts, list);
    addRoots(facts, list);
    return list;
}

Plan planRetirement(const PlanInput& given)
{
    Plan plan;
    plan.kind = PlanKind::Retirement;
    const Answers answers = answersFor(plan.kind, given.answers);
    const PlanInput input{answers, given.materials, given.facts, given.accepted, given.earlier};
    Retirement retirement(input, plan);
    for (const std::string& thumbprint : answers.import.retire) retirement.certificate(thumbprint);
    for (const std::string& thumbprint : answers.trust.retire) retirement.root(thumbprint);
    if (plan.steps.empty())
        plan.findings.push_back({"nothing-named", Severity::Info, {tr("No certificate is named that is to go (import.retire, trust.retire)."), {}}, {}});
    conclude(input, plan);
    return plan;
}

}  // namespace monban
