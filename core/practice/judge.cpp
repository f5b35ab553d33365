// SPDX-License-Identifier: MIT
#include "core/practice/judge.h"

#include <algorithm>
#include <set>

#include "core/practice/crl_source.h"
#include "core/practice/openssl_handles.h"

namespace monban::practice {
namespace {

using namespace win32_status;
using StoreHandle = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using ContextHandle = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;
using Chain = std::vector<X509Ptr>;

/// Certificates by their bytes.
using CertificateSet = std::set<std::string, std::less<>>;

constexpr Verdict kUntrusted{16, kUntrustedRoot};

/// A store that does not exist is an empty one.
Result<std::vector<StoreEntry>> entriesOf(Backend& backend, const std::string& store)
{
    auto entries = backend.store(store);
    if (!entries && entries.error().code == ErrorCode::NotFound) return std::vector<StoreEntry>{};
    return entries;
}

Result<CertificateSet> certificatesOf(Backend& backend, const std::string& store)
{
    const auto entries = entriesOf(backend, store);
    if (!entries) return entries.error();
    CertificateSet certificates;
    for (const auto& entry : *entries) certificates.emplace(textOf(entry.der));
    return certificates;
}

/// ClientAuthTrustMode (WINDOWS-FACTS 6). In the exclusive modes the record's CTL store takes the place of ROOT.
enum class TrustMode { Machine, ExclusiveRoot, ExclusiveCa };

/// Where the record names no store there is none to trust exclusively, and ROOT counts as ever.
TrustMode trustModeOf(const Snapshot& snapshot, const SslRecord& record)
{
    const std::uint32_t mode = record.ctlStore.empty() ? 0 : snapshot.schannel("ClientAuthTrustMode");
    return mode == 1 ? TrustMode::ExclusiveRoot : mode == 2 ? TrustMode::ExclusiveCa : TrustMode::Machine;
}

/// What chains are built from.
struct Material {
    TrustMode mode = TrustMode::Machine;
    StoreHandle roots;            ///< where a chain may end
    CertificateStack intermediates;  ///< of the CA store, and what the client sent
    std::vector<X509Ptr> known;   ///< of ROOT and CA
};

void push(STACK_OF(X509)* stack, X509* certificate)
{
    X509_up_ref(certificate);
    if (!sk_X509_push(stack, certificate)) X509_free(certificate);
}

/// Whether a chain may end in that certificate of the CTL store.
bool isAnchor(X509* certificate, TrustMode mode)
{
    const bool anchor = isSelfSigned(certificate) || (mode == TrustMode::ExclusiveCa && X509_check_ca(certificate) == 1);
    ERR_clear_error();
    return anchor;
}

/// anchors: chains may end in what lies there, as far as the mode has it so; everything else only links them.
Result<Done> addStore(Material& material, Backend& backend, const std::string& store, bool anchors)
{
    const auto entries = entriesOf(backend, store);
    if (!entries) return entries.error();
    for (const auto& entry : *entries) {
        auto certificate = x509FromDer(entry.der);
        if (!certificate) continue;
        if (anchors && (material.mode == TrustMode::Machine || isAnchor(certificate.get(), material.mode)))
            X509_STORE_add_cert(material.roots.get(), certificate.get());
        else push(material.intermediates.get(), certificate.get());
        material.known.push_back(std::move(certificate));
    }
    return Done{};
}

Result<Material> materialOf(Backend& backend, const Snapshot& snapshot, const SslRecord& record,
                            const std::vector<Bytes>& presented)
{
    Material material;
    material.mode = trustModeOf(snapshot, record);
    material.roots.reset(X509_STORE_new());
    material.intermediates.reset(sk_X509_new_null());
    const std::string roots = material.mode == TrustMode::Machine ? "ROOT" : record.ctlStore;
    if (const auto added = addStore(material, backend, roots, true); !added) return added.error();
    if (const auto added = addStore(material, backend, "CA", false); !added) return added.error();
    for (const auto& der : presented)
        if (const auto certificate = x509FromDer(der)) push(material.intermediates.get(), certificate.get());
    return material;
}

/// The chain from the leaf to where one may end (in ROOT, by default); empty if there is none. With a time every
/// certificate in it is within its dates then; where two CA certificates share name and key, the one that is valid is taken.
Chain buildChain(const Material& material, X509* leaf, std::optional<Time> at)
{
    ContextHandle context(X509_STORE_CTX_new());
    if (!context || !X509_STORE_CTX_init(context.get(), material.roots.get(), leaf, material.intermediates.get())) return {};
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_auth_level(rules, 0);
    if (material.mode == TrustMode::ExclusiveCa) X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    if (at) X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(at->time_since_epoch().count()));
    else X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
    Chain chain;
    if (X509_verify_cert(context.get()) == 1) {
        const STACK_OF(X509)* built = X509_STORE_CTX_get0_chain(context.get());
        for (int i = 0; i < sk_X509_num(built); ++i) {
            X509_up_ref(sk_X509_value(built, i));
            chain.emplace_back(sk_X509_value(built, i));
        }
    }
    ERR_clear_error();
    return chain;
}

bool sameAuthority(X509* a, X509* b)
{
    return X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(a), X509_get0_pubkey(b)) == 1;
}

