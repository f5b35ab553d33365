// SPDX-License-Identifier: MIT
#include "core/plan/renewal.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/joined.h"
#include "core/base/utf8.h"
#include "core/observe/server_index.h"
#include "core/plan/chapters.h"
#include "core/plan/record_command.h"
#include "core/plan/request_policy.h"
#include "core/plan/restore.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

constexpr const char* kId = "renew.record";
constexpr const char* kNotValidNow = "renewal-not-valid";

/// A record with a certificate, and whose it is.
struct Use {
    SslRecord record;
    bool isThere = true;             ///< else a run that was cut off had just taken it away
    std::optional<Message> refusal;  ///< why Monban does not change it
    bool isAccepted = false;         ///< as the site's, whatever speaks against it

    bool isOurs() const { return !refusal || isAccepted; }
};

/// Records in the order in which the server lists them; of those without a certificate of their own (CCS) none.
std::vector<Use> usesOn(const PlanInput& input)
{
    std::set<const SslRecord*> answering;
    const ServerIndex server(input.facts);
    for (const HttpsBinding& binding : server.bindings()) answering.insert(binding.records.begin(), binding.records.end());
    std::vector<Use> uses;
    for (const SslRecord& record : *input.facts.records) {
        if (record.thumbprint.empty()) continue;
        auto refusal = ownerRefusal(record, answering.contains(&record));
        const bool isAccepted = refusal && !ownerName(record.appId) && input.accepted.contains(kUnknownOwner);
        uses.push_back({record, true, std::move(refusal), isAccepted});
    }
    for (const SslRecord& record : input.earlier.cutRecords)
        if (!record.thumbprint.empty() && !recordAt(*input.facts.records, record.family, record.endpoint)) uses.push_back({record, false, {}, false});
    return uses;
}

std::string storeOfRecord(const SslRecord& record) { return storeSpelling(record.store.empty() ? "MY" : record.store); }

const StoredCertificate* entryOf(const Facts& facts, const SslRecord& record)
{
    const StoredCertificate* elsewhere = nullptr;
    for (const auto& [name, store] : facts.stores) {
        if (!store) continue;
        const auto found = std::ranges::find_if(*store, [&](const StoredCertificate& one) { return one.certificate.thumbprintSha1 == record.thumbprint; });
        if (found == store->end()) continue;
        if (equalsIgnoringCase(name, storeOfRecord(record))) return &*found;
        elsewhere = &*found;
    }
    return elsewhere;
}

/// The certificates among some records, each with where it is used: what a person chooses from.
class Choice {
public:
    explicit Choice(const Facts& facts) : m_facts(facts) {}

    void add(const Use& use)
    {
        if (!m_places.contains(use.record.thumbprint)) m_order.push_back(use.record.thumbprint);
        m_places[use.record.thumbprint].push_back(&use.record);
    }
    const std::vector<std::string>& thumbprints() const { return m_order; }

    /// "0123… iisdemo.example.test, 2026-12-12 (0.0.0.0:443, [::]:443)", with semicolons in between.
    std::string text() const
    {
        std::string text;
        for (const std::string& thumbprint : m_order) {
            const auto& records = m_places.at(thumbprint);
            const Certificate* certificate = certificateOf(m_facts, *records.front());
            std::vector<std::string> places;
            for (const SslRecord* record : records) places.push_back(record->endpoint);
            text += (text.empty() ? "" : "; ") + thumbprint + (certificate ? " " + shownName(*certificate) + ", " + rfc3339(certificate->notAfter).substr(0, 10) : "") +
                    " (" + joined(places) + ")";
        }
        return text;
    }

private:
    const Facts& m_facts;
    std::vector<std::string> m_order;
    std::map<std::string, std::vector<const SslRecord*>> m_places;
};

/// The names the new certificate has or shall have; none where nothing tells.
std::vector<std::string> wantedNames(const PlanInput& input, const Certificate* after)
{
    if (after) return namesOf(*after);
    const CertificateAnswers& answers = input.answers.certificate;
    std::vector<std::string> names = answers.dnsNames;
    names.insert(names.end(), answers.ipAddresses.begin(), answers.ipAddresses.end());
    if (!answers.commonName.empty()) names.push_back(answers.commonName);
    return names;
}

Error chooseOne(const Choice& choice)
{
    return {ErrorCode::InvalidInput,
            {tr("Several certificates could be the one to replace: {0}. Say which one is meant (certificate.replaces)."), {choice.text()}},
            "several certificates"};
}

