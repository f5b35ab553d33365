// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/practice/central_store.h"
#include "tests/core/truth/row_certificates.h"

namespace monban::practice::rows {

/// Switches the central certificate store on, in a share of the practice server itself.
inline void turnOnCentralStore(Backend& backend)
{
    const std::string location = "\\\\" + backend.machine()->name + "\\certificates";
    ASSERT_TRUE(backend.setRegistryValue(kCentralStoreKey, "Enabled", {"REG_DWORD", "1"}));
    ASSERT_TRUE(backend.setRegistryValue(kCentralStoreKey, "CertStoreLocation", {"REG_SZ", location}));
    ASSERT_TRUE(backend.setRegistryValue(kCentralStoreKey, "PrivateKeyPassword", {"REG_SZ", "1234"}));
}

/// Puts a server certificate of that common name into the share, under that file name.
inline void putInCentralStore(const fs::path& server, const std::string& file, const std::string& commonName)
{
    Wanted wanted;
    wanted.issuer = &authorities().root;
    wanted.usage = "serverAuth";
    const fs::path share = server / "shares" / "certificates";
    ASSERT_TRUE(makeFolders(share));
    ASSERT_TRUE(replaceFile(share / file, pkcs12Of(holderOf(commonName, wanted), "1234")));
}

}  // namespace monban::practice::rows
