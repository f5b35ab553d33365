// SPDX-License-Identifier: MIT
#include "core/pki/certificate_list.h"

#include "core/pki/asn1.h"
#include "core/pki/crl.h"
#include "core/pki/pem.h"

namespace monban {
namespace {

constexpr long kMostMicroseconds = 600'000;
/// In a PKCS#12 file, where the password hashing takes its time too.
constexpr long kMostWithHandles = 300'000;

/// Measured on one core of 2023. The parameters of a curve written out, and numbers of hundred thousands of digits,
/// take their time too.
long costOfReading(std::size_t size, std::size_t keySize)
{
    return 150 + static_cast<long>(size / (size < 10'000 ? 60 : 20)) + (keySize > 320 ? 100 : 0);
}

long costOf(const Certificate& certificate)
{
    const long reading = costOfReading(certificate.der.size(), certificate.publicKeyDer.size());
    if (certificate.subject != certificate.issuer) return reading;
    const long bits = certificate.key.bits;
    if (certificate.key.algorithm.starts_with("RSA")) return reading + bits * bits / 60'000;
    if (certificate.key.algorithm == "DSA") return reading + bits * bits / 8'000;
    return reading + (bits <= 256 ? 100 : 900);
}

Error damagedPkcs7() { return {ErrorCode::Damaged, {tr("The PKCS#7 file is damaged: it is cut short or was altered."), {}}, {}}; }

/// The fields of its signed data (RFC 2315, section 9.1) from the certificates on: certificates [0], lists [1], signers.
Result<Asn1Reader> signedDataOf(ByteView der)
{
    const auto outer = Asn1Reader(der).next(asn1::kSequence);
    if (!outer || outer->cutShort) return damagedPkcs7();
    Asn1Reader info(outer->content);
    const auto type = info.next(asn1::kOid);
    constexpr std::uint8_t kSignedData = 2;  // the last arc of 1.2.840.113549.1.7.2
    if (!type || type->content.back() != kSignedData)
        return Error{ErrorCode::Unsupported,
                     {tr("The PKCS#7 file holds something other than certificates: a CA's reply is of the type "
                         "\"signed data\"."),
                      {}},
                     {}};
    const auto explicitTag = info.next(asn1::kContext0);
    if (!explicitTag) return damagedPkcs7();

    const auto signedData = Asn1Reader(explicitTag->content).next(asn1::kSequence);
    if (!signedData) return damagedPkcs7();
    Asn1Reader fields(signedData->content);
    if (!fields.next(asn1::kInteger) || !fields.next(asn1::kSet) || !fields.next(asn1::kSequence)) return damagedPkcs7();
    return fields;
}

}  // namespace

CertificateList::Added CertificateList::add(ByteView der)
{
    if (m_microseconds >= (m_handles == Handles::Keep ? kMostWithHandles : kMostMicroseconds)) return Added::Full;
    X509Ptr handle;
    auto certificate = parseCertificate(der, handle);
    m_microseconds += certificate ? costOf(*certificate) : costOfReading(der.size(), 0);
    if (!certificate) return Added::Damaged;
    certificates.push_back(std::move(*certificate));
    if (m_handles == Handles::Keep) handles.push_back(std::move(handle));
    return Added::Yes;
}

Result<Pkcs7Contents> readPkcs7(ByteView derOrPem)
{
    const auto der = firstOfKind(derOrPem, DerKind::Pkcs7);
    if (!der)
        return Error{
            ErrorCode::Damaged, {tr("There is no PKCS#7 reply in it that can be read: neither DER nor PEM."), {}}, {}};
    auto fields = signedDataOf(*der);
    if (!fields) return fields.error();
    Pkcs7Contents contents;
    const auto certificates = fields->next(asn1::kContext0);
    if (!certificates) return contents;
    Asn1Reader reader(certificates->content);
    while (const auto element = reader.next()) {
        if (element->cutShort) return damagedPkcs7();
        if (!element->is(asn1::kSequence)) continue;  // the other choices of RFC 5652, section 10.2.2
        const auto added = contents.list.add(element->whole);
        if (added == CertificateList::Added::Damaged) return damagedPkcs7();
        if (added == CertificateList::Added::Full) {
            contents.complete = false;
            break;
        }
    }
    return contents;
}

std::vector<Bytes> listsOfPkcs7(ByteView der)
{
    std::vector<Bytes> lists;
    auto fields = signedDataOf(der);
    if (!fields) return lists;
    fields->next(asn1::kContext0);
    const auto tagged = fields->next(asn1::kContext1);
    if (!tagged) return lists;
    Asn1Reader reader(tagged->content);
    while (const auto element = reader.next()) lists.emplace_back(element->whole.begin(), element->whole.end());
    return lists;
}

Result<std::vector<Certificate>> parsePkcs7(ByteView derOrPem)
{
    auto contents = readPkcs7(derOrPem);
    if (!contents) return contents.error();
    return std::move(contents->list.certificates);
}

}  // namespace monban
