// SPDX-License-Identifier: MIT
#include "core/practice/crl_maker.h"

#include <openssl/pem.h>

namespace monban::practice {
namespace {

using TimeHandle = std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>>;

TimeHandle asn1(Time time)
{
    return TimeHandle(ASN1_TIME_set(nullptr, static_cast<time_t>(time.time_since_epoch().count())));
}

bool addRevoked(X509_CRL* crl, const std::string& serial, Time at)
{
    const auto bytes = bytesFromHex(serial);
    if (!bytes) return false;
    NumberHandle number(BN_bin2bn(bytes->data(), static_cast<int>(bytes->size()), nullptr));
    Asn1IntegerPtr integer(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
    const TimeHandle date = asn1(at);
    X509_REVOKED* entry = X509_REVOKED_new();
    if (integer && date && entry && X509_REVOKED_set_serialNumber(entry, integer.get()) &&
        X509_REVOKED_set_revocationDate(entry, date.get()) && X509_CRL_add0_revoked(crl, entry))
        return true;
    X509_REVOKED_free(entry);
    return false;
}

bool addExtensions(X509_CRL* crl, std::uint64_t number, X509* issuer)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, nullptr, nullptr, crl, 0);
    ExtensionHandle keyId(X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
    if (!keyId || !X509_CRL_add_ext(crl, keyId.get(), -1)) return false;
    Asn1IntegerPtr crlNumber(ASN1_INTEGER_new());
    return crlNumber && ASN1_INTEGER_set_uint64(crlNumber.get(), number) &&
           X509_CRL_add1_ext_i2d(crl, NID_crl_number, crlNumber.get(), 0, 0);
}

bool fillCrl(X509_CRL* crl, const NewCrl& wanted, const Signer& issuer)
{
    if (!X509_CRL_set_version(crl, X509_CRL_VERSION_2)) return false;
    if (!X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer.certificate))) return false;
    const TimeHandle thisUpdate = asn1(wanted.thisUpdate);
    const TimeHandle nextUpdate = asn1(wanted.nextUpdate);
    if (!thisUpdate || !X509_CRL_set1_lastUpdate(crl, thisUpdate.get())) return false;
    if (!nextUpdate || !X509_CRL_set1_nextUpdate(crl, nextUpdate.get())) return false;
    for (const auto& [serial, at] : wanted.revoked)
        if (!addRevoked(crl, serial, at)) return false;
    return addExtensions(crl, wanted.number, issuer.certificate) && X509_CRL_sort(crl) &&
           X509_CRL_sign(crl, issuer.key, EVP_sha256()) > 0;
}

}  // namespace

Result<Bytes> makeCrl(const NewCrl& wanted, const Signer& issuer)
{
    X509CrlPtr crl(X509_CRL_new());
    unsigned char* der = nullptr;
    if (!crl || !fillCrl(crl.get(), wanted, issuer) || i2d_X509_CRL(crl.get(), &der) <= 0)
        return opensslError(ErrorCode::Unexpected,
                            {tr("The practice CA could not sign a revocation list. Please report this as a bug."), {}});
    Bytes bytes(der, der + i2d_X509_CRL(crl.get(), nullptr));
    OPENSSL_free(der);
    return bytes;
}

std::optional<PublishedCrl> readCrl(ByteView derOrPem, X509* issuer)
{
    const unsigned char* at = derOrPem.data();
    X509CrlPtr crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(derOrPem.size())));
    if (!crl) {
        BioPtr bio(BIO_new_mem_buf(derOrPem.data(), static_cast<int>(derOrPem.size())));
        crl.reset(bio ? PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr) : nullptr);
    }
    const bool valid = crl && X509_CRL_verify(crl.get(), X509_get0_pubkey(issuer)) == 1;
    ERR_clear_error();
    if (!valid) return std::nullopt;
    PublishedCrl published;
    STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(crl.get());
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
        const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
        const auto since = timeOf(X509_REVOKED_get0_revocationDate(entry));
        const auto serial = serialText(X509_REVOKED_get0_serialNumber(entry));
        if (bytesFromHex(serial)) published.revoked[serial] = since.value_or(Time{});
    }
    Asn1IntegerPtr number(static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl.get(), NID_crl_number, nullptr, nullptr)));
    std::uint64_t value = 0;
    if (number && ASN1_INTEGER_get_uint64(&value, number.get())) published.number = value;
    ERR_clear_error();
    return published;
}

}  // namespace monban::practice
