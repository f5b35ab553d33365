// SPDX-License-Identifier: MIT
#include "core/base/time.h"

#include <cstdio>

namespace monban {
namespace {

using namespace std::chrono;

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool hasAt(std::string_view text, std::size_t at, std::string_view oneOf)
{
    return at < text.size() && oneOf.find(text[at]) != std::string_view::npos;
}

}  // namespace

std::string rfc3339(Time time)
{
    constexpr Time kLast = sys_days{year{9999} / 12 / 31} + 86399s;
    constexpr Time kFirst = sys_days{year{0} / 1 / 1};
    if (time > kLast) time = kLast;
    if (time < kFirst) time = kFirst;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::optional<Time> timeFromRfc3339(std::string_view text)
{
    const auto y = digits(text, 0, 4);
    const auto mo = digits(text, 5, 2);
    const auto d = digits(text, 8, 2);
    const auto h = digits(text, 11, 2);
    const auto mi = digits(text, 14, 2);
    const auto s = digits(text, 17, 2);
    if (!y || !mo || !d || !h || !mi || !s) return std::nullopt;
    // RFC 3339 section 5.6: a blank may stand for the T, and both letters may be lower-case.
    if (text[4] != '-' || text[7] != '-' || !hasAt(text, 10, "Tt ") || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
    // A leap second (60) is allowed by the grammar and counts as the next second.
    if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
    Time time = sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s};

    std::size_t at = 19;
    if (hasAt(text, at, ".")) {
        const std::size_t first = ++at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        if (at == first) return std::nullopt;
    }
    if (hasAt(text, at, "Zz")) return at + 1 == text.size() ? std::optional(time) : std::nullopt;
    if (!hasAt(text, at, "+-")) return std::nullopt;
    const auto offsetHours = digits(text, at + 1, 2);
    const auto offsetMinutes = digits(text, at + 4, 2);
    if (!offsetHours || !offsetMinutes || text[at + 3] != ':' || at + 6 != text.size()) return std::nullopt;
    if (*offsetHours > 23 || *offsetMinutes > 59) return std::nullopt;
    const auto offset = hours{*offsetHours} + minutes{*offsetMinutes};
    return text[at] == '+' ? time - offset : time + offset;
}

Time hostTime() { return floor<seconds>(system_clock::now()); }

}  // namespace monban
