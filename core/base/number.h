// SPDX-License-Identifier: MIT
#pragma once
#include <charconv>
#include <optional>
#include <string_view>

namespace monban {

/// The whole text as a number; nothing where it is empty, where anything else stands in it, or where it does not fit.
template <class Number>
std::optional<Number> numberFrom(std::string_view text, int base = 10)
{
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, trouble] = std::from_chars(text.data(), end, value, base);
    if (trouble != std::errc() || stop != end || text.empty()) return std::nullopt;
    return value;
}

}  // namespace monban
