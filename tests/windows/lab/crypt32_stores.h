// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::lab {

/// The certificate stores of this Windows (of Wine, that is) as the practice programs' back-end sees stores: its calls
/// of the same meaning. A name that begins with kUserStores is a store of the caller's own. Written on its own, apart
/// from the product's reading of the same stores, so that each proves the other.
class Crypt32Stores {
public:
    Result<std::vector<std::string>> names() const;
    /// Makes the store where it is missing.
    Result<Done> make(const std::string& store) const;

    /// key and keyContainer as the link beside the certificate has them; whether the key is there is not looked up.
    Result<std::vector<practice::StoreEntry>> entries(const std::string& store) const;
    Result<Done> put(const std::string& store, const practice::StoreEntry& entry) const;
    Result<Done> remove(const std::string& store, const std::string& thumbprint) const;

    Result<std::vector<practice::StoreCrl>> crls(const std::string& store) const;
    Result<Done> putCrl(const std::string& store, const practice::StoreCrl& crl) const;
    Result<Done> removeCrl(const std::string& store, const std::string& thumbprint) const;
};

}  // namespace monban::lab
