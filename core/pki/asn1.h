// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"

namespace monban {

/// One element of BER or DER (X.690): where it begins, what is in it. Views of the input; nothing is copied.
struct Asn1Element {
    std::uint8_t identifier = 0;  ///< the first byte: class, constructed bit and low tag number
    ByteView content;
    ByteView whole;
    bool cutShort = false;  ///< the input ends before the element does

    bool is(std::uint8_t expected) const { return identifier == expected; }
    bool constructed() const { return (identifier & 0x20) != 0; }
};

namespace asn1 {
constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kBitString = 0x03;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kOid = 0x06;
constexpr std::uint8_t kUtcTime = 0x17;
constexpr std::uint8_t kGeneralizedTime = 0x18;
constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kSet = 0x31;
constexpr std::uint8_t kContext0 = 0xA0;
constexpr std::uint8_t kContext1 = 0xA1;
constexpr bool isTime(std::uint8_t identifier) { return identifier == kUtcTime || identifier == kGeneralizedTime; }
}  // namespace asn1

/// Reads the elements of one level, one after the other. It understands indefinite lengths, as NSS and old Java write,
/// and is lenient: it says how a file begins even where the file is cut short.
class Asn1Reader {
public:
    explicit Asn1Reader(ByteView bytes) : m_rest(bytes) {}
    /// Nothing at the end, at an end-of-contents mark and where no element begins.
    std::optional<Asn1Element> next();
    /// The next element if it begins like that; else nothing, and it stays.
    std::optional<Asn1Element> next(std::uint8_t identifier);
    /// The identifier of what comes next, 0 at the end.
    std::uint8_t peek() const { return m_rest.empty() ? std::uint8_t{0} : m_rest[0]; }
    bool atEnd() const { return m_rest.empty(); }
    ByteView rest() const { return m_rest; }

private:
    ByteView m_rest;
};

/// OpenSSL spends some hundred bytes on an element of two. A hostile file of the largest size we read could so ask for
/// gigabytes; no real certificate, request or PKCS#12 file comes near this many elements or this depth.
bool hasReasonableSize(ByteView der);
constexpr std::size_t kMostElements = 200'000;
constexpr int kDeepestNesting = 60;

}  // namespace monban
