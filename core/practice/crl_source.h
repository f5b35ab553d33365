// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/pki/certificate.h"
#include "core/practice/backend.h"

namespace monban::practice {

enum class Revocation {
    Good,
    Revoked,
    NoDistributionPoint,  ///< nothing says where a list could be had
    Unknown,              ///< no list that is valid now
};

/// Finds out whether certificates are revoked, the way http.sys's account does: its cache of lists, lists in the CA
/// store, then the distribution point (WINDOWS-FACTS 8). What it fetches it keeps in that cache.
class CrlSource {
public:
    struct Settings {
        Time now{};
        bool cachedOnly = false;                          ///< never fetches
        std::optional<std::chrono::seconds> freshness{};  ///< a cached list older than this is fetched anew
    };
    CrlSource(Backend& backend, const Settings& settings);

    Result<Revocation> check(const Certificate& certificate, const Certificate& issuer);

private:
    /// What that list says of the certificate; nothing if it cannot serve as evidence.
    std::optional<Revocation> answerOf(const Bytes& list, const Certificate& certificate, const Certificate& issuer) const;
    bool isFresh(const CachedCrl& entry) const;
    Result<std::optional<Revocation>> fromCache(const Certificate& certificate, const Certificate& issuer);
    Result<std::optional<Revocation>> fromStore(const Certificate& certificate, const Certificate& issuer);
    Result<std::optional<Revocation>> fromNetwork(const Certificate& certificate, const Certificate& issuer);
    Result<Done> remember(const std::string& url, const Bytes& list);

    Backend& m_backend;
    Settings m_settings;
    std::optional<Time> m_resync;  ///< lists fetched up to this moment count as stale (ChainCacheResyncFiletime)
};

/// Up to when cached lists count as stale (ChainCacheResyncFiletime); nothing where that was never set.
std::optional<Time> cacheResync(Backend& backend);

/// NAME where the address is http://ca.practice/crl/NAME, the only one a practice server reaches; the port may be written
/// (`:80`). One rule for http.sys's revocation check, certutil, the observer and whatever else is fetched.
std::optional<std::string> practiceCaFile(const std::string& url);

}  // namespace monban::practice
