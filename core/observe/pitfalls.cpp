// SPDX-License-Identifier: MIT
#include "core/observe/pitfalls.h"

#include <algorithm>

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

}  // namespace

std::vector<Finding> pitfalls(const Facts& facts)
{
    Found found;
    restartPending(facts, found);
    notSelfSignedInRoot(facts, found);
    emptyCtlStore(facts, found);
    certificateOfRecord(facts, found);
    return found;
}

}  // namespace monban
