// SPDX-License-Identifier: MIT
#include "core/pki/der_kind.h"

#include <algorithm>

#include "core/pki/asn1.h"

namespace monban {
namespace {

/// 1.2.840.113549.1.7.x, the content types of PKCS#7.
bool isPkcs7Type(const Asn1Element& oid)
{
    constexpr std::uint8_t kArc[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07};
    return oid.is(asn1::kOid) && oid.content.size() == sizeof kArc + 1 &&
           std::equal(std::begin(kArc), std::end(kArc), oid.content.begin());
}

/// PKCS#12 (RFC 7292: version, content) or one of the private key formats, which begin with a version too.
DerKind afterVersion(Asn1Reader& reader)
{
    const auto second = reader.next();
    if (!second) return DerKind::Unknown;
    if (second->is(asn1::kSequence)) {
        const auto oid = Asn1Reader(second->content).next(asn1::kOid);
        if (!oid) return DerKind::Unknown;
        return isPkcs7Type(*oid) ? DerKind::Pkcs12 : DerKind::PrivateKey;
    }
    return second->is(asn1::kInteger) || second->is(asn1::kOctetString) ? DerKind::PrivateKey : DerKind::Unknown;
}

/// Algorithm, name, then a time in a CRL (RFC 5280, section 5.1) and a pair of times in a certificate (section 4.1).
DerKind afterAlgorithm(Asn1Reader& toBeSigned)
{
    if (!toBeSigned.next(asn1::kSequence)) return DerKind::Unknown;
    if (asn1::isTime(toBeSigned.peek())) return DerKind::Crl;
    const auto validity = toBeSigned.next(asn1::kSequence);
    return validity && asn1::isTime(Asn1Reader(validity->content).peek()) ? DerKind::Certificate : DerKind::Unknown;
}

DerKind signedKind(ByteView content)
{
    Asn1Reader toBeSigned(content);
    if (toBeSigned.peek() == asn1::kContext0) return DerKind::Certificate;
    const bool numbered = toBeSigned.next(asn1::kInteger).has_value();
    const auto second = toBeSigned.next(asn1::kSequence);
    if (!second) return DerKind::Unknown;
    if (Asn1Reader(second->content).peek() == asn1::kOid) return afterAlgorithm(toBeSigned);
    // RFC 2986: version, subject (a sequence of sets, or empty), key.
    return numbered ? DerKind::Request : DerKind::Unknown;
}

}  // namespace

DerKind derKind(ByteView der)
{
    const auto outer = Asn1Reader(der).next(asn1::kSequence);
    if (!outer) return DerKind::Unknown;
    Asn1Reader reader(outer->content);
    const auto first = reader.next();
    if (!first) return DerKind::Unknown;
    if (first->is(asn1::kInteger)) return afterVersion(reader);
    if (isPkcs7Type(*first)) return DerKind::Pkcs7;
    if (!first->is(asn1::kSequence)) return DerKind::Unknown;
    // RFC 5958, section 3: algorithm and an octet string.
    if (Asn1Reader(first->content).peek() == asn1::kOid && reader.peek() == asn1::kOctetString)
        return DerKind::EncryptedKey;
    return signedKind(first->content);
}

}  // namespace monban
