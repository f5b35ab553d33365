// SPDX-License-Identifier: MIT
#include "core/practice/der.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace monban::practice {
namespace {

template <class Value>
using Read = Value* (*)(Value**, const unsigned char**, long);

/// The bytes of the first value, as they stand there: encoding it anew could change a hash.
template <class Value, class Free>
std::optional<Bytes> firstDer(ByteView bytes, Read<Value> read, Free release)
{
    const unsigned char* at = bytes.data();
    if (bytes.empty() || bytes.size() > 0x7FFFFFFF) return std::nullopt;
    Value* value = read(nullptr, &at, static_cast<long>(bytes.size()));
    ERR_clear_error();
    if (value == nullptr) return std::nullopt;
    release(value);
    return Bytes(bytes.data(), at);
}

template <class Value, class Free>
std::optional<Bytes> fromDerOrPem(ByteView bytes, const char* label, Read<Value> read, Free release)
{
    if (auto der = firstDer<Value>(bytes, read, release)) return der;
    if (bytes.empty() || bytes.size() > 0x7FFFFFFF) return std::nullopt;
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())),
                                                        &BIO_free);
    std::optional<Bytes> found;
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long length = 0;
    while (!found && PEM_read_bio(bio.get(), &name, &header, &data, &length) == 1) {
        if (std::string_view(name) == label ||
            (std::string_view(label) == PEM_STRING_X509 && std::string_view(name) == PEM_STRING_X509_OLD))
            found = firstDer<Value>({data, static_cast<std::size_t>(length)}, read, release);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    ERR_clear_error();
    return found;
}

}  // namespace

std::optional<Bytes> certificateDer(ByteView derOrPem)
{
    return fromDerOrPem<X509>(derOrPem, PEM_STRING_X509, d2i_X509, X509_free);
}

std::optional<Bytes> crlDer(ByteView derOrPem)
{
    return fromDerOrPem<X509_CRL>(derOrPem, PEM_STRING_X509_CRL, d2i_X509_CRL, X509_CRL_free);
}

std::optional<Bytes> publicKeyOf(const Secret& keyPem)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        keyPem.use([](std::string_view pem) -> EVP_PKEY* {
            if (pem.size() > 0x7FFFFFFF) return nullptr;
            const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
                BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
            // An encrypted key would ask for its password on the terminal; an empty one is given instead.
            return PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>(""));
        }),
        &EVP_PKEY_free);
    unsigned char* der = nullptr;
    const int length = key ? i2d_PUBKEY(key.get(), &der) : 0;
    ERR_clear_error();
    if (length <= 0) return std::nullopt;
    Bytes bytes(der, der + length);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace monban::practice
