// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/bytes.h"

namespace monban {

/// What a piece of DER is by its structure. Labels and file names lie: the CA of Windows puts a PKCS#7 reply under
/// "BEGIN CERTIFICATE".
enum class DerKind { Certificate, Request, Crl, Pkcs7, Pkcs12, PrivateKey, EncryptedKey, Unknown };

/// Judged by how it begins, so that a file that is cut short still has a kind.
DerKind derKind(ByteView der);

}  // namespace monban
