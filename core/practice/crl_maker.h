// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>

#include "core/practice/certificate_maker.h"

namespace monban::practice {

/// Serial (lower-case hex) → since when it is revoked.
using RevokedSerials = std::map<std::string, Time>;

struct NewCrl {
    RevokedSerials revoked;
    std::uint64_t number = 1;
    Time thisUpdate{};
    Time nextUpdate{};
};

/// A complete list (RFC 5280, section 5), version 2, with CRL number and authority key identifier.
Result<Bytes> makeCrl(const NewCrl& wanted, const Signer& issuer);

/// What a published list says, if that issuer signed it: somebody may have made it with the openssl tool.
struct PublishedCrl {
    RevokedSerials revoked;
    std::uint64_t number = 0;
};
std::optional<PublishedCrl> readCrl(ByteView derOrPem, X509* issuer);

}  // namespace monban::practice
