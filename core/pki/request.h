// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/pki/certificate.h"

namespace monban {

/// A PKCS#10 certification request (RFC 2986).
struct Request {
    Bytes der;
    std::string subject;  ///< RFC 4514
    std::vector<std::string> dnsNames;
    std::vector<std::string> ipAddresses;
    PublicKey key;
    Bytes publicKeyDer;  ///< SubjectPublicKeyInfo, to match an issued certificate with
    bool signatureValid = false;
};

/// DER or PEM ("CERTIFICATE REQUEST" and "NEW CERTIFICATE REQUEST", as Windows writes). Errors: Damaged.
Result<Request> parseRequest(ByteView derOrPem);

}  // namespace monban
