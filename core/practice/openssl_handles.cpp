// SPDX-License-Identifier: MIT
#include "core/practice/openssl_handles.h"

#include <openssl/pem.h>

namespace monban::practice {

X509Ptr x509FromFile(ByteView derOrPem)
{
    if (auto certificate = x509FromDer(derOrPem)) return certificate;
    BioPtr bio(BIO_new_mem_buf(derOrPem.data(), static_cast<int>(derOrPem.size())));
    X509Ptr certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
    ERR_clear_error();
    return certificate;
}

Bytes derOf(const X509* certificate)
{
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0) return {};
    Bytes der(static_cast<std::size_t>(size));
    unsigned char* at = der.data();
    i2d_X509(certificate, &at);
    return der;
}

PkeyPtr keyFromPem(const Secret& pem)
{
    PkeyPtr key = pem.use([](std::string_view text) {
        BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
        // The callback keeps OpenSSL from asking for a password on the terminal.
        auto none = [](char*, int, int, void*) { return 0; };
        return PkeyPtr(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, none, nullptr) : nullptr);
    });
    ERR_clear_error();
    return key;
}

Secret pemOf(EVP_PKEY* key)
{
    BioPtr bio(BIO_new(BIO_s_secmem()));
    if (!bio || !PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr)) return {};
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return Secret(std::string(text, static_cast<std::size_t>(size)));
}

std::string serialText(const ASN1_INTEGER* serial)
{
    NumberHandle number(ASN1_INTEGER_to_BN(serial, nullptr));
    if (!number) return {};
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), bytes.data());
    if (bytes.empty()) bytes.push_back(0);
    return (BN_is_negative(number.get()) ? "-" : "") + hex(bytes);
}

std::string sha1Of(ByteView bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha1(), nullptr)) return {};
    return hex({digest, size});
}

std::optional<Time> timeOf(const ASN1_TIME* time)
{
    std::tm parts{};
    if (!time || !ASN1_TIME_to_tm(time, &parts)) return std::nullopt;
    using namespace std::chrono;
    const year_month_day day{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                             std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
    return sys_days{day} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
}

bool isSelfSigned(X509* certificate)
{
    if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) != 0) return false;
    int digest = NID_undef;
    const bool known = OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr) == 1;
    // Old roots are signed with MD2, which OpenSSL no longer computes: there the names must do.
    const bool beyondUs = known && digest != NID_undef && !EVP_get_digestbynid(digest);
    const bool verdict = beyondUs || X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
    ERR_clear_error();
    return verdict;
}

}  // namespace monban::practice
