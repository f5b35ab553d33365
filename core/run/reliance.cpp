// SPDX-License-Identifier: MIT
#include "core/run/reliance.h"

#include <algorithm>
#include <set>

#include "core/base/joined.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr int kLongestChain = 10;

/// The name of a request changes once it is answered: its entry in REQUEST is the same thing.
std::set<std::string> namesOf(const State& state)
{
    std::set<std::string> names{subjectOf(state)};
    const auto* request = std::get_if<RequestState>(&state);
    if (request && !request->thumbprint.empty()) names.insert(subjectOf(State(CertificateState{"REQUEST", request->thumbprint, false, false, {}, {}})));
    return names;
}

std::set<std::string> touchedBy(const JournalRun& run)
{
    std::set<std::string> names;
    for (const JournalStep& step : run.steps)
        for (const State& state : step.before) names.insert(subjectOf(state));
    return names;
}

/// True for a record that would no longer ask visitors for the certificates its site requires.
bool asksNoLonger(const RecordState& back, const RecordState& now)
{
    if (!now.record) return false;
    if (!back.record) return true;
    const bool negotiation = now.record->negotiatesClientCertificate() && !back.record->negotiatesClientCertificate();
    return negotiation || !equalsIgnoringCase(back.record->ctlStore, now.record->ctlStore);
}

}  // namespace

Reliance::Reliance(const JournalRun& run, const std::vector<JournalRun>& later, const Facts& facts) : m_later(later), m_touched(touchedBy(run)), m_facts(facts), m_server(facts)
{
    std::set<std::string> known;
    for (auto one = later.rbegin(); one != later.rend(); ++one)
        for (const JournalStep& step : one->steps)
            for (const State& touched : step.before) {
                if (!known.insert(subjectOf(touched)).second) continue;
                if (const auto now = observedState(touched, facts)) m_standing.push_back({&*one, *now});
            }
    if (!facts.records) return;
    for (const SslRecord& record : *facts.records) {
        const std::string subject = subjectOf(State(RecordState{record.family, record.endpoint, {}}));
        if (!known.contains(subject) && !m_touched.contains(subject)) m_others.push_back(&record);
    }
}

std::optional<Message> Reliance::hindrance(const State& back, const State& left, const State& now) const
{
    // A request whose files are gone looks as if it had never been made, though its key serves a certificate by now.
    if (now == back && !std::holds_alternative<RequestState>(now)) return std::nullopt;
    if (auto later = changedLater(left)) return later;
    for (const Standing& standing : m_standing)
        if (needs(standing.state, back, now))
            return Message{tr("{0} cannot be taken back: {1}, which the later run {2} set, relies on it. Undo the run {2} first."),
                           {subjectOf(now), subjectOf(standing.state), standing.run->run}};
    const auto* certificate = std::get_if<CertificateState>(&now);
    if (!certificate) return std::nullopt;
    const auto& before = std::get<CertificateState>(back);
    const bool goes = (certificate->present && !before.present) || (certificate->key && !before.key);
    for (const SslRecord* record : m_others) {
        const bool isOwn = certificate->thumbprint == record->thumbprint && equalsIgnoringCase(certificate->store, record->store.empty() ? "MY" : record->store);
        if (!goes || !isOwn) continue;
        const char* owner = ownerName(record->appId);
        return Message{tr("{0} cannot be taken back: the http.sys record of {1} ({2}), which this run has not made, needs it by now. Change or remove that record first."),
                       {subjectOf(now), record->endpoint, owner ? owner : record->appId}};
    }
    return std::nullopt;
}

/// Whether nothing is left in that store once the run is taken back.
bool Reliance::isEmptied(const std::string& store) const
{
    const auto seen = storeOf(m_facts, store);
    return seen && std::ranges::all_of(*seen, [&](const StoredCertificate& one) {
        return m_touched.contains(subjectOf(State(CertificateState{store, one.certificate.thumbprintSha1, false, false, {}, {}})));
    });
}

std::optional<Finding> Reliance::warning(const State& back, const State& now) const
{
    const auto* certificate = std::get_if<CertificateState>(&now);
    if (!certificate || !certificate->present || std::get<CertificateState>(back).present) return std::nullopt;
    std::vector<std::string> places;
    for (const SslRecord* record : m_others)
        if (!record->ctlStore.empty() && equalsIgnoringCase(record->ctlStore, certificate->store)) places.push_back(record->endpoint);
    if (places.empty() || !isEmptied(certificate->store)) return std::nullopt;
    return Finding{"others-ctl-emptied", Severity::Warning,
                   {tr("The store {1} is left empty. Records that this run has not made name it ({0}): nobody with a certificate enters there any more."), {joined(places), certificate->store}},
                   {tr("Put the CA of those visitors into the store afterwards, or name another store in those records."), {}}};
}

