// SPDX-License-Identifier: MIT
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace monban::testing {

/// Writes DER that no honest tool would.
inline Bytes joined(std::initializer_list<Bytes> parts)
{
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

inline Bytes tlv(std::uint8_t identifier, const Bytes& content)
{
    Bytes bytes{identifier};
    if (content.size() < 0x80) {
        bytes.push_back(static_cast<std::uint8_t>(content.size()));
    } else {
        bytes.push_back(0x84);
        for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(content.size() >> shift));
    }
    bytes.insert(bytes.end(), content.begin(), content.end());
    return bytes;
}

inline Bytes tlv(std::uint8_t identifier, std::initializer_list<Bytes> parts) { return tlv(identifier, joined(parts)); }
inline Bytes bytesOf(std::string_view text) { return {text.begin(), text.end()}; }
inline Bytes fromHex(std::string_view text) { return bytesFromHex(text).value(); }

inline Bytes repeated(const Bytes& piece, std::size_t times)
{
    Bytes all;
    all.reserve(piece.size() * times);
    for (std::size_t i = 0; i < times; ++i) all.insert(all.end(), piece.begin(), piece.end());
    return all;
}

inline Bytes number(std::uint64_t value)
{
    Bytes digits;
    for (int shift = 56; shift >= 0; shift -= 8)
        if (const auto byte = static_cast<std::uint8_t>(value >> shift); byte || !digits.empty())
            digits.push_back(byte);
    if (digits.empty() || (digits[0] & 0x80)) digits.insert(digits.begin(), std::uint8_t{0});
    return tlv(0x02, digits);
}

/// sha256WithRSAEncryption
inline Bytes signatureAlgorithm() { return fromHex("300d06092a864886f70d01010b0500"); }

/// A CN of that string type.
inline Bytes commonName(std::uint8_t type, const Bytes& value)
{
    return tlv(0x31, tlv(0x30, {fromHex("0603550403"), tlv(type, value)}));
}

struct OddCertificate {
    Bytes name = tlv(0x30, commonName(0x0C, bytesOf("odd")));
    Bytes serial = number(1);
    Bytes notBefore = tlv(0x17, bytesOf("200101000000Z"));
    Bytes notAfter = tlv(0x17, bytesOf("300101000000Z"));
    Bytes extensions = {};  ///< the list of Extension, without its sequence

    Bytes der() const
    {
        const Bytes key =
            tlv(0x30,
                {fromHex("300d06092a864886f70d0101010500"),
                 tlv(0x03,
                     joined({Bytes{0}, tlv(0x30, {tlv(0x02, joined({Bytes{0}, Bytes(256, 0xC1)})), number(65537)})}))});
        const Bytes tagged = extensions.empty() ? Bytes() : tlv(0xA3, tlv(0x30, extensions));
        const Bytes toBeSigned = tlv(0x30, {fromHex("a003020102"), serial, signatureAlgorithm(), name,
                                            tlv(0x30, {notBefore, notAfter}), name, key, tagged});
        return tlv(0x30, {toBeSigned, signatureAlgorithm(), tlv(0x03, joined({Bytes{0}, Bytes(256, 1)}))});
    }
};

inline Bytes extension(std::string_view oidHex, const Bytes& value)
{
    return tlv(0x30, {fromHex(oidHex), tlv(0x04, value)});
}

}  // namespace monban::testing
