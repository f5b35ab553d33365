// SPDX-License-Identifier: MIT
#include "core/pki/certificate.h"

#include "core/base/utf8.h"
#include "core/pki/asn1.h"
#include "core/pki/certificate_list.h"
#include "core/pki/digest.h"
#include "core/pki/names.h"
#include "core/pki/openssl.h"
#include "core/pki/pem.h"
#include "core/pki/signed_object.h"

namespace monban {
namespace {

using GeneralNamesPtr = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using PurposesPtr = Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using PointsPtr = Handle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using AccessPtr = Handle<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using ConstraintsPtr = Handle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using KeyIdPtr = Handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using AuthorityPtr = Handle<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;
using ObjectPtr = Handle<ASN1_OBJECT, ASN1_OBJECT_free>;
using UsagePtr = Handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;

/// Real certificates are a few kilobytes; a logotype of some hundred has been seen.
constexpr std::size_t kLargestCertificate = 4u * 1024 * 1024;

template <class Pointer>
Pointer extension(const X509* x509, int nid)
{
    return Pointer(static_cast<typename Pointer::pointer>(X509_get_ext_d2i(x509, nid, nullptr, nullptr)));
}

void addUrl(std::vector<std::string>& urls, const GENERAL_NAME* name)
{
    if (name->type != GEN_URI) return;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    urls.push_back(validUtf8(textOf({ASN1_STRING_get0_data(uri), static_cast<std::size_t>(ASN1_STRING_length(uri))})));
}

std::vector<std::string> crlUrlsOf(const X509* x509)
{
    std::vector<std::string> urls;
    const auto points = extension<PointsPtr>(x509, NID_crl_distribution_points);
    for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
        const DIST_POINT_NAME* name = sk_DIST_POINT_value(points.get(), i)->distpoint;
        if (!name || name->type != 0) continue;  // 0 is fullName; a name relative to the issuer is no address
        for (int j = 0; j < sk_GENERAL_NAME_num(name->name.fullname); ++j)
            addUrl(urls, sk_GENERAL_NAME_value(name->name.fullname, j));
    }
    return urls;
}

std::vector<std::string> ocspUrlsOf(const X509* x509)
{
    std::vector<std::string> urls;
    const auto access = extension<AccessPtr>(x509, NID_info_access);
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
        const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        if (OBJ_obj2nid(entry->method) == NID_ad_OCSP) addUrl(urls, entry->location);
    }
    return urls;
}

bool isMarkedAsPractice(const X509* x509)
{
    const ObjectPtr marker(OBJ_txt2obj(kPracticeMarker, 1));
    return marker && X509_get_ext_by_OBJ(x509, marker.get(), -1) >= 0;
}

bool mayIssue(const X509* x509)
{
    const auto constraints = extension<ConstraintsPtr>(x509, NID_basic_constraints);
    if (!constraints || !constraints->ca) return false;
    const auto usage = extension<UsagePtr>(x509, NID_key_usage);
    constexpr int kKeyCertSignBit = 5;  // RFC 5280, section 4.2.1.3
    return !usage || ASN1_BIT_STRING_get_bit(usage.get(), kKeyCertSignBit) == 1;
}

void fillPurposes(Certificate& certificate, const X509* x509)
{
    const auto purposes = extension<PurposesPtr>(x509, NID_ext_key_usage);
    // One that cannot be decoded still restricts: it then allows nothing.
    certificate.hasExtendedKeyUsage = X509_get_ext_by_NID(x509, NID_ext_key_usage, -1) >= 0;
    for (int i = 0; i < sk_ASN1_OBJECT_num(purposes.get()); ++i)
        certificate.extendedKeyUsage.push_back(shortName(sk_ASN1_OBJECT_value(purposes.get(), i)));
}

std::string hexOf(const ASN1_OCTET_STRING* value)
{
    if (!value) return {};
    return hex(ByteView(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))));
}

/// RFC 5280, 4.2.1.1 and 4.2.1.2.
void fillKeyIds(Certificate& certificate, const X509* x509)
{
    certificate.subjectKeyId = hexOf(extension<KeyIdPtr>(x509, NID_subject_key_identifier).get());
    if (const auto authority = extension<AuthorityPtr>(x509, NID_authority_key_identifier))
        certificate.authorityKeyId = hexOf(authority->keyid);
}

void fillDates(Certificate& certificate, const X509* x509)
{
    const auto from = timeOf(X509_get0_notBefore(x509));
    const auto to = timeOf(X509_get0_notAfter(x509));
    certificate.hasReadableDates = from && to;
    certificate.notBefore = from.value_or(kNeverBegins);
    certificate.notAfter = to.value_or(kAlwaysOver);
}

