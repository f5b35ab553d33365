// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/pki/openssl.h"

namespace monban {

// What RFC 5280 demands of a certificate's form, Chromium enforces, and OpenSSL lets pass.

/// An extension that is there twice (4.2), parameters where an algorithm has none (RFC 5758, 3.2), CA bits that contradict each
/// other (4.2.1.3, 4.2.1.9): in English, for a sentence; nothing where all is well.
std::optional<std::string> formProblem(const X509* certificate);

/// Whether both dates are written as 4.1.2.5 demands: with seconds, in UTC.
bool hasProperDates(const X509* certificate);

/// What OpenSSL does not look at in a CA's name constraints (4.2.1.10): that there are any in the extension, and that a wildcard
/// name of the certificate below stands for each name it matches. True: the names are not allowed.
bool breaksConstraints(const X509* ca, const X509* below);

}  // namespace monban