std::optional<Message> Reliance::changedLater(const State& left) const
{
    const auto names = namesOf(left);
    for (auto run = m_later.rbegin(); run != m_later.rend(); ++run) {
        const auto touched = touchedBy(*run);
        if (std::ranges::any_of(names, [&](const std::string& name) { return touched.contains(name); }))
            return Message{tr("{0} was changed again by the later run {1}. Undo the run {1} first."), {subjectOf(left), run->run}};
    }
    return std::nullopt;
}

bool Reliance::needs(const State& standing, const State& back, const State& now) const
{
    if (const auto* record = std::get_if<RecordState>(&standing)) return record->record && recordNeeds(*record->record, back, now);
    if (const auto* access = std::get_if<AccessState>(&standing)) return siteNeeds(*access, back, now);
    const auto* binding = std::get_if<BindingState>(&standing);
    const auto* record = std::get_if<RecordState>(&now);
    return binding && binding->sslFlags && record && record->record && !std::get<RecordState>(back).record &&
           answers(*record->record, binding->site, binding->information);
}

bool Reliance::recordNeeds(const SslRecord& record, const State& back, const State& now) const
{
    if (const auto* certificate = std::get_if<CertificateState>(&now)) {
        const auto& before = std::get<CertificateState>(back);
        const bool leaves = certificate->present && !before.present;
        const bool losesKey = certificate->key && !before.key && before.thumbprint == record.thumbprint;
        return (leaves || losesKey) && certificateServes(record, *certificate);
    }
    const auto* binding = std::get_if<BindingState>(&now);
    return binding && binding->sslFlags && !std::get<BindingState>(back).sslFlags && answers(record, binding->site, binding->information);
}

/// The certificate is the record's own or one of its chain, or decides which client certificates it lets in.
bool Reliance::certificateServes(const SslRecord& record, const CertificateState& certificate) const
{
    const std::string own = record.store.empty() ? "MY" : record.store;
    if (certificate.thumbprint == record.thumbprint && equalsIgnoringCase(certificate.store, own)) return true;
    const bool hasCtl = !record.ctlStore.empty();
    if (hasCtl && equalsIgnoringCase(certificate.store, record.ctlStore)) return true;
    // A client certificate has to lead to a root in ROOT as well as in the CTL store.
    if (equalsIgnoringCase(certificate.store, "ROOT")) return hasCtl && m_server.certificate(record.ctlStore, certificate.thumbprint);
    if (!equalsIgnoringCase(certificate.store, "CA")) return false;
    const StoredCertificate* leaf = m_server.certificate(own, record.thumbprint);
    if (leaf && m_server.leadsTo(leaf->certificate, certificate.thumbprint)) return true;
    // An intermediate CA of the clients, who need not send it along.
    const StoredCertificate* intermediate = m_server.certificate("CA", certificate.thumbprint);
    const Certificate* link = intermediate && hasCtl ? &intermediate->certificate : nullptr;
    for (int i = 0; link && i < kLongestChain; ++i) {
        if (m_server.certificate(record.ctlStore, link->thumbprintSha1)) return true;
        link = link->selfSigned ? nullptr : m_server.issuerOf(*link);
    }
    return false;
}

/// A path that wants client certificates needs a record of its site that asks for them, and whatever that one needs.
bool Reliance::siteNeeds(const AccessState& access, const State& back, const State& now) const
{
    if (!(access.effective & (access_flags::kNegotiateCert | access_flags::kRequireCert))) return false;
    for (const HttpsBinding& one : m_server.bindings()) {
        const std::string& site = one.site->name;
        const bool here = equalsIgnoringCase(access.path.substr(0, site.size()), site) && (access.path.size() == site.size() || access.path[site.size()] == '/');
        if (!here) continue;
        if (const auto* binding = std::get_if<BindingState>(&now);
            binding && !std::get<BindingState>(back).sslFlags && equalsIgnoringCase(binding->site, site) && equalsIgnoringCase(binding->information, one.binding->information))
            return true;
        for (const SslRecord* record : one.records) {
            const auto* changed = std::get_if<RecordState>(&now);
            const bool same = changed && changed->family == record->family && equalsIgnoringCase(changed->endpoint, record->endpoint);
            if (same && asksNoLonger(std::get<RecordState>(back), *changed)) return true;
            if (std::holds_alternative<CertificateState>(now) && recordNeeds(*record, back, now)) return true;
        }
    }
    return false;
}

bool Reliance::answers(const SslRecord& record, const std::string& site, const std::string& information) const
{
    for (const HttpsBinding& one : m_server.bindings())
        if (equalsIgnoringCase(one.site->name, site) && equalsIgnoringCase(one.binding->information, information))
            return std::ranges::find(one.records, record.endpoint, [](const SslRecord* each) { return each->endpoint; }) != one.records.end();
    return false;
}

}  // namespace monban
