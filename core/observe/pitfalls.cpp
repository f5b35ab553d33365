// SPDX-License-Identifier: MIT
#include "core/observe/pitfalls.h"

#include <algorithm>
#include <optional>

#include "core/base/utf8.h"

namespace monban {
namespace {

using Found = std::vector<Finding>;

void restartPending(const Facts& facts, Found& found)
{
    if (!facts.schannel || !facts.schannel->restartPending) return;
    found.push_back({"restart-pending", Severity::Warning,
                     {tr("A Schannel setting was changed after the last start of Windows and may not be in effect yet."), {}},
                     {tr("Restart this server when its users allow it, then check again."), {}}});
}

/// KB 2802568: one certificate that is not self-signed in the trusted roots makes Schannel refuse every client.
void notSelfSignedInRoot(const Facts& facts, Found& found)
{
    const auto root = storeOf(facts, "ROOT");
    if (!root) return;
    for (const StoredCertificate& entry : *root)
        if (!entry.certificate.selfSigned)
            found.push_back({"root-not-self-signed", Severity::Error,
                             {tr("The trusted roots hold {0} ({1}), which is not self-signed. While it is there, IIS refuses client "
                                 "certificates with 403.16 or 403.7."),
                              {entry.certificate.subject, entry.certificate.thumbprintSha1}},
                             {tr("Move it to the store CA: certutil -addstore CA, then certutil -delstore ROOT with its thumbprint."), {}}});
}

/// An empty CTL store is no mere hint: every client certificate is refused (WINDOWS-FACTS 6.1).
void emptyCtlStore(const Facts& facts, Found& found)
{
    if (!facts.records) return;
    for (const SslRecord& record : *facts.records) {
        if (record.ctlStore.empty()) continue;
        const auto store = storeOf(facts, record.ctlStore);
        if (store && store->empty())
            found.push_back({"ctl-store-empty", Severity::Error,
                             {tr("The record {0} names the store {1} as its CTL, and that store is empty: every client certificate is "
                                 "refused (403.16)."),
                              {record.endpoint, record.ctlStore}},
                             {tr("Put the root CA's certificate there: certutil -f -addstore {0} with its file."), {record.ctlStore}}});
    }
}

void certificateOfRecord(const Facts& facts, Found& found)
{
    if (!facts.records || !facts.machine) return;
    for (const SslRecord& record : *facts.records) {
        if (record.thumbprint.empty()) continue;
        const auto store = storeOf(facts, record.store.empty() ? "MY" : record.store);
        if (!store) continue;
        const auto entry = std::find_if(store->begin(), store->end(), [&](const StoredCertificate& stored) {
            return stored.certificate.thumbprintSha1 == record.thumbprint;
        });
        if (entry == store->end()) {
            found.push_back({"record-certificate-missing", Severity::Error,
                             {tr("The record {0} names the certificate {1}, which is not in the store {2}: no TLS connection can be made."),
                              {record.endpoint, record.thumbprint, record.store.empty() ? "MY" : record.store}},
                             {tr("Import the certificate again, or bind another one."), {}}});
        } else if (!entry->hasPrivateKey()) {
            found.push_back({"record-key-missing", Severity::Error,
                             {tr("The certificate {0} of the record {1} has no usable private key: no TLS connection can be made."),
                              {entry->certificate.subject, record.endpoint}},
                             {tr("Import its PKCS#12 file again."), {}}});
        } else if (entry->certificate.notAfter < facts.machine->clock) {
            found.push_back({"record-certificate-expired", Severity::Error,
                             {tr("The server certificate {0} of the record {1} expired on {2}; browsers warn every visitor."),
                              {entry->certificate.subject, record.endpoint, rfc3339(entry->certificate.notAfter)}},
                             {tr("Get a new certificate from your CA and set it up as certificate.file."), {}}});
        }
    }
}

std::optional<int> portOf(const std::string& endpoint)
{
    const std::size_t colon = endpoint.rfind(':');
    const std::string digits = colon == std::string::npos ? endpoint : endpoint.substr(colon + 1);
    if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoi(digits);
}

/// The record http.sys would use for that binding, as far as the binding itself tells (WINDOWS-FACTS 1.4).
const SslRecord* recordFor(const Binding& binding, const std::vector<SslRecord>& records)
{
    if (!binding.port) return nullptr;
    const std::string port = ":" + std::to_string(*binding.port);
    const std::string host = binding.host.value_or("");
    const std::string address = binding.address.value_or("");
    const bool every = address.empty() || address == "*" || address == "0.0.0.0";
    if (!every)
        if (const SslRecord* record = recordAt(records, RecordFamily::IpPort, address + port)) return record;
    if (!host.empty())
        if (const SslRecord* record = recordAt(records, RecordFamily::HostNamePort, lowerAscii(host) + port)) return record;
    return recordAt(records, RecordFamily::IpPort, "0.0.0.0" + port);
}

/// Without the request in the handshake IIS asks later, and TLS 1.3 knows no later (WINDOWS-FACTS 6.3).
void lateRequest(const Facts& facts, Found& found)
{
    if (!facts.sites || !facts.records || !facts.machine) return;
    for (const Site& site : *facts.sites) {
        const bool asks = std::any_of(site.access.begin(), site.access.end(),
                                      [](const Access& access) { return (access.flags & access_flags::kNegotiateCert) != 0; });
        if (!asks) continue;
        for (const Binding& binding : site.bindings) {
            const SslRecord* record = equalsIgnoringCase(binding.protocol, "https") ? recordFor(binding, *facts.records) : nullptr;
            if (!record || record->negotiatesClientCertificate()) continue;
            const bool hasTls13 = facts.machine->build >= windows_build::kServer2022 && !(record->flags & record_flags::kDisableTls13);
            const Message met = !hasTls13 ? Message{tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                                                       "IIS then asks later, which HTTP/2 does not allow and large uploads do not survive."),
                                                    {site.name, record->endpoint}}
                                : facts.machine->build >= windows_build::kServer2025
                                    ? Message{tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                                                 "Browsers, which use TLS 1.3, get HTTP 500 (0x80070032)."),
                                              {site.name, record->endpoint}}
                                    : Message{tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                                                 "Browsers, which use TLS 1.3, get a connection reset."),
                                              {site.name, record->endpoint}};
            found.push_back({"late-request", hasTls13 ? Severity::Error : Severity::Warning, met,
                             {tr("Let the record negotiate client certificates (clientcertnegotiation=enable); the bind step of a plan does it."), {}}});
        }
    }
}

