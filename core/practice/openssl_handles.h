// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/bn.h>

#include <optional>
#include <string>

#include "core/base/secret.h"
#include "core/base/time.h"
#include "core/pki/openssl.h"

namespace monban::practice {

using ExtensionHandle = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using NumberHandle = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;

struct FreeCertificates {
    void operator()(STACK_OF(X509)* stack) const { sk_X509_pop_free(stack, X509_free); }
};
using CertificateStack = std::unique_ptr<STACK_OF(X509), FreeCertificates>;

/// DER or PEM.
X509Ptr x509FromFile(ByteView derOrPem);
Bytes derOf(const X509* certificate);

PkeyPtr keyFromPem(const Secret& pem);
Secret pemOf(EVP_PKEY* key);

/// Lower-case hex as in Certificate::serial.
std::string serialText(const ASN1_INTEGER* serial);
std::string sha1Of(ByteView bytes);

/// The certificate's own dates; nothing if they are not dates.
std::optional<Time> timeOf(const ASN1_TIME* time);

/// True when subject and issuer are equal and the signature verifies with the certificate's own key. Equal names alone
/// are only a hint (WINDOWS-FACTS 7).
bool isSelfSigned(X509* certificate);

}  // namespace monban::practice
