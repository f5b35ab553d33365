// SPDX-License-Identifier: MIT
#include "core/observe/server_index.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr int kLongestChain = 16;

std::string textOfKey(const Certificate& certificate) { return std::string(textOf(certificate.publicKeyDer)); }

/// Names alone do not tell two keys of one CA apart; the key identifiers do where both name one.
bool mayHaveIssued(const Certificate& issuer, const Certificate& certificate)
{
    return issuer.subjectKeyId.empty() || certificate.authorityKeyId.empty() ||
           issuer.subjectKeyId == certificate.authorityKeyId;
}

std::string portText(int port) { return ":" + std::to_string(port); }

void add(std::vector<const SslRecord*>& list, const SslRecord* record)
{
    if (record) list.push_back(record);
}

}  // namespace

std::optional<int> portOf(const std::string& endpoint)
{
    const std::size_t colon = endpoint.rfind(':');
    const std::string digits = colon == std::string::npos ? endpoint : endpoint.substr(colon + 1);
    if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return std::stoi(digits);
}

std::string addressOf(const std::string& endpoint) { return endpoint.substr(0, endpoint.rfind(':')); }

bool isForeign(const SslRecord& record)
{
    return ownerName(record.appId) != nullptr && !equalsIgnoringCase(record.appId, kIisAppId);
}

bool HttpsBinding::isEverywhere() const
{
    const std::string address = binding->address.value_or("");
    return address.empty() || address == "*" || address == "0.0.0.0";
}

ServerIndex::ServerIndex(const Facts& facts) : m_facts(facts)
{
    for (const auto& [name, store] : facts.stores) m_stores.emplace(lowerAscii(name), &store);
    indexRecords();
    indexBindings();
    indexIssuers();
}

void ServerIndex::indexRecords()
{
    if (!m_facts.records) return;
    for (const SslRecord& record : *m_facts.records) {
        m_records.emplace(std::pair(record.family, lowerAscii(record.endpoint)), &record);
        if (const auto port = portOf(record.endpoint)) m_byPort[*port].push_back(&record);
    }
}

void ServerIndex::indexBindings()
{
    if (!m_facts.sites || !m_facts.records) return;
    for (const Site& site : *m_facts.sites)
        for (const Binding& binding : site.bindings)
            if (equalsIgnoringCase(binding.protocol, "https") && binding.port)
                m_bindings.push_back({&site, &binding, answering(binding)});
}

void ServerIndex::indexIssuers()
{
    for (const char* store : {"ROOT", "CA"})
        for (const StoredCertificate& entry : certificates(store)) {
            m_issuers.emplace(entry.certificate.subject, &entry.certificate);
            if (std::string_view(store) == "ROOT")
                m_roots.emplace(entry.certificate.subject, textOfKey(entry.certificate));
        }
}

/// As http.sys chooses (tests/data/truth/selection.tsv): the exact address, the host name, then the wildcards. A
/// binding to every address is met over IPv4 and IPv6, and so by up to two of these.
std::vector<const SslRecord*> ServerIndex::answering(const Binding& binding) const
{
    std::vector<const SslRecord*> records;
    const HttpsBinding https{nullptr, &binding, {}};
    const std::string port = portText(*binding.port);
    const std::string address = lowerAscii(binding.address.value_or(""));
    const std::string host = lowerAscii(https.host());
    if (https.isCentralStore()) {
        add(records, record(RecordFamily::Ccs, std::to_string(*binding.port)));
        return records;
    }
    if (!https.isEverywhere() && address != "[::]") {
        add(records, record(RecordFamily::IpPort, address + port));
        if (!records.empty()) return records;
    }
    if (!host.empty()) {
        add(records, record(RecordFamily::HostNamePort, host + port));
        const auto dot = host.find('.');
        // "*.example.test" stands for one label (RFC 6125, 6.4.3).
        if (records.empty() && dot != std::string::npos)
            add(records, record(RecordFamily::HostNamePort, "*" + host.substr(dot) + port));
        if (!records.empty()) return records;
    }
    const SslRecord* anyVersion6 = record(RecordFamily::IpPort, "[::]" + port);
    const bool version6 = address.starts_with("[");
    if (!version6 || !anyVersion6) add(records, record(RecordFamily::IpPort, "0.0.0.0" + port));
    if (version6 || https.isEverywhere()) add(records, anyVersion6);
    return records;
}

const SslRecord* ServerIndex::record(RecordFamily family, const std::string& endpoint) const
{
    const auto found = m_records.find(std::pair(family, lowerAscii(endpoint)));
    return found == m_records.end() ? nullptr : found->second;
}

const std::vector<const SslRecord*>& ServerIndex::recordsOnPort(int port) const
{
    static const std::vector<const SslRecord*> none;
    const auto found = m_byPort.find(port);
    return found == m_byPort.end() ? none : found->second;
}

const Observed<std::vector<StoredCertificate>>* ServerIndex::find(const std::string& store) const
{
    const auto found = m_stores.find(lowerAscii(store));
    return found == m_stores.end() ? nullptr : found->second;
}

ServerIndex::StoreSeen ServerIndex::seen(const std::string& store) const
{
    if (const auto* observed = find(store)) return *observed ? StoreSeen::There : StoreSeen::Unreadable;
    return m_facts.storeList ? StoreSeen::Absent : StoreSeen::Unreadable;
}

const std::vector<StoredCertificate>& ServerIndex::certificates(const std::string& store) const
{
    static const std::vector<StoredCertificate> none;
    const auto* observed = find(store);
    return observed && *observed ? **observed : none;
}

const StoredCertificate* ServerIndex::certificate(const std::string& store, const std::string& thumbprint) const
{
    const std::string name = lowerAscii(store);
    auto known = m_byThumbprint.find(name);
    if (known == m_byThumbprint.end()) {
        StoreMap map;
        for (const StoredCertificate& entry : certificates(store)) map.emplace(entry.certificate.thumbprintSha1, &entry);
        known = m_byThumbprint.emplace(name, std::move(map)).first;
    }
    const auto found = known->second.find(thumbprint);
    return found == known->second.end() ? nullptr : found->second;
}

const Certificate* ServerIndex::issuerOf(const Certificate& certificate) const
{
    // Where key identifiers differ the signature has the last word; a few candidates are enough to try.
    constexpr int kMostTried = 4;
    const auto [begin, end] = m_issuers.equal_range(certificate.issuer);
    for (auto at = begin; at != end; ++at)
        if (mayHaveIssued(*at->second, certificate)) return at->second;
    int tried = 0;
    for (auto at = begin; at != end && tried < kMostTried; ++at, ++tried)
        if (issuedBy(certificate, *at->second)) return at->second;
    return nullptr;
}

bool ServerIndex::leadsTo(const Certificate& certificate, const std::string& thumbprint) const
{
    const Certificate* link = &certificate;
    for (int i = 0; link && i < kLongestChain; ++i) {
        if (link->thumbprintSha1 == thumbprint) return true;
        link = link->selfSigned ? nullptr : issuerOf(*link);
    }
    return false;
}

bool ServerIndex::reachesRoot(const Certificate& certificate) const
{
    const Certificate* link = &certificate;
    for (int i = 0; link && i < kLongestChain; ++i) {
        if (m_roots.contains(std::pair(link->subject, textOfKey(*link)))) return true;
        if (link->selfSigned) return false;
        link = issuerOf(*link);
    }
    return false;
}

}  // namespace monban
