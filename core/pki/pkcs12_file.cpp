// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12_file.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/asn1.h"
#include "core/pki/names.h"

namespace monban {
namespace {

/// Real files are a few kilobytes, with a long chain some dozens.
constexpr std::size_t kLargestFile = 8u * 1024 * 1024;
constexpr int kDeepestSafe = 10;

constexpr std::uint8_t kConstructedOctets = 0x24;
constexpr std::uint8_t kPrimitiveContext0 = 0x80;

// The last arc of 1.2.840.113549.1.7.x
enum ContentType : std::uint8_t { NotPkcs7 = 0, DataType = 1, SignedType = 2, EnvelopedType = 3, EncryptedType = 6 };

bool beginsWith(ByteView bytes, ByteView prefix)
{
    return bytes.size() >= prefix.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
}

ContentType contentType(const Asn1Element& oid)
{
    constexpr std::uint8_t kArc[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07};
    if (oid.content.size() != sizeof kArc + 1 || !beginsWith(oid.content, kArc)) return NotPkcs7;
    return static_cast<ContentType>(oid.content.back());
}

/// The bytes of an OCTET STRING, put together where it comes in pieces (BER, as NSS and streaming writers do).
bool appendOctets(Bytes& bytes, const Asn1Element& element, int depth)
{
    if (element.cutShort || depth > 8) return false;
    if (!element.constructed()) {
        bytes.insert(bytes.end(), element.content.begin(), element.content.end());
        return true;
    }
    Asn1Reader pieces(element.content);
    while (const auto piece = pieces.next()) {
        if (!piece->is(asn1::kOctetString) && !piece->is(kConstructedOctets)) return false;
        if (!appendOctets(bytes, *piece, depth + 1)) return false;
    }
    return pieces.atEnd();
}

std::optional<Bytes> octets(const std::optional<Asn1Element>& element)
{
    Bytes bytes;
    if (!element || !(element->is(asn1::kOctetString) || element->is(kConstructedOctets) ||
                      element->is(kPrimitiveContext0) || element->is(asn1::kContext0)))
        return std::nullopt;
    if (!appendOctets(bytes, *element, 0)) return std::nullopt;
    return bytes;
}

AlgorithmPtr algorithmIn(const std::optional<Asn1Element>& element)
{
    if (!element || element->cutShort) return nullptr;
    const ErrorQueueScope scope;
    const unsigned char* at = element->whole.data();
    return AlgorithmPtr(d2i_X509_ALGOR(nullptr, &at, static_cast<long>(element->whole.size())));
}

/// The largest number where it does not fit, which is absurd in any case.
std::int64_t numberIn(const Asn1Element& element)
{
    if (element.content.empty()) return 0;
    if (element.content[0] & 0x80) return -1;
    std::int64_t value = 0;
    for (const std::uint8_t byte : element.content) {
        if (value > (INT64_MAX >> 8)) return INT64_MAX;
        value = value << 8 | byte;
    }
    return value;
}

Error damagedFile()
{
    return {ErrorCode::Damaged,
            {tr("The PKCS#12 file is damaged: it is cut short or was altered. Copy it again (FTP in text mode damages "
                "it)."),
             {}},
            {}};
}

Error publicKeyProtection()
{
    return {ErrorCode::Unsupported,
            {tr("The PKCS#12 file is protected with a certificate instead of a password. Have it exported again with a "
                "password."),
             {}},
            {}};
}

Error tooLarge()
{
    return {ErrorCode::InvalidInput, {tr("The PKCS#12 file is far larger than any real one. It is not read."), {}}, {}};
}

/// RFC 7292, section 4: MacData.
std::optional<Pkcs12Mac> readMac(const Asn1Element& element)
{
    Asn1Reader fields(element.content);
    const auto digestInfo = fields.next(asn1::kSequence);
    auto salt = octets(fields.next());
    if (!digestInfo || !salt) return std::nullopt;
    Pkcs12Mac mac;
    mac.salt = std::move(*salt);
    Asn1Reader digest(digestInfo->content);
    mac.algorithm = algorithmIn(digest.next(asn1::kSequence));
    auto value = octets(digest.next());
    if (!mac.algorithm || !value) return std::nullopt;
    mac.digest = std::move(*value);
    if (const auto iterations = fields.next(asn1::kInteger)) mac.iterations = numberIn(*iterations);
    return mac;
}

/// RFC 2315, section 13: EncryptedData.
std::optional<Pkcs12Safe> readEncrypted(const Asn1Element& tagged)
{
    const auto data = Asn1Reader(tagged.content).next(asn1::kSequence);
    if (!data) return std::nullopt;
    Asn1Reader fields(data->content);
    fields.next(asn1::kInteger);
    const auto info = fields.next(asn1::kSequence);
    if (!info) return std::nullopt;
    Asn1Reader parts(info->content);
    parts.next(asn1::kOid);
    Pkcs12Safe safe;
    safe.encryption = algorithmIn(parts.next(asn1::kSequence));
    auto ciphertext = octets(parts.next());
    if (!safe.encryption || !ciphertext) return std::nullopt;
    safe.bytes = std::move(*ciphertext);
    return safe;
}

Result<std::vector<Pkcs12Safe>> readSafes(ByteView content)
{
    std::vector<Pkcs12Safe> safes;
    const auto sequence = Asn1Reader(content).next(asn1::kSequence);
    if (!sequence || sequence->cutShort) return damagedFile();
    Asn1Reader infos(sequence->content);
    while (const auto info = infos.next()) {
        Asn1Reader fields(info->content);
        const auto type = fields.next(asn1::kOid);
        const auto tagged = fields.next(asn1::kContext0);
        if (!info->is(asn1::kSequence) || !type) return damagedFile();
        const ContentType kind = contentType(*type);
        if (kind == EnvelopedType) return publicKeyProtection();
        if (!tagged) return damagedFile();
        std::optional<Pkcs12Safe> safe;
        if (kind == EncryptedType) {
            safe = readEncrypted(*tagged);
        } else if (kind == DataType) {
            if (auto plain = octets(Asn1Reader(tagged->content).next())) safe = Pkcs12Safe{std::move(*plain), nullptr};
        }
        if (!safe) return damagedFile();
        if (!safe->encryption && !hasReasonableSize(safe->bytes)) return tooLarge();
        safes.push_back(std::move(*safe));
    }
    if (!infos.atEnd()) return damagedFile();
    return safes;
}

/// 1.2.840.113549.1.9.20. A BMPString by the standard; some write UTF-8 strings.
std::string friendlyNameIn(ByteView attributes)
{
    constexpr std::uint8_t kFriendlyName[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x14};
    Asn1Reader reader(attributes);
    while (const auto attribute = reader.next(asn1::kSequence)) {
        Asn1Reader fields(attribute->content);
        const auto oid = fields.next(asn1::kOid);
        const auto values = fields.next(asn1::kSet);
        if (!oid || !values || !std::ranges::equal(oid->content, ByteView(kFriendlyName))) continue;
        const auto value = Asn1Reader(values->content).next();
        if (!value || value->cutShort) return {};
        const unsigned char* at = value->whole.data();
        const ErrorQueueScope scope;
        const Handle<ASN1_STRING, ASN1_STRING_free> text(
            d2i_DIRECTORYSTRING(nullptr, &at, static_cast<long>(value->whole.size())));
        std::string name = stringText(text.get());
        while (!name.empty() && name.back() == '\0') name.pop_back();  // some count the terminator
        return name;
    }
    return {};
}

Pkcs12Bag::Kind bagKind(ByteView oid)
{
    constexpr std::uint8_t kArc[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01};
    if (oid.size() != sizeof kArc + 1 || !beginsWith(oid, kArc)) return Pkcs12Bag::Kind::Other;
    switch (oid.back()) {
        case 1:
            return Pkcs12Bag::Kind::Key;
        case 2:
            return Pkcs12Bag::Kind::ShroudedKey;
        case 3:
            return Pkcs12Bag::Kind::Certificate;
        default:
            return Pkcs12Bag::Kind::Other;
    }
}

bool isNestedSafe(ByteView oid)
{
    return oid.size() == 11 && bagKind(oid) == Pkcs12Bag::Kind::Other && oid.back() == 6;
}

bool walkBags(ByteView safeContents, const std::function<void(const Pkcs12Bag&)>& visit, int depth)
{
    const auto sequence = Asn1Reader(safeContents).next(asn1::kSequence);
    if (!sequence || sequence->cutShort || depth > kDeepestSafe) return false;
    Asn1Reader bags(sequence->content);
    while (const auto element = bags.next()) {
        if (!element->is(asn1::kSequence) || element->cutShort) return false;
        Asn1Reader fields(element->content);
        const auto oid = fields.next(asn1::kOid);
        const auto value = fields.next(asn1::kContext0);
        if (!oid || !value || value->cutShort) return false;
        if (isNestedSafe(oid->content)) {
            if (!walkBags(value->content, visit, depth + 1)) return false;
            continue;
        }
        Pkcs12Bag bag;
        bag.kind = bagKind(oid->content);
        bag.value = value->content;
        if (const auto attributes = fields.next(asn1::kSet)) bag.friendlyName = friendlyNameIn(attributes->content);
        visit(bag);
    }
    return bags.atEnd();
}

}  // namespace

Result<Pkcs12File> readPkcs12File(ByteView der)
{
    if (der.size() > kLargestFile || !hasReasonableSize(der)) return tooLarge();
    const auto outer = Asn1Reader(der).next(asn1::kSequence);
    if (!outer || outer->cutShort) return damagedFile();
    Asn1Reader fields(outer->content);
    const auto version = fields.next(asn1::kInteger);
    const auto info = fields.next(asn1::kSequence);
    if (!version || !info) return damagedFile();
    if (numberIn(*version) != 3)
        return Error{ErrorCode::Unsupported,
                     {tr("The PKCS#12 file is of version {0}; only version 3 is in use and known."),
                      {std::to_string(numberIn(*version))}},
                     {}};
    Asn1Reader parts(info->content);
    const auto type = parts.next(asn1::kOid);
    if (!type) return damagedFile();
    if (contentType(*type) == SignedType) return publicKeyProtection();
    const auto tagged = parts.next(asn1::kContext0);
    auto content = tagged ? octets(Asn1Reader(tagged->content).next()) : std::nullopt;
    if (contentType(*type) != DataType || !content) return damagedFile();

    Pkcs12File file;
    file.content = std::move(*content);
    if (!hasReasonableSize(file.content)) return tooLarge();
    if (const auto mac = fields.next(asn1::kSequence)) {
        file.mac = readMac(*mac);
        if (!file.mac) return damagedFile();
    }
    if (!fields.atEnd()) return damagedFile();
    auto safes = readSafes(file.content);
    if (!safes) return safes.error();
    file.safes = std::move(*safes);
    return file;
}

bool forEachBag(ByteView safeContents, const std::function<void(const Pkcs12Bag&)>& visit)
{
    return walkBags(safeContents, visit, 0);
}

std::optional<ShroudedKey> readShroudedKey(ByteView value)
{
    const auto sequence = Asn1Reader(value).next(asn1::kSequence);
    if (!sequence) return std::nullopt;
    Asn1Reader fields(sequence->content);
    ShroudedKey key;
    key.encryption = algorithmIn(fields.next(asn1::kSequence));
    auto ciphertext = octets(fields.next());
    if (!key.encryption || !ciphertext) return std::nullopt;
    key.ciphertext = std::move(*ciphertext);
    return key;
}

std::optional<Bytes> certificateInBag(ByteView value)
{
    constexpr std::uint8_t kX509[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x16, 0x01};
    const auto sequence = Asn1Reader(value).next(asn1::kSequence);
    if (!sequence) return std::nullopt;
    Asn1Reader fields(sequence->content);
    const auto oid = fields.next(asn1::kOid);
    const auto tagged = fields.next(asn1::kContext0);
    if (!oid || !tagged || !std::ranges::equal(oid->content, ByteView(kX509))) return std::nullopt;
    return octets(Asn1Reader(tagged->content).next());
}

}  // namespace monban
