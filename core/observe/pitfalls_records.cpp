// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "core/base/utf8.h"
#include "core/observe/pitfall_kinds.h"

namespace monban::pitfall {
namespace {

std::string storeOfRecord(const SslRecord& record) { return record.store.empty() ? "MY" : record.store; }

bool isWildcard(const SslRecord& record)
{
    const std::string address = addressOf(record.endpoint);
    return address == "0.0.0.0" || address == "[::]";
}

/// The first few of them; a sentence with a thousand names helps nobody.
std::string listed(const std::vector<std::string>& names)
{
    constexpr std::size_t kMost = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > kMost ? text + ", …" : text;
}

/// What a visitor would notice of two records, in the words of `status`.
std::vector<std::string> differences(const SslRecord& a, const SslRecord& b)
{
    std::vector<std::string> names;
    if (a.thumbprint != b.thumbprint || !equalsIgnoringCase(storeOfRecord(a), storeOfRecord(b))) names.emplace_back("thumbprint");
    if (a.negotiatesClientCertificate() != b.negotiatesClientCertificate()) names.emplace_back("negotiate_client_certificate");
    if (!equalsIgnoringCase(a.ctlStore, b.ctlStore)) names.emplace_back("ctl_store");
    if (a.checksRevocation() != b.checksRevocation()) names.emplace_back("check_revocation");
    return names;
}

/// Endpoints that a binding of IIS names by its own address.
std::set<std::string> addressesOfBindings(const ServerIndex& server)
{
    std::set<std::string> addresses;
    for (const HttpsBinding& one : server.bindings())
        if (!one.isEverywhere()) addresses.insert(lowerAscii(*one.binding->address) + ":" + std::to_string(*one.binding->port));
    return addresses;
}

}  // namespace

void recordCertificates(const ServerIndex& server, Found& found)
{
    if (!server.facts().records || !server.facts().machine) return;
    const Time now = server.facts().machine->clock;
    for (const SslRecord& record : *server.facts().records) {
        const std::string store = storeOfRecord(record);
        if (record.thumbprint.empty() || server.seen(store) == ServerIndex::StoreSeen::Unreadable) continue;
        const StoredCertificate* entry = server.certificate(store, record.thumbprint);
        std::optional<Finding> finding;
        if (!entry)
            finding = {"record-certificate-missing", Severity::Error,
                       {tr("The record {0} names the certificate {1}, which is not in the store {2}: no TLS connection can be made."),
                        {record.endpoint, record.thumbprint, store}},
                       {tr("Import the certificate again, or bind another one."), {}}};
        else if (!entry->hasPrivateKey())
            finding = {"record-key-missing", Severity::Error,
                       {tr("The certificate {0} of the record {1} has no usable private key: no TLS connection can be made."),
                        {entry->certificate.subject, record.endpoint}},
                       {tr("Import its PKCS#12 file again."), {}}};
        else if (entry->certificate.notAfter < now)
            finding = {"record-certificate-expired", Severity::Error,
                       {tr("The server certificate {0} of the record {1} expired on {2}; browsers warn every visitor."),
                        {entry->certificate.subject, record.endpoint, rfc3339(entry->certificate.notAfter)}},
                       {tr("Get a new certificate from your CA and set it up as certificate.file."), {}}};
        else if (entry->certificate.notBefore > now)
            finding = {"record-certificate-not-yet-valid", Severity::Error,
                       {tr("The server certificate {0} of the record {1} is not valid before {2}; browsers warn every visitor."),
                        {entry->certificate.subject, record.endpoint, rfc3339(entry->certificate.notBefore)}},
                       {tr("Check the clock of this server; if it is right, bind the earlier certificate again until then."), {}}};
        if (finding) add(found, std::move(*finding)).record = record;
    }
}

/// USERS 9: nobody looks at a record for one address when the host-name records are what they set up.
void shadowedHostNames(const ServerIndex& server, Found& found)
{
    if (!server.facts().records) return;
    std::map<int, std::vector<std::string>> names;
    for (const SslRecord& record : *server.facts().records)
        if (const auto port = portOf(record.endpoint); port && record.family == RecordFamily::HostNamePort) names[*port].push_back(record.endpoint);
    for (const SslRecord& record : *server.facts().records) {
        const auto port = portOf(record.endpoint);
        if (record.family != RecordFamily::IpPort || isWildcard(record) || !port || !names.contains(*port)) continue;
        add(found, {"record-shadowed", Severity::Warning,
                    {tr("The record {0} answers every connection to its address, so the record {1} is not used there."),
                     {record.endpoint, listed(names[*port])}},
                    {tr("Remove the record of the address if the host name's settings are the ones you want."), {}}})
            .record = record;
    }
}

/// A site bound to every address is met by 0.0.0.0, by [::] and by each address that has a record of its own.
void differingAddresses(const ServerIndex& server, Found& found)
{
    std::map<int, const HttpsBinding*> everywhere;
    for (const HttpsBinding& one : server.bindings())
        if (one.isEverywhere() && !one.isCentralStore() && (one.host().empty() || !one.isSni())) everywhere.emplace(*one.binding->port, &one);
    const auto own = addressesOfBindings(server);
    for (const auto& [port, binding] : everywhere) {
        const SslRecord* wildcard = server.record(RecordFamily::IpPort, "0.0.0.0:" + std::to_string(port));
        if (!wildcard) continue;
        for (const SslRecord* record : server.recordsOnPort(port)) {
            if (record == wildcard || record->family != RecordFamily::IpPort || own.contains(lowerAscii(record->endpoint))) continue;
            const auto different = differences(*wildcard, *record);
            if (different.empty()) continue;
            Pitfall& one = add(found, {"record-differs-by-address", Severity::Warning,
                                       {tr("The site {0} answers at every address, but {1} and {2} differ ({3}): what its visitors meet depends on the "
                                           "address or on IPv4 and IPv6."),
                                        {binding->site->name, wildcard->endpoint, record->endpoint, listed(different)}},
                                       {tr("Give both records the same settings, or remove {0} so that 0.0.0.0 answers there as well."), {record->endpoint}}});
            one.record = *record;
            one.site = binding->site->name;
        }
    }
}

/// http.sys does not mind whose record answers an IIS site; whoever changes it should.
void owners(const ServerIndex& server, Found& found)
{
    std::set<const SslRecord*> known;
    for (const HttpsBinding& one : server.bindings())
        for (const SslRecord* record : one.records) {
            if (equalsIgnoringCase(record->appId, kIisAppId) || record->family == RecordFamily::Ccs || !known.insert(record).second) continue;
            const char* owner = ownerName(record->appId);
            Finding finding = owner
                ? Finding{"foreign-owner", Severity::Warning,
                          {tr("The record {0}, which answers the binding {1} of the site {2}, belongs to {3}. Monban does not change it, and {3} may "
                              "set it back at any time."),
                           {record->endpoint, one.binding->information, one.site->name, owner}},
                          {tr("Give the site an address, port or host name of its own (bind.endpoint, bind.hostname)."), {}}}
                : Finding{"owner-unnamed", Severity::Info,
                          {tr("The record {0}, which answers the binding {1} of the site {2}, does not carry IIS's application id ({3}). IIS works with "
                              "it; IIS Manager may not show its certificate."),
                           {record->endpoint, one.binding->information, one.site->name, record->appId}},
                          {tr("Nothing has to be done if this server's records were made by netsh. A plan carries the id over."), {}}};
            Pitfall& seen = add(found, std::move(finding));
            seen.record = *record;
            seen.site = one.site->name;
        }
}

/// Whitepaper 5.4 turns the check off to find a fault; nobody turns it on again.
void weakChecks(const ServerIndex& server, Found& found)
{
    if (!server.facts().records) return;
    for (const SslRecord& record : *server.facts().records) {
        if (!record.negotiatesClientCertificate() || record.family == RecordFamily::Ccs || isForeign(record)) continue;
        if (!record.checksRevocation())
            add(found,
                {"revocation-not-checked", Severity::Info,
                 {tr("The record {0} does not check whether client certificates are revoked: a revoked one gets in."), {record.endpoint}},
                 {tr("Turn the check on again once the fault is found (verifyclientcertrevocation=enable); a plan can do it (troubleshoot.mend)."), {}}},
                Mending::ByPlan)
                .record = record;
        if (!record.checksUsage())
            add(found,
                {"usage-not-checked", Severity::Info,
                 {tr("The record {0} does not check the purpose of client certificates: one made for another purpose gets in."), {record.endpoint}},
                 {tr("Turn the check on (usagecheck=enable) unless your CA leaves the purpose out; a plan can do it (troubleshoot.mend)."), {}}},
                Mending::ByPlan)
                .record = record;
    }
}

}  // namespace monban::pitfall
