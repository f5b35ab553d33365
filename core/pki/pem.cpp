// SPDX-License-Identifier: MIT
#include "core/pki/pem.h"

#include <algorithm>
#include <array>

#include "core/base/utf8.h"
#include "core/pki/asn1.h"

namespace monban {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::size_t kLongestLabel = 80;
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> makeDigits()
{
    std::array<std::int8_t, 256> digits{};
    digits.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    return digits;
}
constexpr std::array<std::int8_t, 256> kDigits = makeDigits();

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'; }

/// The text as bytes where it is UTF-16 with its mark (characters beyond ASCII cannot matter to PEM).
std::string fromUtf16(ByteView bytes, bool littleEndian)
{
    std::string text;
    text.reserve(bytes.size() / 2);
    for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
        const unsigned unit = littleEndian ? bytes[i] | bytes[i + 1] << 8 : bytes[i + 1] | bytes[i] << 8;
        text += unit < 0x80 ? static_cast<char>(unit) : '?';
    }
    return text;
}

/// RFC 1421 puts "Name: value" lines and an empty line before the base64 of an encrypted key.
std::string_view withoutHeaders(std::string_view body, bool& encrypted)
{
    if (body.substr(0, 400).find(':') == std::string_view::npos) return body;
    if (body.find("ENCRYPTED") != std::string_view::npos) encrypted = true;
    const std::size_t unixEnd = body.find("\n\n", 1);
    const std::size_t windowsEnd = body.find("\n\r\n", 1);
    const std::size_t end = std::min(unixEnd, windowsEnd);
    return end == std::string_view::npos ? body : body.substr(end);
}

}  // namespace

PemReader::PemReader(ByteView bytes) : m_rest(textOf(bytes))
{
    if (bytes.size() >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        m_converted = fromUtf16(bytes, bytes[0] == 0xFF);
        m_rest = m_converted;
    }
}

std::optional<PemBlock> PemReader::next()
{
    const std::size_t begin = m_rest.find(kBegin);
    if (begin == std::string_view::npos) {
        m_rest = {};
        return std::nullopt;
    }
    m_rest.remove_prefix(begin + kBegin.size());
    PemBlock block;
    const std::size_t labelEnd = m_rest.substr(0, kLongestLabel).find(kDashes);
    block.damaged = true;
    if (labelEnd == std::string_view::npos ||
        m_rest.substr(0, labelEnd).find_first_of("\r\n") != std::string_view::npos)
        return block;
    block.label = validUtf8(m_rest.substr(0, labelEnd));
    m_rest.remove_prefix(labelEnd + kDashes.size());
    block.encrypted = block.label == "ENCRYPTED PRIVATE KEY";

    // Base64 has no dash, so the next line of dashes must be this block's END: never a search through the whole rest.
    const std::size_t bodyEnd = m_rest.find(kDashes);
    std::string_view body = m_rest.substr(0, bodyEnd);
    m_rest.remove_prefix(body.size());
    if (!m_rest.starts_with(std::string(kEnd) + block.label + std::string(kDashes))) return block;
    if (auto der = bytesFromBase64(withoutHeaders(body, block.encrypted))) {
        block.der = std::move(*der);
        block.damaged = block.der.empty();
    }
    return block;
}

std::optional<Bytes> bytesFromBase64(std::string_view text)
{
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t buffer = 0;
    int count = 0;
    int padding = 0;
    for (const char c : text) {
        if (isBlank(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const int digit = kDigits[static_cast<unsigned char>(c)];
        if (digit < 0 || padding > 0) return std::nullopt;
        buffer = buffer << 6 | static_cast<std::uint32_t>(digit);
        if (++count < 4) continue;
        for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(buffer >> shift));
        buffer = 0;
        count = 0;
    }
    // Missing padding is forgiven, a lone digit is not.
    if (count == 1 || padding > 2) return std::nullopt;
    if (count >= 2) bytes.push_back(static_cast<std::uint8_t>(buffer >> (6 * count - 8)));
    if (count == 3) bytes.push_back(static_cast<std::uint8_t>(buffer >> 2));
    return bytes;
}

std::optional<Bytes> fromBareBase64(ByteView bytes)
{
    std::string_view text = textOf(bytes);
    std::string converted;
    if (bytes.size() >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        converted = fromUtf16(bytes, bytes[0] == 0xFF);
        text = converted;
    } else if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    auto der = bytesFromBase64(text);
    return der && looksLikeDer(*der) ? der : std::nullopt;
}

std::string pemText(const std::string& label, ByteView der)
{
    std::string text;
    text.reserve((der.size() + 2) / 3 * 4 * 66 / 64 + 2 * label.size() + 64);  // never grown: it may be a private key
    text.append(kBegin).append(label).append("-----\n");
    std::size_t column = 0;
    for (std::size_t i = 0; i < der.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, der.size() - i);
        std::uint32_t group = static_cast<std::uint32_t>(der[i]) << 16;
        if (left > 1) group |= static_cast<std::uint32_t>(der[i + 1]) << 8;
        if (left > 2) group |= der[i + 2];
        text += kAlphabet[group >> 18];
        text += kAlphabet[group >> 12 & 63];
        text += left > 1 ? kAlphabet[group >> 6 & 63] : '=';
        text += left > 2 ? kAlphabet[group & 63] : '=';
        if ((column += 4) == 64) {
            text += '\n';
            column = 0;
        }
    }
    if (column) text += '\n';
    return text.append(kEnd).append(label).append("-----\n");
}

bool looksLikeDer(ByteView bytes)
{
    const auto element = Asn1Reader(bytes).next(asn1::kSequence);
    if (!element || element->content.empty()) return false;
    // Text that begins with the digit 0 has a printable byte where a sequence of any size worth reading has its length
    // form.
    return Asn1Reader(element->content).next().has_value();
}

std::optional<Bytes> firstOfKind(ByteView derOrPem, DerKind kind)
{
    if (looksLikeDer(derOrPem) && derKind(derOrPem) == kind) return Bytes(derOrPem.begin(), derOrPem.end());
    PemReader reader(derOrPem);
    while (auto block = reader.next())
        if (!block->damaged && derKind(block->der) == kind) return std::move(block->der);
    auto bare = fromBareBase64(derOrPem);
    if (bare && derKind(*bare) == kind) return bare;
    return std::nullopt;
}

}  // namespace monban
