// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/pki/certificate.h"
#include "core/pki/openssl.h"

namespace monban {

/// How OpenSSL's values read as text. Whatever the bytes are, the text is valid UTF-8.

/// A directory string of any kind; `#` and the DER in hex where it is not a string (RFC 4514, section 2.4).
std::string stringText(const ASN1_STRING* string);
/// RFC 4514: the most specific part first, UTF-8 kept, control characters as \XX.
std::string nameText(const X509_NAME* name);
/// The most specific CN, empty if there is none.
std::string commonNameOf(const X509_NAME* name);
/// "serverAuth", "sha256WithRSAEncryption": OpenSSL's short or long name, dotted where it has none.
std::string shortName(const ASN1_OBJECT* oid);
std::string longName(const ASN1_OBJECT* oid);
/// Lower-case hex of the number's bytes, "-" before a negative one (RFC 5280 forbids it, old CAs did it).
std::string numberText(const ASN1_INTEGER* number);
/// The same of an INTEGER's content bytes (two's complement).
std::string numberText(ByteView content);
/// Nothing where it is not a time.
std::optional<Time> timeOf(const ASN1_TIME* time);

/// What a certificate or a request says about its names.
struct AlternativeNames {
    std::vector<std::string> dns;
    std::vector<std::string> ip;
};
AlternativeNames alternativeNames(const GENERAL_NAMES* names);
/// Dotted decimals, or RFC 5952 for 16 bytes; `#` and hex for any other length.
std::string ipText(ByteView address);

/// Algorithm and size of a key; the key may be null, then the algorithm's name is all that is known.
PublicKey publicKeyOf(const EVP_PKEY* key, const ASN1_OBJECT* algorithm);

}  // namespace monban
