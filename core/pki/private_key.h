// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/pki/openssl.h"

namespace monban {

/// A private key of a kind a server can use, with the bytes it took. Kinds and sizes that would keep the library busy
/// for minutes (it computes a DSA public key from the private one) are refused. Errors: Damaged, Unsupported.
struct PrivateKey {
    PkeyPtr key;
    std::size_t size = 0;
};
Result<PrivateKey> privateKeyFromPkcs8(ByteView der);
/// A key of a PEM block, by its label: PKCS#8, and the older RSA and EC formats.
Result<PrivateKey> privateKeyFromPem(const std::string& label, ByteView der);

}  // namespace monban
