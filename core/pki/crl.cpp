// SPDX-License-Identifier: MIT
#include "core/pki/crl.h"

#include <algorithm>

#include "core/pki/asn1.h"
#include "core/pki/crl_entry.h"
#include "core/pki/crl_point.h"
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
constexpr std::uint8_t kInvalidityDate[] = {0x55, 0x1D, 0x18};  // 2.5.29.24
constexpr std::uint8_t kEntryIssuer[] = {0x55, 0x1D, 0x1D};     // 2.5.29.29
constexpr std::uint8_t kEnumerated = 0x0A;
constexpr std::uint8_t kRemoveFromCrl = 8;
// Fields of IssuingDistributionPoint (RFC 5280, section 5.2.5)
constexpr std::uint8_t kUsersOnly = 0x81;
constexpr std::uint8_t kCasOnly = 0x82;
constexpr std::uint8_t kSomeReasons = 0x83;
constexpr std::uint8_t kIndirectCrl = 0x84;
constexpr std::uint8_t kAttributesOnly = 0x85;

/// RFC 5280 allows a serial number 20 bytes; the length of a hostile one must not multiply.
constexpr std::size_t kLongestSerial = 64;

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
    const auto thisUpdate = asn1::isTime(reader.peek()) ? reader.next() : std::nullopt;
    if (!inner || !issuer || !thisUpdate) return std::nullopt;
    if (asn1::isTime(reader.peek())) parts.nextUpdate = reader.next();
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

/// Whether one is critical that is not among the known ones.
bool hasUnknownCritical(ByteView extensions, std::initializer_list<ByteView> known)
{
    Asn1Reader reader(extensions);
    while (const auto entry = reader.next(asn1::kSequence)) {
        Asn1Reader fields(entry->content);
        const auto oid = fields.next(asn1::kOid);
        const auto critical = fields.next(0x01);
        const bool isCritical = critical && !critical->content.empty() && critical->content[0] != 0;
        if (isCritical && !(oid && std::ranges::any_of(known, [&](ByteView one) { return std::ranges::equal(oid->content, one); }))) return true;
    }
    return false;
}

/// Whether the issuing distribution point has that flag, or that field with something in it.
bool isInPoint(ByteView extensions, std::uint8_t wanted)
{
    const auto value = extensionIn(extensions, kIssuingPoint);
    const auto point = value ? Asn1Reader(*value).next(asn1::kSequence) : std::nullopt;
    if (!point) return false;
    Asn1Reader fields(point->content);
    while (const auto field = fields.next())
        if (field->is(wanted)) return wanted == kSomeReasons || (!field->content.empty() && field->content[0] != 0);
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

enum class Entries { Read, Damaged, TooMany, LongSerial };

struct Entry {
    ByteView serial;
    Asn1Element revoked;
    std::optional<std::uint8_t> reason;
    ByteView extensions;
};

/// The next one; nothing where it is none.
std::optional<Entry> nextEntry(Asn1Reader& reader)
{
    const auto element = reader.next(asn1::kSequence);
    if (!element || element->cutShort) return std::nullopt;
    Asn1Reader fields(element->content);
    const auto serial = fields.next(asn1::kInteger);
    const auto time = asn1::isTime(fields.peek()) ? fields.next() : std::nullopt;
    if (!serial || serial->content.empty() || !time) return std::nullopt;
    Entry entry{serial->content, *time, {}, {}};
    if (const auto extensions = fields.next(asn1::kSequence)) {
        entry.extensions = extensions->content;
        const auto reason = extensionIn(extensions->content, kReasonCode);
        const auto value = reason ? Asn1Reader(*reason).next(kEnumerated) : std::nullopt;
        if (value && value->content.size() == 1) entry.reason = value->content[0];
    }
    return entry;
}

Entries readEntries(ByteView revoked, std::set<std::string>& serials)
{
    Asn1Reader reader(revoked);
    std::size_t count = 0;
    while (!reader.atEnd()) {
        if (++count > kMostRevoked) return Entries::TooMany;
        const auto entry = nextEntry(reader);
        if (!entry) return Entries::Damaged;
        if (entry->reason == kRemoveFromCrl) continue;
        if (entry->serial.size() > kLongestSerial) return Entries::LongSerial;  // left out, whoever has that number would be "good"
        serials.insert(numberText(entry->serial));
    }
    return Entries::Read;
}

bool hasUnknownCriticalEntry(ByteView revoked, bool isIndirect)
{
    Asn1Reader reader(revoked);
    while (const auto entry = nextEntry(reader))
        if (isIndirect ? hasUnknownCritical(entry->extensions, {kReasonCode, kInvalidityDate, kEntryIssuer})
                       : hasUnknownCritical(entry->extensions, {kReasonCode, kInvalidityDate}))
            return true;
    return false;
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
        case Entries::LongSerial:
            return Error{ErrorCode::InvalidInput,
                         {tr("The revocation list holds a serial number of more than {0} bytes. Such a list is not used."),
                          {std::to_string(kLongestSerial)}},
                         {}};
        case Entries::Read:
            break;
    }
    crl.delta = extensionIn(parts->extensions, kDeltaIndicator).has_value();
    crl.indirect = isInPoint(parts->extensions, kIndirectCrl);
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

std::optional<CrlEntry> entryOf(const Crl& crl, const std::string& serial)
{
    static constexpr const char* kReasons[] = {"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
                                               "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"};
    const auto parts = crl.revokedSerials.contains(serial) ? split(crl.der) : std::nullopt;
    if (!parts) return std::nullopt;
    Asn1Reader reader(parts->revoked);
    while (const auto entry = nextEntry(reader)) {
        if (entry->reason == kRemoveFromCrl || numberText(entry->serial) != serial) continue;
        CrlEntry found;
        found.revoked = timeIn(entry->revoked).value_or(crl.thisUpdate);
        if (entry->reason && *entry->reason < std::size(kReasons)) found.reason = kReasons[*entry->reason];
        return found;
    }
    return std::nullopt;
}

CrlScope scopeOf(const Crl& crl)
{
    const auto parts = split(crl.der);
    if (!parts) return {};
    const auto has = [&](std::uint8_t field) { return isInPoint(parts->extensions, field); };
    const auto extension = extensionIn(parts->extensions, kIssuingPoint);
    const auto point = extension ? CrlPoint::from(*extension) : std::nullopt;
    const bool isUnreadable = extension && !point;
    return {has(kUsersOnly), has(kCasOnly), has(kAttributesOnly), has(kSomeReasons),
            isUnreadable || hasUnknownCritical(parts->extensions, {kDeltaIndicator, kIssuingPoint}) || hasUnknownCriticalEntry(parts->revoked, crl.indirect),
            point ? point->names() : std::vector<std::string>()};
}

bool isOfIssuer(const Crl& crl, const Certificate& certificate)
{
    const auto list = split(crl.der);
    const auto subject = splitCertificate(certificate.der);
    return list && subject && sameName(list->issuer, subject->issuer);
}

bool isOfPoint(const Crl& crl, const Certificate& certificate)
{
    const auto parts = split(crl.der);
    const auto extension = parts ? extensionIn(parts->extensions, kIssuingPoint) : std::nullopt;
    const auto point = extension ? CrlPoint::from(*extension) : std::nullopt;
    return !point || point->isOf(certificate);
}

}  // namespace monban
