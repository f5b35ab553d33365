// SPDX-License-Identifier: MIT
#include "core/pki/crl.h"

#include <algorithm>

#include "core/pki/asn1.h"
#include "core/pki/names.h"
#include "core/pki/openssl.h"
#include "core/pki/pem.h"
#include "core/pki/signed_object.h"

namespace monban {
namespace {

/// Entries of one list. The largest lists of public CAs have some hundred thousand; a private CA's has a few.
constexpr std::size_t kMostRevoked = 400'000;

constexpr std::uint8_t kDeltaIndicator[] = {0x55, 0x1D, 0x1B};  // 2.5.29.27
constexpr std::uint8_t kIssuingPoint[] = {0x55, 0x1D, 0x1C};    // 2.5.29.28
constexpr std::uint8_t kReasonCode[] = {0x55, 0x1D, 0x15};      // 2.5.29.21
constexpr std::uint8_t kEnumerated = 0x0A;
constexpr std::uint8_t kRemoveFromCrl = 8;
constexpr std::uint8_t kIndirectCrl = 0x84;  // [4] in IssuingDistributionPoint (RFC 5280, section 5.2.5)

/// The parts of a list as slices of its bytes. Read by hand: the library needs several hundred bytes for each entry,
/// and lists are the one kind of file that may rightly be large.
struct Parts {
    SignedObject outer;
    Asn1Element innerAlgorithm;
    Asn1Element issuer;
    Asn1Element thisUpdate;
    std::optional<Asn1Element> nextUpdate;
    ByteView revoked;
    ByteView extensions;
};

bool isTime(std::uint8_t identifier) { return identifier == asn1::kUtcTime || identifier == asn1::kGeneralizedTime; }

/// RFC 5280, section 5.1.
std::optional<Parts> split(ByteView der)
{
    Parts parts;
    const auto outer = splitSigned(der);
    if (!outer) return std::nullopt;
    Asn1Reader reader(outer->toBeSigned.content);
    reader.next(asn1::kInteger);  // the version, absent in version 1
    const auto inner = reader.next(asn1::kSequence);
    const auto issuer = reader.next(asn1::kSequence);
    const auto thisUpdate = isTime(reader.peek()) ? reader.next() : std::nullopt;
    if (!inner || !issuer || !thisUpdate) return std::nullopt;
    if (isTime(reader.peek())) parts.nextUpdate = reader.next();
    if (const auto revoked = reader.next(asn1::kSequence)) parts.revoked = revoked->content;
    if (const auto tagged = reader.next(asn1::kContext0)) {
        const auto extensions = Asn1Reader(tagged->content).next(asn1::kSequence);
        if (!extensions) return std::nullopt;
        parts.extensions = extensions->content;
    }
    if (!reader.atEnd()) return std::nullopt;
    parts.outer = *outer;
    parts.innerAlgorithm = *inner;
    parts.issuer = *issuer;
    parts.thisUpdate = *thisUpdate;
    return parts;
}

/// The value of an extension in a list of them, nothing if it is not there.
std::optional<ByteView> extensionIn(ByteView extensions, ByteView wanted)
{
    Asn1Reader reader(extensions);
    while (const auto entry = reader.next(asn1::kSequence)) {
        Asn1Reader fields(entry->content);
        const auto oid = fields.next(asn1::kOid);
        if (!oid || !std::ranges::equal(oid->content, wanted)) continue;
        fields.next(0x01);  // critical
        const auto value = fields.next(asn1::kOctetString);
        return value ? value->content : ByteView();
    }
    return std::nullopt;
}

bool isIndirect(ByteView extensions)
{
    const auto value = extensionIn(extensions, kIssuingPoint);
    if (!value) return false;
    const auto point = Asn1Reader(*value).next(asn1::kSequence);
    if (!point) return false;
    Asn1Reader fields(point->content);
    while (const auto field = fields.next())
        if (field->is(kIndirectCrl)) return !field->content.empty() && field->content[0] != 0;
    return false;
}

std::optional<Time> timeIn(const Asn1Element& element)
{
    const unsigned char* at = element.whole.data();
    const Handle<ASN1_TIME, ASN1_TIME_free> time(d2i_ASN1_TIME(nullptr, &at, static_cast<long>(element.whole.size())));
    return timeOf(time.get());
}

NamePtr nameIn(const Asn1Element& element)
{
    const unsigned char* at = element.whole.data();
    return NamePtr(d2i_X509_NAME(nullptr, &at, static_cast<long>(element.whole.size())));
}

enum class Entries { Read, Damaged, TooMany };

Entries readEntries(ByteView revoked, std::set<std::string>& serials)
{
    Asn1Reader reader(revoked);
    std::size_t count = 0;
    while (!reader.atEnd()) {
        if (++count > kMostRevoked) return Entries::TooMany;
        const auto entry = reader.next(asn1::kSequence);
        if (!entry || entry->cutShort) return Entries::Damaged;
        Asn1Reader fields(entry->content);
        const auto serial = fields.next(asn1::kInteger);
        if (!serial || serial->content.empty() || !isTime(fields.peek()) || !fields.next()) return Entries::Damaged;
        if (const auto extensions = fields.next(asn1::kSequence)) {
            const auto reason = extensionIn(extensions->content, kReasonCode);
            const auto value = reason ? Asn1Reader(*reason).next(kEnumerated) : std::nullopt;
            if (value && value->content.size() == 1 && value->content[0] == kRemoveFromCrl) continue;
        }
        // RFC 5280 allows 20 bytes; the length of a hostile one must not multiply.
        if (serial->content.size() <= 64) serials.insert(numberText(serial->content));
    }
    return Entries::Read;
}

}  // namespace

Result<Crl> parseCrl(ByteView derOrPem)
{
    const ErrorQueueScope scope;
    const Error damaged{
        ErrorCode::Damaged, {tr("The revocation list is damaged: it is cut short or was altered."), {}}, {}};
    auto der = firstOfKind(derOrPem, DerKind::Crl);
    if (!der)
        return Error{ErrorCode::Damaged,
                     {tr("There is no revocation list in it that can be read: neither DER nor PEM."), {}},
                     {}};
    const auto parts = split(*der);
    if (!parts || !hasReasonableSize(parts->issuer.whole)) return damaged;
    const NamePtr issuer = nameIn(parts->issuer);
    const auto thisUpdate = timeIn(parts->thisUpdate);
    if (!issuer || !thisUpdate) return damaged;

    Crl crl;
    crl.issuer = nameText(issuer.get());
    crl.thisUpdate = *thisUpdate;
    if (parts->nextUpdate) {
        crl.nextUpdate = timeIn(*parts->nextUpdate);
        if (!crl.nextUpdate) return damaged;
    }
    switch (readEntries(parts->revoked, crl.revokedSerials)) {
        case Entries::Damaged:
            return damaged;
        case Entries::TooMany:
            return Error{ErrorCode::InvalidInput,
                         {tr("The revocation list names more than {0} certificates. Monban reads smaller lists only."),
                          {std::to_string(kMostRevoked)}},
                         {}};
        case Entries::Read:
            break;
    }
    crl.delta = extensionIn(parts->extensions, kDeltaIndicator).has_value();
    crl.indirect = isIndirect(parts->extensions);
    der->resize(Asn1Reader(*der).next()->whole.size());
    crl.der = std::move(*der);
    return crl;
}

bool signedBy(const Crl& crl, const Certificate& issuer)
{
    const auto parts = split(crl.der);
    const auto signer = splitCertificate(issuer.der);
    if (!parts || !signer || !sameName(parts->issuer, signer->subject)) return false;
    return verifiesWith(parts->outer, parts->innerAlgorithm, publicKeyFrom(signer->publicKey).get());
}

}  // namespace monban
