// SPDX-License-Identifier: MIT
#include "core/pki/signed_object.h"

#include <algorithm>

namespace monban {
namespace {

NamePtr nameIn(const Asn1Element& element)
{
    const unsigned char* at = element.whole.data();
    return NamePtr(d2i_X509_NAME(nullptr, &at, static_cast<long>(element.whole.size())));
}

}  // namespace

std::optional<SignedObject> splitSigned(ByteView der)
{
    const auto outer = Asn1Reader(der).next(asn1::kSequence);
    if (!outer || outer->cutShort) return std::nullopt;
    Asn1Reader fields(outer->content);
    const auto toBeSigned = fields.next(asn1::kSequence);
    const auto algorithm = fields.next(asn1::kSequence);
    const auto signature = fields.next(asn1::kBitString);
    if (!toBeSigned || !algorithm || !signature || signature->cutShort) return std::nullopt;
    return SignedObject{*toBeSigned, *algorithm, *signature};
}

std::optional<CertificateSlices> splitCertificate(ByteView der)
{
    const auto outer = splitSigned(der);
    if (!outer) return std::nullopt;
    Asn1Reader fields(outer->toBeSigned.content);
    fields.next(asn1::kContext0);  // the version, absent in version 1
    fields.next(asn1::kInteger);
    const auto algorithm = fields.next(asn1::kSequence);
    const auto issuer = fields.next(asn1::kSequence);
    const auto validity = fields.next(asn1::kSequence);
    const auto subject = fields.next(asn1::kSequence);
    const auto publicKey = fields.next(asn1::kSequence);
    if (!algorithm || !issuer || !validity || !subject || !publicKey) return std::nullopt;
    return CertificateSlices{*outer, *algorithm, *issuer, *subject, *publicKey};
}

bool verifiesWith(const SignedObject& object, const Asn1Element& innerAlgorithm, EVP_PKEY* key)
{
    const ErrorQueueScope scope;
    if (!key || !isPracticalKey(key) || !std::ranges::equal(innerAlgorithm.whole, object.algorithm.whole)) return false;
    const unsigned char* at = object.algorithm.whole.data();
    const AlgorithmPtr algorithm(d2i_X509_ALGOR(nullptr, &at, static_cast<long>(object.algorithm.whole.size())));
    at = object.signature.whole.data();
    const Handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free> signature(
        d2i_ASN1_BIT_STRING(nullptr, &at, static_cast<long>(object.signature.whole.size())));
    // The signed bytes as they are, carried as "any" type, whose encoding is those very bytes.
    at = object.toBeSigned.whole.data();
    const Asn1TypePtr data(d2i_ASN1_TYPE(nullptr, &at, static_cast<long>(object.toBeSigned.whole.size())));
    return algorithm && signature && data &&
           ASN1_item_verify_ex(ASN1_ITEM_rptr(ASN1_ANY), algorithm.get(), signature.get(), data.get(), nullptr, key,
                               opensslContext(), nullptr) == 1;
}

bool sameName(const Asn1Element& a, const Asn1Element& b)
{
    if (std::ranges::equal(a.whole, b.whole)) return true;
    const ErrorQueueScope scope;
    if (!hasReasonableSize(a.whole) || !hasReasonableSize(b.whole)) return false;
    const NamePtr first = nameIn(a);
    const NamePtr second = nameIn(b);
    return first && second && X509_NAME_cmp(first.get(), second.get()) == 0;
}

PkeyPtr publicKeyFrom(const Asn1Element& subjectPublicKeyInfo)
{
    const ErrorQueueScope scope;
    const unsigned char* at = subjectPublicKeyInfo.whole.data();
    return PkeyPtr(
        d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(subjectPublicKeyInfo.whole.size()), opensslContext(), nullptr));
}

}  // namespace monban
