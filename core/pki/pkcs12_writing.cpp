// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12_writing.h"

#include <openssl/pem.h>

#include "core/pki/findings.h"
#include "core/pki/openssl.h"

namespace monban {
namespace {

constexpr int k3Des = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
/// As OpenSSL itself writes. Rounds protect guessable passwords; that of such a file is random.
constexpr int kRounds = 2048;

PkeyPtr keyFrom(const Secret& keyPem)
{
    return keyPem.use([](std::string_view text) {
        const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
        // The callback keeps OpenSSL from asking for a password on the terminal.
        const auto none = [](char*, int, int, void*) { return 0; };
        return PkeyPtr(bio ? PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, none, nullptr, opensslContext(), nullptr)
                           : nullptr);
    });
}

Pkcs12Ptr fileOf(EVP_PKEY* key, X509* certificate, const char* password)
{
    // Without a MAC at first: PKCS12_create writes SHA-256, which Windows Server 2016 does not read.
    Pkcs12Ptr file(PKCS12_create_ex(password, nullptr, key, certificate, nullptr, k3Des, k3Des, kRounds, -1, 0,
                                    opensslContext(), nullptr));
    if (!file || !PKCS12_set_mac(file.get(), password, -1, nullptr, 0, kRounds, EVP_sha1())) return nullptr;
    return file;
}

Pkcs12Ptr fileUnder(const Secret& password, EVP_PKEY* key, X509* certificate)
{
    return password.use([&](std::string_view text) {
        std::string ended(text);  // OpenSSL wants a zero at the end, which a view does not promise
        auto file = fileOf(key, certificate, ended.c_str());
        wipe(ended);
        return file;
    });
}

}  // namespace

Result<Bytes> writePkcs12(const Secret& keyPem, const Certificate& certificate, const Secret& password)
{
    const ErrorQueueScope scope;
    const PkeyPtr key = keyFrom(keyPem);
    if (!key) return opensslError(ErrorCode::Damaged, {tr("The private key is damaged."), {}});
    const X509Ptr handle = x509FromDer(certificate.der);
    if (!handle || X509_check_private_key(handle.get(), key.get()) != 1)
        return opensslError(ErrorCode::InvalidInput,
                            {tr("The private key does not belong to {0}: it is the key of another certificate."),
                             {nameForPeople(certificate)}});

    const Pkcs12Ptr file = fileUnder(password, key.get(), handle.get());
    unsigned char* der = nullptr;
    const int size = file ? i2d_PKCS12(file.get(), &der) : 0;
    if (size <= 0) return opensslError("PKCS#12");
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace monban
