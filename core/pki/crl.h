// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <set>
#include <string>

#include "core/pki/certificate.h"

namespace monban {

/// A certificate revocation list (RFC 5280, section 5).
struct Crl {
    Bytes der;
    std::string issuer;
    Time thisUpdate{};
    std::optional<Time> nextUpdate;
    std::set<std::string>
        revokedSerials;     ///< lower-case hex as in Certificate::serial; entries "removeFromCRL" left out
    bool delta = false;     ///< carries a delta CRL indicator
    bool indirect = false;  ///< its issuing distribution point says so
};

/// DER or PEM. Errors: Damaged.
Result<Crl> parseCrl(ByteView derOrPem);
/// True when the list's signature verifies with that certificate's key and the names fit.
bool signedBy(const Crl& crl, const Certificate& issuer);

/// The certificates of a PKCS#7 reply (.p7b, DER or PEM). Errors: Damaged.
Result<std::vector<Certificate>> parsePkcs7(ByteView derOrPem);

}  // namespace monban
