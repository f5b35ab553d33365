// SPDX-License-Identifier: MIT
#include "core/practice/tls_identity.h"

#include <algorithm>

#include "core/practice/central_store.h"

namespace monban::practice {
namespace {

/// Schannel sends no more than this of CA names and leaves out the rest (WINDOWS-FACTS 6.1).
constexpr std::size_t kLargestIssuerList = 16 * 1024;

Error refused(ErrorCode code, const char* detail) { return {code, {tr("The handshake was refused."), {}}, detail}; }

std::vector<X509Ptr> certificatesIn(Backend& backend, const std::string& store)
{
    std::vector<X509Ptr> certificates;
    const auto entries = backend.store(store);
    if (!entries) return certificates;
    for (const auto& entry : *entries)
        if (auto certificate = x509FromDer(entry.der)) certificates.push_back(std::move(certificate));
    return certificates;
}

X509* issuerOf(X509* certificate, const std::vector<X509Ptr>& candidates)
{
    for (const auto& candidate : candidates) {
        const bool fits = X509_check_issued(candidate.get(), certificate) == X509_V_OK &&
                          X509_verify(certificate, X509_get0_pubkey(candidate.get())) == 1;
        ERR_clear_error();
        if (fits) return candidate.get();
    }
    return nullptr;
}

CertificateStack intermediatesOf(X509* certificate, const std::vector<X509Ptr>& candidates)
{
    CertificateStack chain(sk_X509_new_null());
    X509* at = certificate;
    for (int depth = 0; depth < 10 && !isSelfSigned(at); ++depth) {
        at = issuerOf(at, candidates);
        if (!at || isSelfSigned(at)) break;
        X509_up_ref(at);
        if (!sk_X509_push(chain.get(), at)) X509_free(at);
    }
    return chain;
}

/// The CTL store of the record, else ClientAuthIssuer, else all of ROOT (WINDOWS-FACTS 6.1).
std::vector<X509Ptr> listedIssuers(Backend& backend, const SslRecord& record)
{
    if (!record.ctlStore.empty()) return certificatesIn(backend, record.ctlStore);
    auto issuers = certificatesIn(backend, "ClientAuthIssuer");
    return issuers.empty() ? certificatesIn(backend, "ROOT") : std::move(issuers);
}

void addIssuerNames(TlsIdentity& identity, Backend& backend, const SslRecord& record)
{
    std::size_t size = 0;
    for (const auto& issuer : listedIssuers(backend, record)) {
        X509_NAME* name = X509_get_subject_name(issuer.get());
        const int length = i2d_X509_NAME(name, nullptr);
        if (length <= 0 || size + static_cast<std::size_t>(length) + 2 > kLargestIssuerList) break;
        bool known = false;
        for (int i = 0; i < sk_X509_NAME_num(identity.issuerNames.get()); ++i)
            known = known || X509_NAME_cmp(sk_X509_NAME_value(identity.issuerNames.get(), i), name) == 0;
        X509_NAME* copy = known ? nullptr : X509_NAME_dup(name);
        if (!copy) continue;
        if (!sk_X509_NAME_push(identity.issuerNames.get(), copy)) X509_NAME_free(copy);
        size += static_cast<std::size_t>(length) + 2;
    }
}

std::uint64_t optionsFor(const Machine& machine, const SslRecord& record)
{
    std::uint64_t options = 0;
    if (!hasTls13(machine) || (record.flags & record_flags::kDisableTls13)) options |= SSL_OP_NO_TLSv1_3;
    if (record.flags & record_flags::kDisableTls12) options |= SSL_OP_NO_TLSv1_2;
    if (record.flags & record_flags::kDisableLegacyTls) options |= SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
    return options;
}

/// On by default since Server 2016. Off by the record's bit, or by the switch of an IIS binding that stands for the
/// same place: whether IIS hands that one on to a record somebody else wrote is not known (WINDOWS-FACTS 12).
bool offersHttp2(const Snapshot& snapshot, const SslRecord& record)
{
    if (record.flags & record_flags::kDisableHttp2) return false;
    for (const auto& site : snapshot.sites)
        for (const auto& binding : site.bindings) {
            if (!(binding.sslFlags & binding_flags::kDisableHttp2)) continue;
            const auto place = endpointOf(binding);
            if (place && place->tls && equalsIgnoringCase(place->text(), record.endpoint)) return false;
        }
    return true;
}

/// A certificate with its key, and the issuers that came with it.
struct Shown {
    X509Ptr certificate;
    PkeyPtr key;
    std::vector<X509Ptr> others;
};

Result<Shown> fromCentralStore(Backend& backend, const Machine& machine, const std::string& serverName)
{
    auto contents = centralCertificate(backend, machine, serverName);
    if (!contents) return contents.error();
    if (!contents->keyMatches || contents->certificates.empty()) return refused(ErrorCode::NotFound, "no key in the file");
    Shown shown{x509FromDer(contents->certificates.front().der), keyFromPem(contents->keyPem), {}};
    for (std::size_t i = 1; i < contents->certificates.size(); ++i)
        if (auto other = x509FromDer(contents->certificates[i].der)) shown.others.push_back(std::move(other));
    return shown;
}

Result<Shown> fromStore(Backend& backend, const SslRecord& record)
{
    const auto entries = backend.store(record.store.empty() ? "MY" : record.store);
    if (!entries) return entries.error();
    const auto entry = std::find_if(entries->begin(), entries->end(),
                                    [&](const StoreEntry& one) { return one.thumbprint == lowerAscii(record.thumbprint); });
    if (entry == entries->end()) return refused(ErrorCode::NotFound, "no such certificate");
    if (entry->key != KeyState::Present && entry->key != KeyState::NotExportable)
        return refused(ErrorCode::NotFound, "no key");
    const auto pem = backend.key(entry->keyContainer);
    if (!pem) return pem.error();
    return Shown{x509FromDer(entry->der), keyFromPem(*pem), {}};
}

}  // namespace

Result<TlsIdentity> identityFor(Backend& backend, const Snapshot& snapshot, const SslRecord& record,
                                const std::string& serverName)
{
    if (record.flags & record_flags::kReject) return refused(ErrorCode::Denied, "the record rejects connections");
    auto shown = record.family == RecordFamily::Ccs ? fromCentralStore(backend, snapshot.machine, serverName)
                                                    : fromStore(backend, record);
    if (!shown) return shown.error();
    TlsIdentity identity;
    identity.certificate = std::move(shown->certificate);
    identity.key = std::move(shown->key);
    const bool usable = identity.certificate && identity.key &&
                        X509_check_private_key(identity.certificate.get(), identity.key.get()) == 1;
    ERR_clear_error();
    if (!usable) return refused(ErrorCode::Damaged, "key and certificate do not belong together");
    std::vector<X509Ptr> issuers = certificatesIn(backend, "CA");
    std::move(shown->others.begin(), shown->others.end(), std::back_inserter(issuers));
    identity.chain = intermediatesOf(identity.certificate.get(), issuers);
    identity.issuerNames.reset(sk_X509_NAME_new_null());
    if (snapshot.schannel("SendTrustedIssuerList") == 1) addIssuerNames(identity, backend, record);
    identity.options = optionsFor(snapshot.machine, record);
    identity.http2 = offersHttp2(snapshot, record);
    identity.asks = record.negotiatesClientCertificate();
    return identity;
}

}  // namespace monban::practice
