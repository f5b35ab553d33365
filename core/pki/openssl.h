// SPDX-License-Identifier: MIT
#pragma once
// Only core/pki, core/tls and core/practice include this: OpenSSL's names meet Windows' nowhere else.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace monban {

/// Frees what a library handed out with the library's own function.
template <auto function>
struct FreeWith {
    template <class T>
    void operator()(T* handle) const
    {
        function(handle);
    }
};
template <class T, auto function>
using Handle = std::unique_ptr<T, FreeWith<function>>;

using X509Ptr = Handle<X509, X509_free>;
using X509ReqPtr = Handle<X509_REQ, X509_REQ_free>;
using X509CrlPtr = Handle<X509_CRL, X509_CRL_free>;
using PkeyPtr = Handle<EVP_PKEY, EVP_PKEY_free>;
using BioPtr = Handle<BIO, BIO_free_all>;
using Pkcs7Ptr = Handle<PKCS7, PKCS7_free>;
using Pkcs12Ptr = Handle<PKCS12, PKCS12_free>;
using Pkcs8Ptr = Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using Asn1TypePtr = Handle<ASN1_TYPE, ASN1_TYPE_free>;
using Asn1IntegerPtr = Handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using AlgorithmPtr = Handle<X509_ALGOR, X509_ALGOR_free>;
using NamePtr = Handle<X509_NAME, X509_NAME_free>;

/// Our own library context with the default provider and, where it can be had, the legacy one (RC2, RC4, DES of old
/// PKCS#12 files). No configuration file of the machine takes part: what a file is must not depend on where it is read.
/// Lives as long as the process. Every use of OpenSSL in core/pki goes through it.
OSSL_LIB_CTX* opensslContext();

/// The library's pending errors as one line for the log; empties its queue.
std::string opensslDetail();
/// An error with the library's own words as the detail.
Error opensslError(ErrorCode code, Message message);
/// The library refused something that should work; `what` names it in English.
Error opensslError(const std::string& what);

/// Drops the errors the library queued in this scope, so that a refusal that is an answer does not surface later.
class ErrorQueueScope {
public:
    ErrorQueueScope() { ERR_set_mark(); }
    ~ErrorQueueScope() { ERR_pop_to_mark(); }
    ErrorQueueScope(const ErrorQueueScope&) = delete;
    ErrorQueueScope& operator=(const ErrorQueueScope&) = delete;
};

/// A certificate as OpenSSL's handle, from its DER (what follows it is ignored); null if it is not one.
X509Ptr x509FromDer(ByteView der);

/// False for keys nobody has, made to keep a program busy: verifying with one takes up to seconds. They verify nothing.
bool isPracticalKey(const EVP_PKEY* key);
/// Whether the certificate's signature was made with the issuer's key; names and dates do not matter.
bool signatureVerifies(X509* certificate, const X509* issuer);

}  // namespace monban
