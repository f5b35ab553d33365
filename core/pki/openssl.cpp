// SPDX-License-Identifier: MIT
#include "core/pki/openssl.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "core/base/utf8.h"

namespace monban {
namespace {

OSSL_LIB_CTX* makeContext()
{
    // Before anything else: the first use of the default context would read openssl.cnf.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
    if (!context) return nullptr;
    OSSL_PROVIDER_load(context, "default");
    // A module beside the library on Linux, built in on Windows. Without it only RC2, RC4 and DES files stay closed.
    OSSL_PROVIDER_load(context, "legacy");
    ERR_clear_error();
    return context;
}

/// The bits of the exponent: what an RSA verification costs.
int exponentBits(const EVP_PKEY* key)
{
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(key, "e", &exponent) != 1) return 0;
    const int bits = BN_num_bits(exponent);
    BN_free(exponent);
    return bits;
}

}  // namespace

OSSL_LIB_CTX* opensslContext()
{
    static OSSL_LIB_CTX* const context = makeContext();
    return context;
}

std::string opensslDetail()
{
    std::string detail;
    while (const unsigned long code = ERR_get_error()) {
        char text[256];
        ERR_error_string_n(code, text, sizeof text);
        if (!detail.empty()) detail += "; ";
        detail += text;
    }
    return validUtf8(detail);
}

bool isPracticalKey(const EVP_PKEY* key)
{
    const int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) return bits <= 16384 && exponentBits(key) <= 64;
    if (EVP_PKEY_is_a(key, "DSA")) return bits <= 4096;
    return true;
}

Error opensslError(ErrorCode code, Message message) { return {code, std::move(message), opensslDetail()}; }

Error opensslError(const std::string& what)
{
    return opensslError(
        ErrorCode::Unexpected,
        {tr("The cryptographic library failed ({0}). This should not happen; please report it with the log."), {what}});
}

}  // namespace monban
