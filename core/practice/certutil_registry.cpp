// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>

#include "core/base/file.h"
#include "core/practice/certutil.h"

namespace monban::practice::certutil {
namespace {

/// FILETIME: 100 nanoseconds since 1601 (learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime).
constexpr std::int64_t kSecondsFrom1601 = 11644473600;

std::string fileTime(Time time)
{
    const std::int64_t ticks = (time.time_since_epoch().count() + kSecondsFrom1601) * 10'000'000;
    Bytes bytes;
    for (int i = 0; i < 8; ++i)
        bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(ticks) >> (8 * i)));
    return hex(bytes);
}

std::optional<Time> timeFromFileTime(const std::string& text)
{
    const auto bytes = bytesFromHex(text);
    if (!bytes || bytes->size() != 8) return std::nullopt;
    std::uint64_t ticks = 0;
    for (int i = 7; i >= 0; --i) ticks = ticks << 8 | (*bytes)[static_cast<std::size_t>(i)];
    return Time(std::chrono::seconds(static_cast<std::int64_t>(ticks / 10'000'000) - kSecondsFrom1601));
}

/// The digits before the character, and the rest after it.
std::optional<int> numberUpTo(std::string& text, char end)
{
    const auto at = std::min(text.find(end), text.size());
    const auto value = at <= 4 ? unsignedNumber(text.substr(0, at)) : std::nullopt;
    text.erase(0, std::min(at + 1, text.size()));
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

/// "11/23/2026", "11/23/2026 9:05 AM", "2026/11/23 9:05", "2026-11-23": as the consoles of both languages write dates.
std::optional<Time> dateFrom(std::string text)
{
    if (const auto time = timeFromRfc3339(text)) return time;
    std::replace(text.begin(), text.end(), '-', '/');
    auto first = numberUpTo(text, '/');
    auto second = numberUpTo(text, '/');
    auto third = numberUpTo(text, ' ');
    if (!first || !second || !third) return std::nullopt;
    const bool yearFirst = *first > 31;
    const std::chrono::year_month_day date{std::chrono::year{yearFirst ? *first : *third},
                                           std::chrono::month{static_cast<unsigned>(yearFirst ? *second : *first)},
                                           std::chrono::day{static_cast<unsigned>(yearFirst ? *third : *second)}};
    if (!date.ok() || static_cast<int>(date.year()) < 1970) return std::nullopt;
    Time time = std::chrono::sys_days{date};
    if (text.empty()) return time;
    const auto hour = numberUpTo(text, ':');
    const auto minute = numberUpTo(text, ' ');
    if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
    const std::string half = lowerAscii(trimmed(text));
    if (!half.empty() && half != "am" && half != "pm") return std::nullopt;
    const int hours = half.empty() ? *hour : *hour % 12 + (half == "pm" ? 12 : 0);
    return time + std::chrono::hours(hours) + std::chrono::minutes(*minute);
}

/// What stands after the @: "now", a date, either with +dd:hh or -dd:hh.
std::optional<Time> momentFrom(std::string text, Time now)
{
    std::chrono::seconds offset(0);
    const auto sign = text.find_last_of("+-");
    // The minus of "2026-11-23" is no offset: one is followed by days and hours with a colon, or stands after "now".
    const std::string tail = sign == std::string::npos ? std::string() : text.substr(sign + 1);
    const bool relative = sign != std::string::npos &&
                          (tail.find(':') != std::string::npos || lowerAscii(text).starts_with("now") || sign == 0);
    if (relative && !timeFromRfc3339(text)) {
        std::string rest = tail;
        const auto days = numberUpTo(rest, ':');
        const auto hours = rest.empty() ? std::optional(0) : numberUpTo(rest, '\0');
        if (!days || !hours) return std::nullopt;
        offset = std::chrono::hours(*days * 24 + *hours) * (text[sign] == '-' ? -1 : 1);
        text.resize(sign);
    }
    if (text.empty() || equalsIgnoringCase(text, "now")) return now + offset;
    const auto date = dateFrom(text);
    return date ? std::optional(*date + offset) : std::nullopt;
}

/// "chain\Name" with the name empty for the key alone; only the chain engine's key exists here, others are a CA's.
struct Place {
    std::string value;
};
std::optional<Place> placeFrom(std::string text)
{
    // U+00A5 and U+FFE5: what a Japanese keyboard types and a Japanese font shows for the backslash.
    for (const char* yen : {"\xC2\xA5", "\xEF\xBF\xA5", "/"})
        for (std::size_t at = text.find(yen); at != std::string::npos; at = text.find(yen, at))
            text.replace(at, std::char_traits<char>::length(yen), "\\");
    const auto slash = text.find('\\');
    if (!equalsIgnoringCase(text.substr(0, slash), "chain")) return std::nullopt;
    return Place{slash == std::string::npos ? std::string() : text.substr(slash + 1)};
}

std::string keyLine() { return "HKEY_LOCAL_MACHINE" + std::string(kChainEngineKey).substr(4) + ":\n"; }

std::string valueLine(const Shell& shell, const std::string& name, const RegistryValue& value)
{
    std::string data = value.data;
    if (value.type == "REG_BINARY")
        if (const auto time = timeFromFileTime(value.data)) data = windowsTime(*time, shell.machine.language);
    if (value.type == "REG_DWORD") {
        const auto number = unsignedNumber(value.data);
        char text[32];
        std::snprintf(text, sizeof text, "%x (%u)", number.value_or(0), number.value_or(0));
        data = text;
    }
    return "  " + name + " " + value.type + " = " + data + "\n";
}

/// The value that certutil's text stands for: @moment or @file, a number (with + or - its bits are set or cleared),
/// text.
std::optional<RegistryValue> valueFrom(const Call& call, const std::string& typed,
                                       const std::optional<RegistryValue>& old)
{
    std::string text = typed;
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.front() == text.back())
        text = text.substr(1, text.size() - 2);
    if (!text.empty() && text.front() == '@') {
        if (const auto time = momentFrom(text.substr(1), call.shell.machine.clock()))
            return RegistryValue{"REG_BINARY", fileTime(*time)};
        const auto file = readText(call.shell.backend.hostPath(text.substr(1)));
        if (!file) return std::nullopt;
        std::string digits = *file;
        std::erase_if(digits, [](char c) { return c == ' ' || c == '\r' || c == '\n' || c == '\t'; });
        const auto bytes = bytesFromHex(digits);
        return bytes ? std::optional(RegistryValue{"REG_BINARY", hex(*bytes)}) : std::nullopt;
    }
    const bool sign = text.size() > 1 && (text[0] == '+' || text[0] == '-');
    if (const auto number = anyNumber(sign ? text.substr(1) : text)) {
        const std::uint32_t before = old ? unsignedNumber(old->data).value_or(0) : 0;
        const std::uint32_t value = !sign ? *number : text[0] == '+' ? before | *number : before & ~*number;
        return RegistryValue{"REG_DWORD", std::to_string(value)};
    }
    return RegistryValue{"REG_SZ", text};
}

