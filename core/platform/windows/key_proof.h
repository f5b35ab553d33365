// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>

#include "core/pki/certificate.h"
#include "core/pki/signature.h"
#include "core/platform/windows/key_opening.h"

namespace monban::windows {

struct KeySignature {
    Bytes bytes;  ///< in the form signatureFits() takes
    SignatureHash hash = SignatureHash::Sha256;
};
/// One signature over the data, without a dialog: RSA with PKCS#1 padding, or ECDSA. use: of a CryptoAPI key.
Result<KeySignature> signOnce(const OpenedKey& key, DWORD use, bool rsa, ByteView data);

/// Proves that the key belongs to the certificate: it signs random bytes, silently, and the certificate's own public key
/// has to verify them. Errors: TimedOut, Damaged (another key signs there), Denied, Io.
Result<Done> proveKey(const KeyLink& link, const Certificate& certificate, std::chrono::milliseconds limit);

}  // namespace monban::windows
