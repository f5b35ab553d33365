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

/// Whether the private key (PEM) belongs to the certificate (DER).
bool keyFits(ByteView certificateDer, const Secret& keyPem);

}  // namespace monban::practice
