// SPDX-License-Identifier: MIT
#include "core/practice/crl_source.h"

#include <algorithm>

#include "core/pki/crl.h"
#include "core/practice/openssl_handles.h"
#include "core/tls/http_address.h"

namespace monban::practice {
namespace {

/// ChainCacheResyncFiletime is a FILETIME, little-endian: steps of 100 ns since 1601.
std::optional<Time> timeFromFiletime(const RegistryValue& value)
{
    const auto bytes = bytesFromHex(value.data);
    if (!bytes || bytes->size() != 8) return std::nullopt;
    std::uint64_t steps = 0;
    for (std::size_t i = 8; i-- > 0;) steps = steps << 8 | (*bytes)[i];
    constexpr std::int64_t kFrom1601To1970 = 11'644'473'600;
    return Time(std::chrono::seconds(static_cast<std::int64_t>(steps / 10'000'000) - kFrom1601To1970));
}

using IssuingPointHandle = std::unique_ptr<ISSUING_DIST_POINT, FreeWith<ISSUING_DIST_POINT_free>>;

bool namesUrl(const ISSUING_DIST_POINT* point, const std::vector<std::string>& urls)
{
    if (!point->distpoint) return true;
    if (point->distpoint->type != 0) return false;
    const GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI) continue;
        const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
        const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                               static_cast<std::size_t>(ASN1_STRING_length(uri)));
        if (std::find(urls.begin(), urls.end(), text) != urls.end()) return true;
    }
    return false;
}

/// Whether the list speaks of this kind of certificate and of every reason (RFC 5280, 5.2.5), and asks for nothing that
/// must be understood and is not.
bool covers(const Bytes& der, const Certificate& certificate)
{
    const unsigned char* at = der.data();
    X509CrlPtr crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
    if (!crl) return false;
    for (int i = 0; i < X509_CRL_get_ext_count(crl.get()); ++i) {
        X509_EXTENSION* extension = X509_CRL_get_ext(crl.get(), i);
        const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (X509_EXTENSION_get_critical(extension) && nid != NID_issuing_distribution_point &&
            nid != NID_authority_key_identifier && nid != NID_crl_number)
            return false;
    }
    int critical = 0;
    IssuingPointHandle point(static_cast<ISSUING_DIST_POINT*>(
        X509_CRL_get_ext_d2i(crl.get(), NID_issuing_distribution_point, &critical, nullptr)));
    ERR_clear_error();
    if (!point) return critical == -1;  // -1: not there; otherwise it could not be read
    const bool wrongKind = certificate.isCa ? point->onlyuser > 0 : point->onlyCA > 0;
    return !wrongKind && point->onlyattr <= 0 && point->indirectCRL <= 0 && !point->onlysomereasons &&
           namesUrl(point.get(), certificate.crlUrls);
}

bool isHttp(const std::string& url) { return equalsIgnoringCase(url.substr(0, 7), "http://"); }

}  // namespace

std::optional<Time> cacheResync(Backend& backend)
{
    const auto value = backend.registryValue(kChainEngineKey, "ChainCacheResyncFiletime");
    return value && *value ? timeFromFiletime(**value) : std::nullopt;
}

std::optional<std::string> practiceCaFile(const std::string& url)
{
    constexpr std::string_view kFolder = "/crl/";
    const auto address = parseHttpAddress(url);
    if (!address || address->host != "ca.practice" || address->port != 80) return std::nullopt;
    const std::string& target = address->target;
    if (target.size() <= kFolder.size() || !equalsIgnoringCase(target.substr(0, kFolder.size()), kFolder)) return std::nullopt;
    const std::string name = target.substr(kFolder.size());
    return name.find_first_of("/\\?#%") == std::string::npos ? std::optional(name) : std::nullopt;
}

CrlSource::CrlSource(Backend& backend, const Settings& settings) : m_backend(backend), m_settings(settings)
{
    m_resync = cacheResync(backend);
}

