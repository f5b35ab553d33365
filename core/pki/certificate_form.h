// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/pki/openssl.h"

namespace monban {

// What RFC 5280 demands of a certificate's form, Chromium enforces, and OpenSSL lets pass.

/// An extension that is there twice or cannot be read (4.2), parameters where an algorithm has none (RFC 5758, 3.2), CA bits that
/// contradict each other (4.2.1.3, 4.2.1.9): in English, for a sentence; nothing where all is well.
std::optional<std::string> formProblem(const X509* certificate);

/// Whether both dates are written as 4.1.2.5 demands: with seconds, in UTC.
bool hasProperDates(const X509* certificate);

/// What OpenSSL does not look at in a CA's name constraints (4.2.1.10): that there are any in the extension, and that a wildcard
/// name of the certificate below stands for each name it matches. True: the names are not allowed.
bool breaksConstraints(const X509* ca, const X509* below);

/// Whether OpenSSL found an extension that it cannot read: then it answers "no" to whatever it is asked about key usage.
bool hasBrokenExtension(const X509* certificate);

enum class Judge { Browser, Windows };
/// The critical extensions that the judge does not process, by their names. Both look past Microsoft's application policies where an
/// extended key usage says the same.
std::vector<std::string> unknownCriticals(const X509* certificate, Judge judge);

/// The parameters of an RSA-PSS signature for a sentence, where they are others than TLS 1.3 has, which are all that Chromium takes.
std::optional<std::string> oddPssParameters(const X509* certificate);

/// RSA without bounds on its use, or one of the three curves (Chromium).
bool isKeyOfBrowsers(const EVP_PKEY* key);
bool isKeyOfBrowsers(ByteView subjectPublicKeyInfo);

}  // namespace monban
