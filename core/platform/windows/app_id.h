// SPDX-License-Identifier: MIT
#pragma once
#include <windows.h>

#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace monban::windows {

/// "{lower-case guid}", as a record of ours names its owner.
inline std::string appIdText(const GUID& id)
{
    char start[24];
    std::snprintf(start, sizeof start, "{%08x-%04x-%04x-", static_cast<unsigned>(id.Data1), id.Data2, id.Data3);
    const ByteView rest(id.Data4, sizeof id.Data4);
    return start + hex(rest.first(2)) + "-" + hex(rest.subspan(2)) + "}";
}

/// The reverse; either case. Nothing where it is no such text.
inline std::optional<GUID> appIdFrom(const std::string& text)
{
    if (text.size() != 38 || text.front() != '{' || text.back() != '}') return std::nullopt;
    std::string digits;
    for (std::size_t i = 1; i < 37; ++i) {
        const bool dash = i == 9 || i == 14 || i == 19 || i == 24;
        if (dash != (text[i] == '-')) return std::nullopt;
        if (!dash) digits += text[i];
    }
    const auto bytes = bytesFromHex(digits);
    if (!bytes) return std::nullopt;
    const auto number = [&](std::size_t at, int count) {
        unsigned long value = 0;
        for (int i = 0; i < count; ++i) value = value << 8 | (*bytes)[at++];
        return value;
    };
    GUID id{};
    id.Data1 = number(0, 4);
    id.Data2 = static_cast<unsigned short>(number(4, 2));
    id.Data3 = static_cast<unsigned short>(number(6, 2));
    std::memcpy(id.Data4, bytes->data() + 8, sizeof id.Data4);
    return id;
}

}  // namespace monban::windows