void fillAlgorithms(Certificate& certificate, X509* x509)
{
    const ASN1_OBJECT* signature = nullptr;
    X509_ALGOR_get0(&signature, nullptr, nullptr, X509_get0_tbs_sigalg(x509));
    certificate.signatureAlgorithm = longName(signature);
    int hash = NID_undef;
    if (X509_get_signature_info(x509, &hash, nullptr, nullptr, nullptr) == 1 && hash != NID_undef)
        certificate.signatureHash = lowerAscii(OBJ_nid2sn(hash));
    ASN1_OBJECT* key = nullptr;
    X509_PUBKEY_get0_param(&key, nullptr, nullptr, nullptr, X509_get_X509_PUBKEY(x509));
    certificate.key = publicKeyOf(X509_get0_pubkey(x509), key);
}

Certificate certificateFrom(X509* x509, Bytes der)
{
    Certificate certificate;
    certificate.thumbprintSha1 = sha1Hex(der);
    certificate.thumbprintSha256 = sha256Hex(der);
    certificate.der = std::move(der);
    unsigned char* key = nullptr;
    if (const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &key); size > 0) {
        certificate.publicKeyDer.assign(key, key + size);
        OPENSSL_free(key);
    }
    const X509_NAME* subject = X509_get_subject_name(x509);
    const X509_NAME* issuer = X509_get_issuer_name(x509);
    certificate.subject = nameText(subject);
    const unsigned char* name = nullptr;
    if (X509_NAME_get0_der(subject, &name, &certificate.subjectSize) != 1)
        certificate.subjectSize = 0;
    certificate.issuer = nameText(issuer);
    certificate.commonName = commonNameOf(subject);
    certificate.serial = numberText(X509_get0_serialNumber(x509));
    fillDates(certificate, x509);
    fillAlgorithms(certificate, x509);
    fillPurposes(certificate, x509);
    auto names = alternativeNames(extension<GeneralNamesPtr>(x509, NID_subject_alt_name).get());
    certificate.dnsNames = std::move(names.dns);
    certificate.ipAddresses = std::move(names.ip);
    certificate.version = static_cast<int>(X509_get_version(x509)) + 1;
    fillKeyIds(certificate, x509);
    certificate.isCa = mayIssue(x509);
    certificate.selfSigned = X509_NAME_cmp(subject, issuer) == 0 && signatureVerifies(x509, x509);
    certificate.crlUrls = crlUrlsOf(x509);
    certificate.ocspUrls = ocspUrlsOf(x509);
    certificate.isPractice = isMarkedAsPractice(x509);
    return certificate;
}

/// d2i_X509 would refuse a certificate with one odd extension; what is readable of it is still worth saying.
X509Ptr readX509(ByteView der, std::size_t& size)
{
    auto* value = reinterpret_cast<ASN1_VALUE*>(X509_new_ex(opensslContext(), nullptr));
    const unsigned char* at = der.data();
    if (value) ASN1_item_d2i(&value, &at, static_cast<long>(der.size()), ASN1_ITEM_rptr(X509));  // null when it fails
    size = static_cast<std::size_t>(at - der.data());
    return X509Ptr(reinterpret_cast<X509*>(value));
}

}  // namespace

X509Ptr x509FromDer(ByteView der)
{
    const ErrorQueueScope scope;
    std::size_t size = 0;
    return readX509(der, size);
}

bool signatureVerifies(X509* certificate, const X509* issuer)
{
    const ErrorQueueScope scope;
    EVP_PKEY* key = X509_get0_pubkey(issuer);
    return key && isPracticalKey(key) && X509_verify(certificate, key) == 1;
}

Result<Certificate> parseCertificate(ByteView derOrPem)
{
    X509Ptr handle;
    return parseCertificate(derOrPem, handle);
}

Result<Certificate> parseCertificate(ByteView derOrPem, X509Ptr& handle)
{
    const ErrorQueueScope scope;
    auto found = firstOfKind(derOrPem, DerKind::Certificate);
    if (!found)
        return Error{
            ErrorCode::Damaged, {tr("There is no certificate in it that can be read: neither DER nor PEM."), {}}, {}};
    Bytes& der = *found;
    if (der.size() > kLargestCertificate || !hasReasonableSize(der))
        return Error{
            ErrorCode::InvalidInput, {tr("The certificate is far larger than any real one. It is not read."), {}}, {}};
    std::size_t size = 0;
    handle = readX509(der, size);
    if (!handle)
        return opensslError(ErrorCode::Damaged,
                            {tr("The certificate is damaged: it is cut short or was altered."), {}});
    // The thumbprint is of the bytes as they came, without what follows the certificate.
    der.resize(size);
    return certificateFrom(handle.get(), std::move(der));
}

bool issuedBy(const Certificate& certificate, const Certificate& issuer)
{
    const auto subject = splitCertificate(certificate.der);
    const auto signer = splitCertificate(issuer.der);
    if (!subject || !signer || !sameName(subject->issuer, signer->subject)) return false;
    return verifiesWith(subject->outer, subject->innerAlgorithm, publicKeyFrom(signer->publicKey).get());
}

std::string pem(const Certificate& certificate) { return pemText("CERTIFICATE", certificate.der); }

}  // namespace monban