/// One list for all: a record that negotiates and names no CTL store sends the names of all trusted roots.
void wholeRootSent(const Facts& facts, Found& found)
{
    if (!facts.records || !facts.schannel || facts.schannel->sendTrustedIssuerList.value_or(0) == 0) return;
    const auto named = storeOf(facts, "ClientAuthIssuer");
    if (!named || !named->empty()) return;
    for (const SslRecord& record : *facts.records)
        if (record.negotiatesClientCertificate() && record.ctlStore.empty())
            found.push_back({"issuer-list-is-root", Severity::Warning,
                             {tr("The record {0} asks for client certificates without a CTL store. With SendTrustedIssuerList on, it sends the names "
                                 "of all trusted roots, and browsers offer certificates of any of them."),
                              {record.endpoint}},
                             {tr("Name a CTL store in that record (sslctlstorename)."), {}}});
}

/// USERS 9: nobody looks at a record for one address when the host-name records are what they set up.
void shadowedHostName(const Facts& facts, Found& found)
{
    if (!facts.records) return;
    for (const SslRecord& specific : *facts.records) {
        const bool wildcard = specific.endpoint.starts_with("0.0.0.0:") || specific.endpoint.starts_with("[::]:");
        if (specific.family != RecordFamily::IpPort || wildcard) continue;
        for (const SslRecord& other : *facts.records)
            if (other.family == RecordFamily::HostNamePort && portOf(other.endpoint) == portOf(specific.endpoint))
                found.push_back({"record-shadowed", Severity::Warning,
                                 {tr("The record {0} answers every connection to its address, so the record {1} is not used there."),
                                  {specific.endpoint, other.endpoint}},
                                 {tr("Remove the record of the address if the host name's settings are the ones you want."), {}}});
    }
}

/// An SNI binding needs a record of its host name and a plain one a record of its address.
void sniDisagrees(const Facts& facts, Found& found)
{
    constexpr std::uint32_t kSni = 1;
    constexpr std::uint32_t kCentralStore = 2;  // finds certificates by file name, not by record
    if (!facts.sites || !facts.records) return;
    for (const Site& site : *facts.sites)
        for (const Binding& binding : site.bindings) {
            if (!equalsIgnoringCase(binding.protocol, "https") || !(binding.sslFlags & kSni) || (binding.sslFlags & kCentralStore) || !binding.port || binding.host.value_or("").empty()) continue;
            const std::string endpoint = lowerAscii(*binding.host) + ":" + std::to_string(*binding.port);
            if (recordAt(*facts.records, RecordFamily::HostNamePort, endpoint)) continue;
            found.push_back({"sni-record-missing", Severity::Error,
                             {tr("The binding {0} of the site {1} uses SNI, but http.sys has no record of {2}: visitors get another certificate or none."),
                              {binding.information, site.name, endpoint}},
                             {tr("Bind the certificate to the host name (bind.hostname)."), {}}});
        }
}

}  // namespace

std::vector<Finding> pitfalls(const Facts& facts)
{
    Found found;
    restartPending(facts, found);
    notSelfSignedInRoot(facts, found);
    emptyCtlStore(facts, found);
    certificateOfRecord(facts, found);
    lateRequest(facts, found);
    wholeRootSent(facts, found);
    shadowedHostName(facts, found);
    sniDisagrees(facts, found);
    return found;
}

}  // namespace monban
