// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "core/base/utf8.h"
#include "core/observe/pitfall_kinds.h"

namespace monban {

bool mayBeCa(const Certificate& certificate) { return certificate.isCa || certificate.version == 1; }

std::optional<Finding> unreachableCrl(const Certificate& certificate)
{
    bool ldap = false;
    bool https = false;
    for (const std::string& url : certificate.crlUrls) {
        const std::string lower = lowerAscii(url);
        if (lower.starts_with("http://")) return std::nullopt;
        ldap = ldap || lower.starts_with("ldap:") || lower.starts_with("ldaps:");
        https = https || lower.starts_with("https:");
    }
    if (certificate.crlUrls.empty()) return std::nullopt;
    const std::vector<std::string> values{certificate.subject, certificate.crlUrls.front()};
    const Message remedy{tr("Have the CA publish the list at an http address and issue certificates that name it; until then put the list into "
                            "the store CA (certutil -addstore -f CA with its file) and renew it there in time."),
                         {}};
    if (ldap)
        return Finding{"crl-only-ldap", Severity::Warning,
                       {tr("The certificate {0} has its revocation list only in a directory ({1}). A server outside that domain cannot fetch it, and "
                           "IIS then refuses client certificates of that kind with 403.13."),
                        values},
                       remedy};
    if (https)
        return Finding{"crl-only-https", Severity::Warning,
                       {tr("The certificate {0} has its revocation list only at an https address ({1}). Windows does not fetch lists over https, since "
                           "checking that connection would need a list again; IIS then refuses client certificates of that kind with 403.13."),
                        values},
                       remedy};
    return Finding{"crl-only-file", Severity::Warning,
                   {tr("The certificate {0} has its revocation list only at {1}, where IIS cannot fetch it; it then refuses client certificates of "
                       "that kind with 403.13."),
                    values},
                   remedy};
}

namespace pitfall {
namespace {

/// RFC 8446, 4.2.4 and RFC 5246, 7.4.4: each name is preceded by its length in two bytes. Schannel cuts the list off
/// at 16 KB (WINDOWS-FACTS 6.1).
constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kLongestList = 16 * 1024;

std::size_t listSize(const std::vector<StoredCertificate>& certificates)
{
    std::size_t size = 0;
    for (const StoredCertificate& entry : certificates) size += entry.certificate.subjectSize + kLengthBytes;
    return size;
}

/// Hashes that no library of today computes: their roots, from before 2000, are not shown to be forged by that.
bool cannotVerify(const Certificate& certificate)
{
    return certificate.subject == certificate.issuer && (certificate.signatureHash == "md2" || certificate.signatureHash == "md4");
}

enum class Trouble { None, NotCa, Expired, NotYetValid, NotTrusted, IssuerMissing };

Trouble troubleOf(const Certificate& certificate, const ServerIndex& server)
{
    if (!mayBeCa(certificate)) return Trouble::NotCa;
    if (server.facts().machine) {
        if (certificate.notAfter < server.facts().machine->clock) return Trouble::Expired;
        if (certificate.notBefore > server.facts().machine->clock) return Trouble::NotYetValid;
    }
    // In the exclusive trust modes this store takes the place of ROOT; what that means has a finding of its own.
    const auto& schannel = server.facts().schannel;
    const std::uint32_t mode = schannel ? schannel->clientAuthTrustMode.value_or(0) : 0;
    if (mode == 1 || mode == 2) return Trouble::None;
    using Seen = ServerIndex::StoreSeen;
    if (server.seen("ROOT") == Seen::Unreadable || server.seen("CA") == Seen::Unreadable) return Trouble::None;
    if (server.reachesRoot(certificate)) return Trouble::None;
    return certificate.selfSigned || server.issuerOf(certificate) ? Trouble::NotTrusted : Trouble::IssuerMissing;
}

Finding ctlFinding(Trouble trouble, const Certificate& certificate, const std::string& store, Severity severity)
{
    const std::vector<std::string> values{store, certificate.subject, certificate.thumbprintSha1};
    switch (trouble) {
    case Trouble::NotCa:
        return {"ctl-certificate-not-ca", severity,
                {tr("The CTL store {0} holds {1} ({2}), which is not a CA: no client certificate can be issued by it."), values},
                {tr("Put the CA's own certificate there, and take this one out: certutil -delstore {0} {1}."), {store, certificate.thumbprintSha1}}};
    case Trouble::Expired:
        return {"ctl-certificate-expired", severity,
                {tr("The CTL store {0} holds the CA {1} ({2}), which has expired: its client certificates are refused (403.17)."), values},
                {tr("Get the CA's renewed certificate and put it into that store and into ROOT."), {}}};
    case Trouble::NotYetValid:
        return {"ctl-certificate-not-yet-valid", severity,
                {tr("The CTL store {0} holds the CA {1} ({2}), which is not valid yet: its client certificates are refused (403.17)."), values},
                {tr("Check the clock of this server; if it is right, wait or get another certificate of the CA."), {}}};
    case Trouble::IssuerMissing:
        return {"intermediate-missing", severity,
                {tr("The CTL store {0} holds {1} ({2}), whose issuer is neither in CA nor in ROOT: the chain of its client certificates cannot be "
                    "built, and they are refused (403.16)."),
                 values},
                {tr("Put the certificate of {0} into CA (an intermediate) or into ROOT (self-signed): trust.intermediates or root.file."),
                 {certificate.issuer}}};
    default:
        return {"ctl-certificate-not-trusted", severity,
                {tr("The CTL store {0} holds {1} ({2}), but its root is not among the trusted roots (ROOT): its client certificates are refused "
                    "(403.16)."),
                 values},
                {tr("Put the root CA's certificate into ROOT as well: certutil -f -addstore ROOT with its file."), {}}};
    }
}

void ctlCertificates(const ServerIndex& server, const std::string& store, Found& found)
{
    const auto& entries = server.certificates(store);
    std::vector<Trouble> troubles;
    for (const StoredCertificate& entry : entries) troubles.push_back(troubleOf(entry.certificate, server));
    const bool noneGood = std::none_of(troubles.begin(), troubles.end(), [](Trouble trouble) { return trouble == Trouble::None; });
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (troubles[i] == Trouble::None) continue;
        const Severity severity = noneGood ? Severity::Error : Severity::Warning;
        Pitfall& one = add(found, ctlFinding(troubles[i], entries[i].certificate, store, severity));
        one.store = store;
        one.thumbprint = entries[i].certificate.thumbprintSha1;
    }
}

}  // namespace

std::vector<std::pair<std::string, const SslRecord*>> namedCtlStores(const ServerIndex& server)
{
    std::vector<std::pair<std::string, const SslRecord*>> named;
    if (!server.facts().records) return named;
    std::set<std::string> known;
    for (const SslRecord& record : *server.facts().records)
        if (!record.ctlStore.empty() && !isForeign(record) && known.insert(lowerAscii(record.ctlStore)).second)
            named.emplace_back(record.ctlStore, &record);
    return named;
}

/// KB 2802568: one certificate that is not self-signed in the trusted roots makes Schannel refuse every client.
void oddRoots(const ServerIndex& server, Found& found)
{
    for (const StoredCertificate& entry : server.certificates("ROOT")) {
        const Certificate& certificate = entry.certificate;
        const std::vector<std::string> values{certificate.subject, certificate.thumbprintSha1};
        if (!certificate.selfSigned && !cannotVerify(certificate)) {
            Pitfall& one = add(found,
                               {"root-not-self-signed", Severity::Error,
                                {tr("The trusted roots hold {0} ({1}), which is not self-signed. While it is there, IIS refuses client "
                                    "certificates with 403.16 or 403.7."),
                                 values},
                                {tr("Move it from ROOT to the store CA; a plan can do it (troubleshoot.mend)."), {}}},
                               Mending::ByPlan);
            one.store = "ROOT";
            one.thumbprint = certificate.thumbprintSha1;
        } else if (!mayBeCa(certificate)) {
            add(found, {"root-not-ca", Severity::Info,
                        {tr("The trusted roots hold {0} ({1}), which is not a CA. It can issue nothing, yet its name is sent with every list of "
                            "trusted roots."),
                         values},
                        {tr("Take it out of ROOT if no program on this server needs it there."), {}}});
        }
    }
}

/// An empty CTL store is no mere hint: every client certificate is refused (WINDOWS-FACTS 6.1).
void ctlStores(const ServerIndex& server, Found& found)
{
    if (!server.facts().records) return;
    for (const SslRecord& record : *server.facts().records) {
        if (record.ctlStore.empty() || isForeign(record)) continue;
        const auto seen = server.seen(record.ctlStore);
        const bool missing = seen == ServerIndex::StoreSeen::Absent;
        if (seen == ServerIndex::StoreSeen::Unreadable || !server.certificates(record.ctlStore).empty()) continue;
        const Message message = missing
            ? Message{tr("The record {0} names the store {1} as its CTL, and this server has no store of that name: every client certificate is "
                         "refused (403.16)."),
                      {record.endpoint, record.ctlStore}}
            : Message{tr("The record {0} names the store {1} as its CTL, and that store is empty: every client certificate is refused (403.16)."),
                      {record.endpoint, record.ctlStore}};
        Pitfall& one = add(found,
                           {missing ? "ctl-store-missing" : "ctl-store-empty", Severity::Error, message,
                            {tr("Put the root CA's certificate there: certutil -f -addstore {0} with its file; or let a plan do it (root.file and "
                                "troubleshoot.mend)."),
                             {record.ctlStore}}},
                           Mending::ByPlan);
        one.record = record;
        one.store = record.ctlStore;
    }
    for (const auto& [store, record] : namedCtlStores(server)) ctlCertificates(server, store, found);
}

/// What http.sys would send (WINDOWS-FACTS 6.1): the record's CTL store, else ClientAuthIssuer, else all of ROOT.
void issuerLists(const ServerIndex& server, Found& found)
{
    const Facts& facts = server.facts();
    if (!facts.records || !facts.schannel || facts.schannel->sendTrustedIssuerList.value_or(0) == 0) return;
    const bool knowsNamed = server.seen("ClientAuthIssuer") != ServerIndex::StoreSeen::Unreadable;
    const bool named = !server.certificates("ClientAuthIssuer").empty();
    std::map<std::string, std::size_t> sizes;
    for (const SslRecord& record : *facts.records) {
        const bool asks = record.negotiatesClientCertificate() && record.family != RecordFamily::Ccs;
        if (!asks || isForeign(record) || (record.ctlStore.empty() && !knowsNamed)) continue;
        const std::string store = !record.ctlStore.empty() ? record.ctlStore : named ? "ClientAuthIssuer" : "ROOT";
        if (record.ctlStore.empty() && !named) {
            Pitfall& one = add(found,
                               {"issuer-list-is-root", Severity::Warning,
                                {tr("The record {0} asks for client certificates without a CTL store. With SendTrustedIssuerList on, it sends the names "
                                    "of all trusted roots, and browsers offer certificates of any of them."),
                                 {record.endpoint}},
                                {tr("Name a CTL store in that record (sslctlstorename); a plan can name that of the answers (troubleshoot.mend)."), {}}},
                               Mending::ByPlan);
            one.record = record;
        }
        auto size = sizes.find(lowerAscii(store));
        if (size == sizes.end()) size = sizes.emplace(lowerAscii(store), listSize(server.certificates(store))).first;
        if (size->second <= kLongestList) continue;
        add(found, {"issuer-list-too-long", Severity::Error,
                    {tr("The record {0} sends the names of the CAs in {1}, which take {2} bytes. Schannel cuts the list off at {3} bytes (event 36885), "
                        "so browsers may not offer the certificates of your CA."),
                     {record.endpoint, store, std::to_string(size->second), std::to_string(kLongestList)}},
                    {tr("Name a CTL store in that record that holds only the CAs of your client certificates."), {}}})
            .record = record;
    }
}

/// Visitors get the certificates between the server's own and the root from the server, which takes them from CA.
void missingIntermediates(const ServerIndex& server, Found& found)
{
    using Seen = ServerIndex::StoreSeen;
    if (!server.facts().records || server.seen("ROOT") == Seen::Unreadable || server.seen("CA") == Seen::Unreadable) return;
    std::set<std::string> known;
    for (const SslRecord& record : *server.facts().records) {
        if (!known.insert(record.thumbprint).second) continue;
        const StoredCertificate* entry = server.certificate(record.store.empty() ? "MY" : record.store, record.thumbprint);
        if (!entry || entry->certificate.selfSigned || entry->certificate.subject == entry->certificate.issuer) continue;
        if (server.issuerOf(entry->certificate)) continue;
        Pitfall& one = add(found, {"intermediate-missing", Severity::Warning,
                                   {tr("The server certificate {0} of the record {1} was issued by {2}, which is neither in CA nor in ROOT. Visitors "
                                       "whose browser does not know that CA are warned, since the server cannot send its certificate."),
                                    {entry->certificate.subject, record.endpoint, entry->certificate.issuer}},
                                   {tr("Put the certificate of {0} into CA (an intermediate) or into ROOT (self-signed): trust.intermediates or root.file."),
                                    {entry->certificate.issuer}}});
        one.record = record;
    }
}

/// Of the CAs in the CTL stores, and of server certificates they issued: client certificates of a CA mostly name the
/// same place.
void unreachableCrls(const ServerIndex& server, Found& found)
{
    if (!server.facts().records) return;
    std::set<std::string> stores;
    std::set<std::string> known;
    const auto look = [&](const Certificate& certificate) {
        if (certificate.selfSigned || !known.insert(certificate.thumbprintSha1).second) return;
        if (auto finding = unreachableCrl(certificate)) add(found, std::move(*finding)).thumbprint = certificate.thumbprintSha1;
    };
    std::map<std::string, std::set<std::string>> subjects;  // of each CTL store
    for (const SslRecord& record : *server.facts().records) {
        if (!record.negotiatesClientCertificate() || !record.checksRevocation() || record.ctlStore.empty() || isForeign(record)) continue;
        const std::string store = lowerAscii(record.ctlStore);
        if (stores.insert(store).second)
            for (const StoredCertificate& entry : server.certificates(store)) {
                subjects[store].insert(entry.certificate.subject);
                look(entry.certificate);
            }
        const StoredCertificate* own = server.certificate(record.store.empty() ? "MY" : record.store, record.thumbprint);
        if (own && subjects[store].contains(own->certificate.issuer)) look(own->certificate);
    }
}

}  // namespace pitfall
}  // namespace monban
