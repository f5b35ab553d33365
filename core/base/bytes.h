// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monban {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Lower-case hex without separators.
std::string hex(ByteView bytes);
/// Accepts either case; nothing if a character is not hex or the count is odd.
std::optional<Bytes> bytesFromHex(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string base64(ByteView bytes);

inline ByteView viewOf(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view textOf(ByteView bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace monban
