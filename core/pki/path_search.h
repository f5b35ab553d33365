// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/pki/certificate.h"

namespace monban {

/// A way from a certificate over its issuers, each of which signed the one before it.
struct CertificatePath {
    std::vector<const Certificate*> certificates;  ///< of the lists that were searched; the certificate itself first
    bool reachesRoot = false;                      ///< ends at one of the self-signed roots
};

/// Every way to a root among those certificates, or where there is none the longest one there is. Bounded: whoever sends a
/// hundred certificates of one name gets an answer in a moment, which then may miss a way. Never empty.
std::vector<CertificatePath> pathsFrom(const Certificate& certificate, const std::vector<Certificate>& others,
                                       const std::vector<Certificate>& roots);

/// Whether the certificate names that one's subject as its issuer, whoever signed it.
bool isNamedAsIssuer(const Certificate& certificate, const Certificate& candidate);

}  // namespace monban
