// SPDX-License-Identifier: MIT
#include "core/practice/clock_text.h"

#include <charconv>

namespace monban::practice {
namespace {

std::optional<Time> moved(std::string_view text, Time now)
{
    if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    std::int64_t unit = 0;
    switch (text.back()) {
    case 'd': unit = 86'400; break;
    case 'h': unit = 3'600; break;
    case 'm': unit = 60; break;
    case 's': unit = 1; break;
    default: return std::nullopt;
    }
    const std::string_view digits = text.substr(1, text.size() - 2);
    if (digits.size() > 10 || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    const std::chrono::seconds step(count * unit);
    return text[0] == '+' ? now + step : now - step;
}

}  // namespace

std::optional<Time> clockFrom(std::string_view text, Time now)
{
    using namespace std::chrono;
    auto time = moved(text, now);
    if (!time) time = timeFromRfc3339(text);
    if (!time || *time < Time{} || *time >= sys_days{year{3000} / 1 / 1}) return std::nullopt;
    return time;
}

}  // namespace monban::practice
