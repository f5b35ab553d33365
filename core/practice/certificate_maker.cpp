// SPDX-License-Identifier: MIT
#include "core/practice/certificate_maker.h"

#include <openssl/core_names.h>

#include "core/pki/certificate.h"

namespace monban::practice {
namespace {

Error couldNotMake(const char* what)
{
    return opensslError(ErrorCode::Unexpected,
                        {tr("The practice CA could not make a certificate ({0}). Please report this as a bug."), {what}});
}

bool setSubject(X509* certificate, const std::vector<NamePart>& parts)
{
    X509_NAME* name = X509_get_subject_name(certificate);
    for (const auto& [type, value] : parts) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
        if (!X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, bytes, static_cast<int>(value.size()), -1, 0))
            return false;
    }
    return true;
}

bool addMarker(X509* certificate)
{
    ASN1_OBJECT* oid = OBJ_txt2obj(kPracticeMarker, 1);
    ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
    // UTF8String "practice": an extension's value must itself be DER (RFC 5280, 4.2).
    const unsigned char der[] = {0x0c, 8, 'p', 'r', 'a', 'c', 't', 'i', 'c', 'e'};
    bool added = oid && value && ASN1_OCTET_STRING_set(value, der, sizeof der);
    if (added) {
        ExtensionHandle extension(X509_EXTENSION_create_by_OBJ(nullptr, oid, 0, value));
        added = extension && X509_add_ext(certificate, extension.get(), -1);
    }
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
    return added;
}

std::string alternativeNames(const std::vector<std::string>& dnsNames)
{
    std::string text;
    for (const auto& name : dnsNames) text += (text.empty() ? "DNS:" : ",DNS:") + name;
    return text;
}

bool addExtensions(X509* certificate, X509* issuer, const NewCertificate& wanted)
{
    const auto add = [&](int nid, const std::string& value) {
        return value.empty() || addExtension(certificate, issuer, nid, value);
    };
    return add(NID_basic_constraints, wanted.ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
           add(NID_key_usage, wanted.keyUsage) && add(NID_ext_key_usage, wanted.extendedKeyUsage) &&
           add(NID_subject_alt_name, alternativeNames(wanted.dnsNames)) && add(NID_subject_key_identifier, "hash") &&
           add(NID_authority_key_identifier, "keyid:always") &&
           add(NID_crl_distribution_points, wanted.crlUrl.empty() ? "" : "URI:" + wanted.crlUrl) &&
           (!wanted.marked || addMarker(certificate));
}

}  // namespace

bool setSerial(X509* certificate, const Bytes& serial)
{
    NumberHandle number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool setValidity(X509* certificate, Time notBefore, Time notAfter)
{
    const auto seconds = [](Time time) { return static_cast<time_t>(time.time_since_epoch().count()); };
    return ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(notBefore)) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(notAfter));
}

bool addExtension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1);
}

bool sign(X509* certificate, EVP_PKEY* key) { return X509_sign(certificate, key, EVP_sha256()) > 0; }

Result<X509Ptr> makeCertificate(const NewCertificate& wanted, EVP_PKEY* subjectKey, const Signer& signer)
{
    X509Ptr certificate(X509_new());
    if (!certificate || !X509_set_version(certificate.get(), X509_VERSION_3)) return couldNotMake("version");
    if (!setSerial(certificate.get(), wanted.serial)) return couldNotMake("serial number");
    if (!setValidity(certificate.get(), wanted.notBefore, wanted.notAfter)) return couldNotMake("validity");
    if (!setSubject(certificate.get(), wanted.subject)) return couldNotMake("subject");
    X509* issuer = signer.certificate ? signer.certificate : certificate.get();
    if (!X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer))) return couldNotMake("issuer");
    if (!X509_set_pubkey(certificate.get(), subjectKey)) return couldNotMake("public key");
    if (!addExtensions(certificate.get(), issuer, wanted)) return couldNotMake("extensions");
    if (!sign(certificate.get(), signer.key)) return couldNotMake("signature");
    return certificate;
}

bool isTakenByWine(const EVP_PKEY* rsa)
{
    // The length as DER writes it, with a zero before a highest bit of one.
    const int half = EVP_PKEY_get_bits(rsa) / 16;
    const auto isLong = [&](const char* part) {
        BIGNUM* number = nullptr;
        if (EVP_PKEY_get_bn_param(rsa, part, &number) != 1) return false;
        const int bytes = BN_num_bits(number) / 8 + 1;
        BN_clear_free(number);
        return bytes >= half;
    };
    return isLong(OSSL_PKEY_PARAM_RSA_EXPONENT1) && isLong(OSSL_PKEY_PARAM_RSA_EXPONENT2) && isLong(OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
}

PkeyPtr makeRsaKey(int bits)
{
    PkeyPtr key(EVP_RSA_gen(static_cast<unsigned>(bits)));
    while (key && !isTakenByWine(key.get())) key.reset(EVP_RSA_gen(static_cast<unsigned>(bits)));
    return key;
}
PkeyPtr makeEcKey() { return PkeyPtr(EVP_EC_gen("P-256")); }

Result<Bytes> makePkcs12(X509* certificate, EVP_PKEY* key, X509* issuer, const std::string& friendlyName,
                         const std::string& password)
{
    constexpr int k3Des = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    constexpr int kRounds = 2048;
    CertificateStack chain(sk_X509_new_null());
    if (issuer && (!chain || !X509_up_ref(issuer) || !sk_X509_push(chain.get(), issuer))) return couldNotMake("chain");
    // Without a MAC at first: PKCS12_create writes SHA-256, which Windows Server 2016 does not read.
    Pkcs12Ptr file(PKCS12_create(password.c_str(), friendlyName.c_str(), key, certificate, chain.get(), k3Des, k3Des,
                                    kRounds, -1, 0));
    if (!file || !PKCS12_set_mac(file.get(), password.c_str(), -1, nullptr, 0, kRounds, EVP_sha1()))
        return couldNotMake("PKCS#12");
    unsigned char* der = nullptr;
    const int size = i2d_PKCS12(file.get(), &der);
    if (size <= 0) return couldNotMake("PKCS#12");
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace monban::practice
