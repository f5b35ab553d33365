// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace monban::practice {

/// The DER form of a certificate or revocation list in DER or PEM (what Windows calls "Base-64 encoded"); nothing if
/// it is neither. What follows the DER value is dropped, as Windows does.
std::optional<Bytes> certificateDer(ByteView derOrPem);
std::optional<Bytes> crlDer(ByteView derOrPem);

/// The public half (SubjectPublicKeyInfo) of a private key in PEM; nothing if the text is no such key.
std::optional<Bytes> publicKeyOf(const Secret& keyPem);

}  // namespace monban::practice
