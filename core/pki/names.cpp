// SPDX-License-Identifier: MIT
#include "core/pki/names.h"

#include <cstdio>

#include "core/base/utf8.h"

namespace monban {
namespace {

ByteView bytesOf(const ASN1_STRING* string)
{
    return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string latin1Text(ByteView bytes)
{
    std::u16string units(bytes.begin(), bytes.end());
    return utf8FromUtf16(units);
}

/// BMPString. Windows writes UTF-16 here though the standard says UCS-2, so surrogate pairs are read.
std::string bmpText(ByteView bytes)
{
    std::u16string units;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) units += static_cast<char16_t>(bytes[i] << 8 | bytes[i + 1]);
    if (bytes.size() % 2) units += u'\uFFFD';
    return utf8FromUtf16(units);
}

std::string universalText(ByteView bytes)
{
    std::u16string units;
    for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
        const std::uint32_t point = std::uint32_t{bytes[i]} << 24 | std::uint32_t{bytes[i + 1]} << 16 |
                                    std::uint32_t{bytes[i + 2]} << 8 | bytes[i + 3];
        if (point < 0x10000) {
            units += static_cast<char16_t>(point);
        } else if (point <= 0x10FFFF) {
            units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
            units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            units += u'\uFFFD';
        }
    }
    if (bytes.size() % 4) units += u'\uFFFD';
    return utf8FromUtf16(units);
}

/// The text of a string type, nothing for any other type.
std::optional<std::string> plainText(const ASN1_STRING* string)
{
    const ByteView bytes = bytesOf(string);
    switch (ASN1_STRING_type(string)) {
        case V_ASN1_UTF8STRING:
            return validUtf8(textOf(bytes));
        case V_ASN1_BMPSTRING:
            return bmpText(bytes);
        case V_ASN1_UNIVERSALSTRING:
            return universalText(bytes);
        // T61String is read as Latin-1, as everybody does; the others are ASCII, and Latin-1 where they are not.
        case V_ASN1_T61STRING:
        case V_ASN1_PRINTABLESTRING:
        case V_ASN1_IA5STRING:
        case V_ASN1_NUMERICSTRING:
        case V_ASN1_VISIBLESTRING:
            return latin1Text(bytes);
        default:
            return std::nullopt;
    }
}

std::string upperHex(ByteView bytes)
{
    std::string text = hex(bytes);
    for (char& c : text)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

/// RFC 4514, section 2.4: the value's DER in hex.
std::string dumped(const ASN1_STRING* string)
{
    ASN1_TYPE type;
    type.type = ASN1_STRING_type(string);
    type.value.asn1_string = const_cast<ASN1_STRING*>(string);
    unsigned char* der = nullptr;
    const int size = i2d_ASN1_TYPE(&type, &der);
    if (size < 0) return "#" + upperHex(bytesOf(string));
    const std::string text = "#" + upperHex({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return text;
}

/// RFC 4514, section 2.4; control characters as hex pairs, so that a name is always one line.
std::string escaped(const std::string& value)
{
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const auto byte = static_cast<unsigned char>(c);
        const bool first = i == 0;
        const bool last = i + 1 == value.size();
        if (byte < 0x20 || byte == 0x7F) {
            char pair[4];
            std::snprintf(pair, sizeof pair, "\\%02X", byte);
            text += pair;
            continue;
        }
        if (std::string_view("\",+;<>\\").find(c) != std::string_view::npos || (first && c == '#') ||
            ((first || last) && c == ' '))
            text += '\\';
        text += c;
    }
    return text;
}

std::string dotted(const ASN1_OBJECT* oid)
{
    char text[256];
    const int size = OBJ_obj2txt(text, sizeof text, oid, 1);
    if (size <= 0) return "?";
    if (static_cast<std::size_t>(size) < sizeof text) return text;
    std::string longText(static_cast<std::size_t>(size) + 1, '\0');
    OBJ_obj2txt(longText.data(), size + 1, oid, 1);
    longText.pop_back();
    return longText;
}

std::string entryText(const X509_NAME_ENTRY* entry)
{
    const ASN1_OBJECT* type = X509_NAME_ENTRY_get_object(entry);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    const int nid = OBJ_obj2nid(type);
    // RFC 4514, section 2.4: a type without a name of its own has its value in hex.
    if (nid == NID_undef) return dotted(type) + "=" + dumped(value);
    const auto text = plainText(value);
    return std::string(OBJ_nid2sn(nid)) + "=" + (text ? escaped(*text) : dumped(value));
}

}  // namespace

std::string stringText(const ASN1_STRING* string)
{
    if (!string) return {};
    const auto text = plainText(string);
    return text ? *text : dumped(string);
}

std::string nameText(const X509_NAME* name)
{
    std::string text;
    int previousSet = -1;
    for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
        const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
        const int set = X509_NAME_ENTRY_set(entry);
        if (!text.empty()) text += set == previousSet ? '+' : ',';
        previousSet = set;
        text += entryText(entry);
    }
    return text;
}

std::string commonNameOf(const X509_NAME* name)
{
    int last = -1;
    for (int i = -1; (i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0;) last = i;
    return last < 0 ? std::string() : stringText(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
}

std::string shortName(const ASN1_OBJECT* oid)
{
    const int nid = OBJ_obj2nid(oid);
    return nid == NID_undef ? dotted(oid) : OBJ_nid2sn(nid);
}

std::string longName(const ASN1_OBJECT* oid)
{
    const int nid = OBJ_obj2nid(oid);
    return nid == NID_undef ? dotted(oid) : OBJ_nid2ln(nid);
}

std::string numberText(const ASN1_INTEGER* number)
{
    ByteView bytes = bytesOf(number);
    while (bytes.size() > 1 && bytes[0] == 0) bytes = bytes.subspan(1);
    const std::string digits = bytes.empty() ? "00" : hex(bytes);
    return (ASN1_STRING_type(number) & V_ASN1_NEG) ? "-" + digits : digits;
}

std::string numberText(ByteView content)
{
    const bool negative = !content.empty() && (content[0] & 0x80);
    Bytes magnitude(content.begin(), content.end());
    if (negative) {
        unsigned carry = 1;
        for (auto byte = magnitude.rbegin(); byte != magnitude.rend(); ++byte) {
            carry += static_cast<std::uint8_t>(~*byte);
            *byte = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
    }
    ByteView digits = magnitude;
    while (digits.size() > 1 && digits[0] == 0) digits = digits.subspan(1);
    return (negative ? "-" : "") + (digits.empty() ? std::string("00") : hex(digits));
}

std::optional<Time> timeOf(const ASN1_TIME* time)
{
    std::tm parts{};
    if (!time || ASN1_STRING_length(time) == 0 || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                              day{static_cast<unsigned>(parts.tm_mday)}};
    if (!date.ok()) return std::nullopt;
    return Time{sys_days{date} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec}};
}

std::string ipText(ByteView a)
{
    if (a.size() == 4)
        return std::to_string(a[0]) + "." + std::to_string(a[1]) + "." + std::to_string(a[2]) + "." +
               std::to_string(a[3]);
    if (a.size() != 16) return "#" + hex(a);
    const auto group = [&](std::size_t i) { return static_cast<unsigned>(a[2 * i] << 8 | a[2 * i + 1]); };
    // RFC 5952, section 4.2.3: the longest run of at least two zero groups, the first of equals.
    std::size_t from = 8;
    std::size_t length = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t run = 0;
        while (i + run < 8 && group(i + run) == 0) ++run;
        if (run > length) {
            from = i;
            length = run;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8;) {
        if (i == from) {
            text += "::";
            i += length;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        char digits[8];
        std::snprintf(digits, sizeof digits, "%x", group(i++));
        text += digits;
    }
    return text;
}

AlternativeNames alternativeNames(const GENERAL_NAMES* names)
{
    AlternativeNames found;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) found.dns.push_back(validUtf8(textOf(bytesOf(name->d.dNSName))));
        if (name->type == GEN_IPADD) found.ip.push_back(ipText(bytesOf(name->d.iPAddress)));
    }
    return found;
}

PublicKey publicKeyOf(const EVP_PKEY* key, const ASN1_OBJECT* algorithm)
{
    switch (OBJ_obj2nid(algorithm)) {
        case NID_rsaEncryption:
        case NID_rsa:
            return {"RSA", key ? EVP_PKEY_get_bits(key) : 0};
        case NID_rsassaPss:
            return {"RSA-PSS", key ? EVP_PKEY_get_bits(key) : 0};
        case NID_X9_62_id_ecPublicKey:
            return {"EC", key ? EVP_PKEY_get_bits(key) : 0};
        case NID_dsa:
            return {"DSA", key ? EVP_PKEY_get_bits(key) : 0};
        // The size of the point (RFC 8032); the library counts the bits of the scalar.
        case NID_ED25519:
            return {"Ed25519", 256};
        case NID_ED448:
            return {"Ed448", 456};
        default:
            return {shortName(algorithm), key ? EVP_PKEY_get_bits(key) : 0};
    }
}

}  // namespace monban
