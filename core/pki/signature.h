// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/bytes.h"

namespace monban {

enum class SignatureHash { Sha1, Sha256 };

/// Whether the signature over the data was made with the private key that belongs to this public key
/// (SubjectPublicKeyInfo): RSA with PKCS#1 padding (RFC 8017, 8.2), or ECDSA as its two numbers one after the other, each
/// as long as the curve's (IEEE P1363, which CNG gives). Other keys fit nothing.
bool signatureFits(ByteView publicKeyDer, ByteView data, ByteView signature, SignatureHash hash);

}  // namespace monban
