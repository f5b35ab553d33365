// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/time.h"
#include "core/practice/x500_name.h"

namespace monban::practice {

/// What a certification request (RFC 2986) shall say.
struct NewRequest {
    std::vector<RelativeName> subject;  ///< as typed; encoded from the last to the first, as CertEnroll does
    bool elliptic = false;
    int keyBits = 2048;  ///< RSA; 256, 384 or 521 for an elliptic curve
    std::string hash = "SHA256";
    std::string keyUsage;                       ///< OpenSSL's words
    std::vector<std::string> extendedKeyUsage;  ///< OIDs
    /// subjectAltName: kind ("DNS", "IPAddress", "URL", "Email", "OID") and value.
    std::vector<std::pair<std::string, std::string>> alternativeNames;
};

/// The request, its key, and the self-signed stand-in that Windows keeps in REQUEST until the answer comes.
struct MadeRequest {
    Bytes der;
    Bytes standInDer;
    Secret keyPem;
};

/// Nothing where a value is not what the standards allow, such as a country of three letters; then `trouble` names it.
std::optional<MadeRequest> makeRequest(const NewRequest& wanted, Time now, std::string& trouble);

}  // namespace monban::practice