std::string restartHint(const Shell& shell)
{
    return shell.say("The CertSvc service may need to be restarted for changes to take effect.\n",
                     "変更を有効にするには、CertSvc サービスの再起動が必要な場合があります。\n");
}

}  // namespace

Reply setRegistry(Call& call)
{
    const auto place = placeFrom(unquoted(call.arguments[0]));
    if (!place || place->value.empty()) return call.failed(win::kFileNotFound);
    auto old = call.shell.backend.registryValue(kChainEngineKey, place->value);
    if (!old) return call.failed(old.error());
    const auto value = valueFrom(call, call.arguments[1], *old);
    if (!value) return call.failed(win::kFileNotFound);
    if (const auto set = call.shell.backend.setRegistryValue(kChainEngineKey, place->value, *value); !set)
        return call.failed(set.error());
    std::string text = keyLine() + "\n";
    if (*old) text += call.shell.say("Old Value:\n", "古い値:\n") + valueLine(call.shell, place->value, **old) + "\n";
    text += call.shell.say("New Value:\n", "新しい値:\n") + valueLine(call.shell, place->value, *value);
    Reply reply = call.completed(text);
    reply.text += restartHint(call.shell);
    return reply;
}

Reply getRegistry(Call& call)
{
    const auto place = call.arguments.empty() ? std::nullopt : placeFrom(unquoted(call.arguments[0]));
    if (!place) return call.failed(win::kFileNotFound);
    const auto values = call.shell.backend.registryKey(kChainEngineKey);
    if (!values && values.error().code != ErrorCode::NotFound) return call.failed(values.error());
    std::string text = keyLine() + "\n";
    bool found = place->value.empty();
    if (values)
        for (const auto& [name, value] : *values) {
            if (!place->value.empty() && !equalsIgnoringCase(name, place->value)) continue;
            text += valueLine(call.shell, name, value);
            found = true;
        }
    return found ? call.completed(text) : call.failed(win::kFileNotFound);
}

Reply deleteRegistry(Call& call)
{
    const auto place = placeFrom(unquoted(call.arguments[0]));
    if (!place || place->value.empty()) return call.failed(win::kFileNotFound);
    const auto old = call.shell.backend.registryValue(kChainEngineKey, place->value);
    if (!old) return call.failed(old.error());
    if (!*old) return call.failed(win::kFileNotFound);
    if (const auto gone = call.shell.backend.deleteRegistryValue(kChainEngineKey, place->value); !gone)
        return call.failed(gone.error());
    Reply reply = call.completed(keyLine() + "\n" + call.shell.say("Old Value:\n", "古い値:\n") +
                                 valueLine(call.shell, place->value, **old));
    reply.text += restartHint(call.shell);
    return reply;
}

}  // namespace monban::practice::certutil