std::optional<Revocation> CrlSource::answerOf(const Bytes& list, const Certificate& certificate,
                                              const Certificate& issuer) const
{
    const auto crl = parseCrl(list);
    if (!crl || crl->delta || crl->indirect || !signedBy(*crl, issuer) || !covers(crl->der, certificate))
        return std::nullopt;
    if (m_settings.now < crl->thisUpdate || (crl->nextUpdate && m_settings.now >= *crl->nextUpdate)) return std::nullopt;
    return crl->revokedSerials.contains(certificate.serial) ? Revocation::Revoked : Revocation::Good;
}

bool CrlSource::isFresh(const CachedCrl& entry) const
{
    // Both are whole seconds: one that was fetched in the very second of the resync may be older than it.
    if (m_resync && entry.fetched <= *m_resync) return false;
    return !m_settings.freshness || m_settings.now - entry.fetched < *m_settings.freshness;
}

Result<std::optional<Revocation>> CrlSource::fromCache(const Certificate& certificate, const Certificate& issuer)
{
    const auto cached = m_backend.cachedCrls(CacheOwner::Service);
    if (!cached) return cached.error();
    for (const auto& url : certificate.crlUrls)
        for (const auto& entry : *cached)
            if (entry.url == url && isFresh(entry))
                if (const auto answer = answerOf(entry.der, certificate, issuer)) return answer;
    return std::optional<Revocation>();
}

Result<std::optional<Revocation>> CrlSource::fromStore(const Certificate& certificate, const Certificate& issuer)
{
    const auto lists = m_backend.crls("CA");
    if (!lists && lists.error().code == ErrorCode::NotFound) return std::optional<Revocation>();
    if (!lists) return lists.error();
    // Several may be there, as an administrator adds each new one: the latest says more than an older one.
    std::optional<Revocation> best;
    std::optional<Time> newest;
    for (const auto& list : *lists) {
        const auto answer = answerOf(list.der, certificate, issuer);
        if (!answer) continue;
        const auto crl = parseCrl(list.der);
        if (newest && crl->thisUpdate <= *newest) continue;
        newest = crl->thisUpdate;
        best = answer;
    }
    return best;
}

Result<std::optional<Revocation>> CrlSource::fromNetwork(const Certificate& certificate, const Certificate& issuer)
{
    for (const auto& url : certificate.crlUrls) {
        const auto name = practiceCaFile(url);
        const auto list = name ? m_backend.caFile(*name) : Result<Bytes>(Error{});
        if (!list) continue;
        const auto answer = answerOf(*list, certificate, issuer);
        if (!answer) continue;
        if (auto kept = remember(url, *list); !kept) return kept.error();
        return answer;
    }
    return std::optional<Revocation>();
}

Result<Done> CrlSource::remember(const std::string& url, const Bytes& list)
{
    const auto transaction = m_backend.transaction();
    if (!transaction) return transaction.error();
    auto cached = m_backend.cachedCrls(CacheOwner::Service);
    if (!cached) return cached.error();
    std::erase_if(*cached, [&](const CachedCrl& entry) { return entry.url == url; });
    cached->push_back({url, list, m_settings.now});
    return m_backend.writeCachedCrls(CacheOwner::Service, *cached);
}

Result<Revocation> CrlSource::check(const Certificate& certificate, const Certificate& issuer)
{
    if (certificate.crlUrls.empty()) return Revocation::NoDistributionPoint;
    auto answer = fromCache(certificate, issuer);
    if (answer && !*answer) answer = fromStore(certificate, issuer);
    const auto& urls = certificate.crlUrls;
    const bool mayFetch = !m_settings.cachedOnly && std::any_of(urls.begin(), urls.end(), isHttp);
    if (answer && !*answer && mayFetch) answer = fromNetwork(certificate, issuer);
    if (!answer) return answer.error();
    return answer->value_or(Revocation::Unknown);
}

}  // namespace monban::practice