/// Some CA of the chain is in the CTL. A CA may have several certificates, as when a root was renewed with its key: any
/// that this server has counts.
bool inCtl(const Chain& chain, const Material& material, const CertificateSet& ctl)
{
    const std::size_t first = chain.size() == 1 ? 0 : 1;  // a self-signed leaf is its own authority
    for (std::size_t i = first; i < chain.size(); ++i) {
        if (ctl.contains(textOf(derOf(chain[i].get())))) return true;
        for (const auto& other : material.known)
            if (sameAuthority(chain[i].get(), other.get()) && ctl.contains(textOf(derOf(other.get())))) return true;
    }
    return false;
}

/// Windows intersects the purposes along the chain; a certificate without any stands for all.
bool servesClients(const Chain& chain)
{
    return std::all_of(chain.begin(), chain.end(), [](const X509Ptr& certificate) {
        using UsageHandle = std::unique_ptr<EXTENDED_KEY_USAGE, FreeWith<EXTENDED_KEY_USAGE_free>>;
        int critical = 0;
        UsageHandle usage(static_cast<EXTENDED_KEY_USAGE*>(
            X509_get_ext_d2i(certificate.get(), NID_ext_key_usage, &critical, nullptr)));
        ERR_clear_error();
        if (!usage) return critical == -1;
        for (int i = 0; i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
            const int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(usage.get(), i));
            if (nid == NID_client_auth || nid == NID_anyExtendedKeyUsage) return true;
        }
        return false;
    });
}

bool intersects(const Chain& chain, const CertificateSet& certificates)
{
    return std::any_of(chain.begin(), chain.end(),
                       [&](const X509Ptr& certificate) { return certificates.contains(textOf(derOf(certificate.get()))); });
}

Result<Verdict> judgeTrust(Backend& backend, const SslRecord& record, const Material& material, const Chain& chain)
{
    const auto disallowed = certificatesOf(backend, "Disallowed");
    if (!disallowed) return disallowed.error();
    if (intersects(chain, *disallowed)) return kUntrusted;
    if (!record.ctlStore.empty() && material.mode == TrustMode::Machine) {
        // A CTL store that is named but empty, or missing, refuses everybody (WINDOWS-FACTS 6.1).
        const auto ctl = certificatesOf(backend, record.ctlStore);
        if (!ctl) return ctl.error();
        if (!inCtl(chain, material, *ctl)) return kUntrusted;
    }
    if (record.checksUsage() && !servesClients(chain)) return Verdict{16, kWrongUsage};
    return Verdict{};
}

Result<Verdict> judgeRevocation(Backend& backend, const Snapshot& snapshot, const SslRecord& record, const Chain& chain)
{
    CrlSource::Settings settings;
    settings.now = snapshot.machine.clock();
    settings.cachedOnly = record.cachedRevocationOnly();
    if ((record.checkMode & check_mode::kUseFreshnessTime) && record.freshnessSeconds > 0)
        settings.freshness = std::chrono::seconds(record.freshnessSeconds);
    CrlSource source(backend, settings);
    std::vector<Certificate> certificates;
    for (const auto& link : chain) {
        auto parsed = parseCertificate(derOf(link.get()));
        if (!parsed) return kUntrusted;
        certificates.push_back(std::move(*parsed));
    }
    // Every certificate but the root, which nobody could revoke.
    for (std::size_t i = 0; i + 1 < certificates.size(); ++i) {
        const auto state = source.check(certificates[i], certificates[i + 1]);
        if (!state) return state.error();
        if (*state == Revocation::Revoked) return Verdict{13, kRevoked};
        if (*state == Revocation::NoDistributionPoint) return Verdict{13, kNoRevocationCheck};
        if (*state == Revocation::Unknown) return Verdict{13, kRevocationOffline};
    }
    return Verdict{};
}

}  // namespace

bool asksTheMapper(std::uint32_t accessFlags, const SslRecord& record)
{
    return (accessFlags & access_flags::kMapCert) && record.mapsToDirectory();
}

Result<bool> rootIsPolluted(Backend& backend)
{
    const auto roots = entriesOf(backend, "ROOT");
    if (!roots) return roots.error();
    return std::any_of(roots->begin(), roots->end(), [](const StoreEntry& entry) {
        const auto certificate = x509FromDer(entry.der);
        return certificate && !isSelfSigned(certificate.get());
    });
}

Result<Verdict> judge(Backend& backend, const Snapshot& snapshot, const SslRecord& record,
                      const std::vector<Bytes>& presented)
{
    const auto leaf = presented.empty() ? nullptr : x509FromDer(presented.front());
    if (!leaf) return kUntrusted;
    const auto material = materialOf(backend, snapshot, record, presented);
    if (!material) return material.error();
    Chain chain = buildChain(*material, leaf.get(), snapshot.machine.clock());
    const bool inDate = !chain.empty();
    // Dates come after trust: a chain that only time spoils is 17, one that is wrong in any case 16.
    if (!inDate) chain = buildChain(*material, leaf.get(), std::nullopt);
    if (chain.empty()) return kUntrusted;
    const auto trust = judgeTrust(backend, record, *material, chain);
    if (!trust || trust->subStatus != 0) return trust;
    if (!inDate) return Verdict{17, kExpired};
    if (!record.checksRevocation()) return Verdict{};
    return judgeRevocation(backend, snapshot, record, chain);
}

}  // namespace monban::practice
