// SPDX-License-Identifier: MIT
#include "core/base/catalogue.h"

#include <cstdint>
#include <cstring>

namespace monban {
namespace {

std::uint32_t number(const unsigned char* bytes, std::size_t at)
{
    // The build makes the file with msgfmt on a little-endian machine and every target is little-endian.
    std::uint32_t value = 0;
    std::memcpy(&value, bytes + at, sizeof value);
    return value;
}

}  // namespace

Catalogue::Catalogue(const unsigned char* bytes, std::size_t size)
{
    constexpr std::uint32_t kMagic = 0x950412de;
    if (size < 28 || number(bytes, 0) != kMagic) return;
    const std::size_t count = number(bytes, 8);
    const std::size_t originals = number(bytes, 12);
    const std::size_t translations = number(bytes, 16);
    if (count > size / 8 || originals > size - count * 8 || translations > size - count * 8) return;

    const auto text = [&](std::size_t table, std::size_t i) -> std::optional<std::string_view> {
        const std::size_t length = number(bytes, table + i * 8);
        const std::size_t at = number(bytes, table + i * 8 + 4);
        if (at > size || length > size - at) return std::nullopt;
        return std::string_view(reinterpret_cast<const char*>(bytes) + at, length);
    };
    for (std::size_t i = 0; i < count; ++i) {
        const auto original = text(originals, i);
        const auto translation = text(translations, i);
        if (original && translation && !original->empty() && !translation->empty())
            m_entries.emplace(*original, *translation);
    }
}

std::optional<std::string_view> Catalogue::find(std::string_view english) const
{
    const auto found = m_entries.find(english);
    if (found == m_entries.end()) return std::nullopt;
    return found->second;
}

}  // namespace monban
