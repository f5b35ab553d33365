// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/practice/backend.h"

namespace monban::lab {

/// CryptnetUrlCache, where Windows keeps revocation lists on disk: the caller's own, and the network service's for all
/// services (WINDOWS-FACTS 8). A list lies in Content under a name made of its address, as old as it was fetched.
class UrlCache {
public:
    explicit UrlCache(practice::CacheOwner owner);

    /// Those of `known` that still lie there, and lists that came some other way, by the name of their file.
    Result<std::vector<practice::CachedCrl>> read(const std::vector<practice::CachedCrl>& known) const;
    /// Exactly these; what is no revocation list stays.
    Result<Done> write(const std::vector<practice::CachedCrl>& crls) const;

private:
    fs::path m_content;
};

}  // namespace monban::lab