/// Thumbprint of the certificate whose place the new one takes; empty where it has it everywhere already.
Result<std::string> replaced(const PlanInput& input, const std::vector<Use>& uses, const Certificate* after)
{
    const std::string& named = input.answers.certificate.replaces;
    const auto isNew = [&](const Use& use) { return after && use.record.thumbprint == after->thumbprintSha1; };
    Choice all(input.facts);
    Choice ours(input.facts);
    Choice others(input.facts);
    const std::vector<std::string> wanted = wantedNames(input, after);
    for (const Use& use : uses) {
        if (isNew(use)) continue;
        all.add(use);
        const Certificate* certificate = certificateOf(input.facts, use.record);
        const bool fits = wanted.empty() || (certificate && shareName(wanted, namesOf(*certificate)));
        if (fits) (use.isOurs() ? ours : others).add(use);
    }
    const bool isThereAlready = std::ranges::any_of(uses, isNew);
    if (!named.empty()) {
        if (std::ranges::find(all.thumbprints(), named) != all.thumbprints().end() || isThereAlready) return named;
        return Error{ErrorCode::NotFound, {tr("No http.sys record has the certificate {0} (certificate.replaces). Records have: {1}."), {named, all.text()}}, "not in use"};
    }
    for (const Choice* choice : {&ours, &others}) {
        if (choice->thumbprints().size() > 1) return chooseOne(*choice);
        if (choice->thumbprints().size() == 1) return choice->thumbprints().front();
    }
    if (isThereAlready) return std::string();
    if (all.thumbprints().empty())
        return Error{ErrorCode::NotFound, {tr("No http.sys record has a certificate, so there is nothing to renew. Set the site up first."), {}}, "no records"};
    return Error{ErrorCode::NotFound,
                 {tr("No http.sys record has a certificate that shares a name with the new one. Records have: {0}. Say which of them is to be replaced "
                     "(certificate.replaces)."),
                  {all.text()}},
                 "no shared name"};
}

