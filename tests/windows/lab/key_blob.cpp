// SPDX-License-Identifier: MIT
#include "tests/windows/lab/key_blob.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace monban::lab {
namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
};

Error damaged(const char* what) { return {ErrorCode::Damaged, {"not a private RSA key", {}}, what}; }

void appendNumber(std::string& blob, std::uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i) blob += static_cast<char>(value >> (8 * i));
}

/// One part of the key, least significant byte first, filled up to its length.
bool appendPart(std::string& blob, const EVP_PKEY* key, const char* name, std::size_t length)
{
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return false;
    const std::unique_ptr<BIGNUM, FreeNumber> part(number);
    const std::size_t at = blob.size();
    blob.resize(at + length);
    return BN_bn2lebinpad(part.get(), reinterpret_cast<unsigned char*>(blob.data() + at), static_cast<int>(length)) >= 0;
}

}  // namespace

Result<Secret> privateKeyBlob(const Secret& pem)
{
    const Key key = pem.use([](std::string_view text) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
            BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
        return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
    });
    ERR_clear_error();
    if (!key) return damaged("no private key in PEM form");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        return Error{ErrorCode::Unsupported, {"not an RSA key", {}}, "CryptoAPI holds RSA keys only"};
    const int bits = EVP_PKEY_get_bits(key.get());
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &number) != 1) return damaged("no exponent");
    const std::unique_ptr<BIGNUM, FreeNumber> exponent(number);
    if (bits % 16 != 0 || BN_num_bits(exponent.get()) > 32) return damaged("a size the format has no room for");

    std::string blob;
    const auto modulus = static_cast<std::size_t>(bits / 8);
    blob.reserve(32 + 5 * modulus);  // never moved, so that no copy of the key stays behind
    appendNumber(blob, 0x07, 1);     // PRIVATEKEYBLOB
    appendNumber(blob, 0x02, 1);     // version
    appendNumber(blob, 0, 2);
    appendNumber(blob, 0xA400, 4);      // CALG_RSA_KEYX
    appendNumber(blob, 0x32415352, 4);  // "RSA2"
    appendNumber(blob, static_cast<std::uint32_t>(bits), 4);
    appendNumber(blob, static_cast<std::uint32_t>(BN_get_word(exponent.get())), 4);
    bool whole = appendPart(blob, key.get(), OSSL_PKEY_PARAM_RSA_N, modulus);
    for (const char* part : {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
                             OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1})
        whole = whole && appendPart(blob, key.get(), part, modulus / 2);
    whole = whole && appendPart(blob, key.get(), OSSL_PKEY_PARAM_RSA_D, modulus);
    Secret secret(std::move(blob));
    if (!whole) return damaged("a key of other than two primes, or one of odd length");
    return secret;
}

}  // namespace monban::lab
