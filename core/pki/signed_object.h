// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/pki/asn1.h"
#include "core/pki/openssl.h"

namespace monban {

/// Certificates and revocation lists have the same outer shape (RFC 5280, sections 4.1.1 and 5.1.1): what is signed,
/// the algorithm, the signature. Slices of the bytes as they came, so that nothing need be decoded and encoded again.
struct SignedObject {
    Asn1Element toBeSigned;
    Asn1Element algorithm;
    Asn1Element signature;
};
std::optional<SignedObject> splitSigned(ByteView der);

/// What in a certificate a signature is judged by.
struct CertificateSlices {
    SignedObject outer;
    Asn1Element innerAlgorithm;
    Asn1Element issuer;
    Asn1Element subject;
    Asn1Element publicKey;
};
std::optional<CertificateSlices> splitCertificate(ByteView der);

/// Both algorithm fields must be the same (RFC 5280, section 4.1.1.2): the outer one is not signed.
bool verifiesWith(const SignedObject& object, const Asn1Element& innerAlgorithm, EVP_PKEY* key);
/// By the rules for comparing names (RFC 5280, section 7.1).
bool sameName(const Asn1Element& a, const Asn1Element& b);
PkeyPtr publicKeyFrom(const Asn1Element& subjectPublicKeyInfo);

}  // namespace monban