/// Names by which visitors come to those records.
std::vector<std::string> hostsOf(const Facts& facts, const std::vector<Use>& uses)
{
    std::set<std::string> endpoints;
    for (const Use& use : uses) endpoints.insert(lowerAscii(use.record.endpoint));
    std::vector<std::string> hosts;
    for (const Use& use : uses)
        if (use.record.family == RecordFamily::HostNamePort) hosts.push_back(lowerAscii(addressOf(use.record.endpoint)));
    const ServerIndex server(facts);
    for (const HttpsBinding& binding : server.bindings()) {
        const std::string host = lowerAscii(binding.host());
        const bool here = std::ranges::any_of(binding.records, [&](const SslRecord* record) { return endpoints.contains(lowerAscii(record->endpoint)); });
        if (here && !host.empty() && std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
    }
    return hosts;
}

class Renewal {
public:
    Renewal(const PlanInput& input, std::vector<Use> uses, std::string before, Plan& plan) : m_input(input), m_before(std::move(before)), m_plan(plan)
    {
        const auto certificate = serverCertificate(input);
        if (certificate) m_after = *certificate;
        for (Use& use : uses) {
            const bool hasNew = m_after && use.record.thumbprint == m_after->thumbprintSha1;
            if (use.record.thumbprint != m_before && !hasNew) continue;
            if (hasNew && !use.isOurs()) continue;  // its owner has been quicker
            if (use.isAccepted && !hasNew) m_plan.pitfalls.push_back({kUnknownOwner, Severity::Info, *use.refusal, {tr("You accepted it as this site's: its certificate is replaced as well."), {}}, false, kUnknownOwner});
            (use.isOurs() ? m_ours : m_others).push_back(std::move(use));
        }
    }

    void run()
    {
        planCertificates();
        compare();
        for (std::size_t i = 0; i < m_ours.size(); ++i) m_plan.steps.push_back(recordStep(m_ours[i], i + 1));
        if (m_ours.empty()) m_plan.steps.push_back(blocked(kId, Chapter::Bind, title("…"), noneOfOurs()));
        for (const Use& use : m_others) leave(use);
    }

private:
    static Message title(const std::string& endpoint)
    {
        return {tr("Put the new certificate into the http.sys record of {0}; everything else in it stays"), {endpoint}};
    }

    Message noneOfOurs() const
    {
        return {tr("All records with the certificate {0} belong to other programs, so Monban changes none of them."), {m_before}};
    }

    /// The new certificate goes where the records look for it, whatever store the answers name.
    std::vector<std::string> stores() const
    {
        std::vector<std::string> names;
        for (const Use& use : m_ours)
            if (std::ranges::find(names, storeOfRecord(use.record)) == names.end()) names.push_back(storeOfRecord(use.record));
        if (names.empty()) names.push_back(m_input.answers.import.store);
        return names;
    }

    void planCertificates()
    {
        const bool isRequest = m_input.answers.certificate.source == CertificateAnswers::Source::Request;
        if (isRequest) planCertificate(m_input, m_plan);
        std::vector<Finding> findings = std::move(m_plan.findings);
        const std::vector<std::string> names = stores();
        for (const std::string& store : names) {
            Answers answers = m_input.answers;
            answers.import.store = store;
            const PlanInput input{answers, m_input.materials, m_input.facts, m_input.accepted, m_input.earlier};
            const std::size_t first = m_plan.steps.size();
            m_plan.findings.clear();  // the same for each store
            isRequest ? planAccept(input, m_plan) : planImport(input, m_plan);
            for (std::size_t i = first; store != names.front() && i < m_plan.steps.size(); ++i) m_plan.steps[i].id += "." + lowerAscii(store);
        }
        m_plan.findings.insert(m_plan.findings.begin(), findings.begin(), findings.end());
        if (const std::string wanted = storeSpelling(m_input.answers.import.store); names.size() > 1 || names.front() != wanted)
            m_plan.findings.push_back({"renewal-store", Severity::Info,
                                       {tr("The records look for their certificate in the store {0}, so the new one goes there."), {joined(names)}}, {}});
    }

    void compare()
    {
        if (!m_after || m_before.empty()) return;
        const auto all = {&m_ours, &m_others};
        for (const auto* list : all)
            for (const Use& use : *list) {
                const Certificate* before = use.record.thumbprint == m_before ? certificateOf(m_input.facts, use.record) : nullptr;
                if (!before) continue;
                const Time now = m_input.facts.machine ? m_input.facts.machine->clock : hostTime();
                judgeValidity(*before, now);
                for (Finding& one : compareForRenewal(*before, *m_after, hostsOf(m_input.facts, m_ours), now)) m_plan.findings.push_back(std::move(one));
                return;
            }
    }

    Step recordStep(const Use& use, std::size_t number) const
    {
        const std::string id = std::string(kId) + "." + std::to_string(number);
        if (waitsForAnswer(m_input)) return waiting(id, Chapter::Bind, title(use.record.endpoint), waitingReason(m_input));
        if (!m_after) {
            const auto certificate = serverCertificate(m_input);
            return blocked(id, Chapter::Bind, title(use.record.endpoint), certificate.error().message);
        }
        Step step;
        step.id = id;
        step.chapter = Chapter::Bind;
        step.title = title(use.record.endpoint);
        step.effect = TakesEffect::NewConnections;
        RecordState wanted{use.record.family, use.record.endpoint, use.record};
        wanted.record->thumbprint = m_after->thumbprintSha1;
        const RecordState present{use.record.family, use.record.endpoint, use.isThere ? std::optional(use.record) : std::nullopt};
        step.action = restoringAction(State(wanted), State(present), {m_input.facts, {}});
        step.after.push_back(std::move(wanted));
        // A key that certreq has only just made is refused for some seconds (WINDOWS-FACTS 1.4).
        if (m_input.answers.certificate.source == CertificateAnswers::Source::Request) step.retryFor = std::chrono::seconds(15);
        if (!use.isThere)
            step.reason = {tr("A run that was cut off had taken this record away. It is made again as it was, with the new certificate."), {}};
        else if (m_input.facts.machine && !netshCanUpdate(m_input.facts.machine->build))
            step.reason = {tr("On this Windows a record is removed and made anew by Monban itself, with all its settings. For a moment in between, well below a "
                              "second, new connections to {0} fail."),
                           {use.record.endpoint}};
        if (const auto unseen = noMachine(m_input.facts)) block(step, *unseen);
        else if (m_isTooEarlyOrLate) block(step, *m_isTooEarlyOrLate);
        return step;
    }

    /// Visitors would be refused by every browser from this moment on, and nobody may be watching.
    void judgeValidity(const Certificate& before, Time now)
    {
        const bool wasGood = before.notBefore <= now && now < before.notAfter;
        if (!wasGood || (m_after->notBefore <= now && now < m_after->notAfter)) return;
        const Message why{tr("The new certificate is valid from {0} to {1}, so not at this moment; the old one still is."), {rfc3339(m_after->notBefore), rfc3339(m_after->notAfter)}};
        m_plan.pitfalls.push_back({kNotValidNow, Severity::Error, why, {tr("Look at the file and at this server's clock. If it is meant so, accept this (renewal-not-valid)."), {}}, false, kNotValidNow});
        if (!m_input.accepted.contains(kNotValidNow)) m_isTooEarlyOrLate = why;
    }

    void leave(const Use& use)
    {
        const char* owner = ownerName(use.record.appId);
        if (!owner)
            m_plan.pitfalls.push_back({kUnknownOwner, Severity::Warning, *use.refusal,
                                       {tr("If it is this site's, accept this (unknown-owner): then its certificate is replaced as well."), {}}, false, kUnknownOwner});
        Finding left{kRecordLeft, Severity::Warning,
                     {tr("The http.sys record of {0} has the old certificate as well and belongs to {1}; Monban does not change it."),
                      {use.record.endpoint, owner ? owner : use.record.appId}},
                     {tr("Ask whoever looks after {0} to change the certificate there, and keep the old one until then."), {owner ? owner : use.record.appId}}};
        m_plan.findings.push_back(std::move(left));
    }

    const PlanInput& m_input;
    const std::string m_before;
    std::optional<Certificate> m_after;
    std::optional<Message> m_isTooEarlyOrLate;
    std::vector<Use> m_ours;
    std::vector<Use> m_others;
    Plan& m_plan;
};

/// Before anything runs: which record no undo brings back to its old certificate.
void sayWhatStays(const Facts& facts, Plan& plan)
{
    for (const Step& step : plan.steps) {
        if (step.state != StepState::Needed || step.before.size() != 1 || step.after.size() != 1) continue;
        if (const auto gone = certificateGone(step.before.front(), step.after.front(), facts))
            plan.findings.push_back({"renewal-no-way-back", Severity::Warning, *gone, {}});
    }
}

}  // namespace

