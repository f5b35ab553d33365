// SPDX-License-Identifier: MIT
#include "core/pki/signature.h"

#include <openssl/ec.h>

#include "core/pki/openssl.h"

namespace monban {
namespace {

using NumberPtr = Handle<BIGNUM, BN_free>;
using EcdsaPtr = Handle<ECDSA_SIG, ECDSA_SIG_free>;
using DigestContextPtr = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

PkeyPtr publicKeyOf(ByteView der)
{
    const unsigned char* at = der.data();
    return PkeyPtr(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), opensslContext(), nullptr));
}

/// The DER that OpenSSL wants in place of the two bare numbers; empty where they are none.
Bytes derOfTwoNumbers(ByteView signature)
{
    if (signature.empty() || signature.size() % 2 != 0) return {};
    const int half = static_cast<int>(signature.size() / 2);
    NumberPtr r(BN_bin2bn(signature.data(), half, nullptr));
    NumberPtr s(BN_bin2bn(signature.data() + half, half, nullptr));
    const EcdsaPtr both(ECDSA_SIG_new());
    if (!r || !s || !both || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return {};
    (void)r.release();  // both belong to the pair now
    (void)s.release();
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(both.get(), &der);
    if (size <= 0) return {};
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

bool signatureFits(ByteView publicKeyDer, ByteView data, ByteView signature, SignatureHash hash)
{
    const ErrorQueueScope scope;
    const PkeyPtr key = publicKeyOf(publicKeyDer);
    if (!key || !isPracticalKey(key.get())) return false;
    const bool ec = EVP_PKEY_is_a(key.get(), "EC");
    if (!ec && !EVP_PKEY_is_a(key.get(), "RSA")) return false;
    const Bytes der = ec ? derOfTwoNumbers(signature) : Bytes(signature.begin(), signature.end());
    const DigestContextPtr context(EVP_MD_CTX_new());
    return !der.empty() && context &&
           EVP_DigestVerifyInit_ex(context.get(), nullptr, hash == SignatureHash::Sha1 ? "SHA1" : "SHA256",
                                   opensslContext(), nullptr, key.get(), nullptr) == 1 &&
           EVP_DigestVerify(context.get(), der.data(), der.size(), data.data(), data.size()) == 1;
}

}  // namespace monban
