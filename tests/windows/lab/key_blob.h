// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace monban::lab {

/// A private RSA key (PEM) as the PRIVATEKEYBLOB that CryptImportKey takes for AT_KEYEXCHANGE, which Secret wipes like
/// any other text (learn.microsoft.com/windows/win32/seccrypto/rsa-schannel-key-blobs).
/// Errors: Unsupported (a key of another kind: CryptoAPI has none on a curve), Damaged.
Result<Secret> privateKeyBlob(const Secret& pem);

}  // namespace monban::lab