const Certificate* certificateOf(const Facts& facts, const SslRecord& record)
{
    const StoredCertificate* entry = entryOf(facts, record);
    return entry ? &entry->certificate : nullptr;
}

std::vector<Renewable> renewableOn(const Facts& facts)
{
    std::vector<Renewable> list;
    if (!facts.records) return list;
    const Answers none;
    const Materials nothing;
    for (const Use& use : usesOn({none, nothing, facts, {}})) {
        const StoredCertificate* entry = use.isOurs() ? entryOf(facts, use.record) : nullptr;
        if (!entry) continue;
        const auto known = std::ranges::find_if(list, [&](const Renewable& one) { return one.entry.certificate.thumbprintSha1 == use.record.thumbprint; });
        if (known != list.end()) {
            known->endpoints.push_back(use.record.endpoint);
            continue;
        }
        list.push_back({*entry, {use.record.endpoint}});
    }
    std::ranges::stable_sort(list, {}, [](const Renewable& one) { return one.entry.certificate.notAfter; });
    return list;
}

Answers answersToRenew(const Renewable& renewable)
{
    Answers answers;
    answers.certificate.replaces = renewable.entry.certificate.thumbprintSha1;
    takeOverNames(renewable.entry, answers.certificate);
    return answers;
}

std::optional<Message> incompleteRenewal(const Plan& plan)
{
    std::vector<std::string> places;
    std::set<std::string> owners;
    for (const Finding& finding : plan.findings) {
        if (finding.id != kRecordLeft) continue;
        places.push_back(finding.message.values.at(0));
        owners.insert(finding.message.values.at(1));
    }
    if (places.empty()) return std::nullopt;
    return Message{tr("Incomplete: {0} left with the old certificate ({1}). Ask whoever looks after {2} to change it there."), {std::to_string(places.size()), joined(places), joined(owners)}};
}

Plan planRenewal(const PlanInput& given)
{
    Plan plan;
    plan.kind = PlanKind::Renewal;
    Answers answers = answersFor(PlanKind::Renewal, given.answers);
    const PlanInput input{answers, given.materials, given.facts, given.accepted, given.earlier};
    if (!input.facts.records) {
        plan.steps.push_back(blocked(kId, Chapter::Bind, {tr("Put the new certificate into the http.sys records"), {}}, input.facts.records.error().message));
        conclude(input, plan);
        return plan;
    }
    std::vector<Use> uses = usesOn(input);
    const auto certificate = serverCertificate(input);
    const bool isRequest = input.answers.certificate.source == CertificateAnswers::Source::Request;
    const auto before = certificate || isRequest ? replaced(input, uses, certificate ? &*certificate : nullptr) : Result<std::string>(certificate.error());
    if (before) {
        answers.certificate.replaces = *before;
        Renewal(input, std::move(uses), *before, plan).run();
    } else {
        isRequest ? planCertificate(input, plan) : planImport(input, plan);
        plan.steps.push_back(blocked(kId, Chapter::Bind, {tr("Put the new certificate into the http.sys records"), {}}, before.error().message));
    }
    conclude(input, plan);
    sayWhatStays(input.facts, plan);
    return plan;
}

}  // namespace monban
