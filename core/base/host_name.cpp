// SPDX-License-Identifier: MIT
#include "core/base/host_name.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <vector>

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr std::size_t kLongestName = 253;   // RFC 1035, section 2.3.4, without the root's dot
constexpr std::size_t kLongestLabel = 63;

bool isAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool isLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::vector<std::string> labelsOf(const std::string& host)
{
    std::vector<std::string> labels(1);
    for (const char c : host) {
        if (c == '.') labels.emplace_back();
        else labels.back() += c;
    }
    return labels;
}

std::u32string codePoints(const std::string& text)
{
    std::u32string points;
    const std::u16string units = utf16FromUtf8(text);
    for (std::size_t i = 0; i < units.size(); ++i) {
        char32_t point = units[i];
        if (point >= 0xD800 && point < 0xDC00 && i + 1 < units.size()) point = 0x10000 + ((point - 0xD800) << 10) + (units[++i] - 0xDC00u);
        points += point;
    }
    return points;
}

/// Kanji, kana and the letters of Latin-1 are alike before and after UTS 46's mapping; for others its tables decide.
bool mapsToItself(char32_t point)
{
    return point < 0x80 || (point >= 0xDF && point <= 0xFF && point != 0xF7) || (point >= 0x3041 && point <= 0x3096) ||
           (point >= 0x30A1 && point <= 0x30FE) || point == 0x3005 || point == 0x3007 || (point >= 0x4E00 && point <= 0x9FFF);
}

/// RFC 3492, section 6.1.
std::uint32_t adapted(std::uint32_t delta, std::uint32_t count, bool first)
{
    delta = first ? delta / 700 : delta / 2;
    delta += delta / count;
    std::uint32_t k = 0;
    for (; delta > 455; k += 36) delta /= 35;
    return k + 36 * delta / (delta + 38);
}

/// RFC 3492, section 6.3; labels are short, so nothing overflows.
std::string punycode(const std::u32string& label)
{
    std::string result;
    for (const char32_t point : label)
        if (point < 0x80) result += static_cast<char>(point);
    std::uint32_t handled = static_cast<std::uint32_t>(result.size());
    const std::uint32_t basic = handled;
    if (basic > 0) result += '-';
    std::uint32_t n = 128;
    std::uint32_t delta = 0;
    std::uint32_t bias = 72;
    const auto digit = [](std::uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); };
    while (handled < label.size()) {
        char32_t next = 0x10FFFF;
        for (const char32_t point : label)
            if (point >= n) next = std::min(next, point);
        delta += (static_cast<std::uint32_t>(next) - n) * (handled + 1);
        n = static_cast<std::uint32_t>(next);
        for (const char32_t point : label) {
            if (point < n) ++delta;
            if (point != n) continue;
            std::uint32_t rest = delta;
            for (std::uint32_t k = 36;; k += 36) {
                const std::uint32_t threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
                if (rest < threshold) break;
                result += digit(threshold + (rest - threshold) % (36 - threshold));
                rest = (rest - threshold) / (36 - threshold);
            }
            result += digit(rest);
            bias = adapted(delta, handled + 1, handled == basic);
            delta = 0;
            ++handled;
        }
        ++delta;
        ++n;
    }
    return result;
}

std::optional<Message> labelProblem(const std::string& host)
{
    for (const std::string& label : labelsOf(host)) {
        if (label.empty()) return Message{tr("{0} is not a host name: a dot stands at its beginning, or two stand together."), {host}};
        if (label.size() > kLongestLabel)
            return Message{tr("{0} is not a host name: between two dots stand at most 63 characters."), {host}};
        if (label.front() == '-' || label.back() == '-')
            return Message{tr("{0} is not a host name: none of its parts begins or ends with a hyphen."), {host}};
    }
    return std::nullopt;
}

Message notAscii(const std::string& host)
{
    if (const auto ascii = asciiHostName(host))
        return {tr("{0} has letters that certificates and http.sys do not hold in a host name. Write it in its ASCII form: {1}"), {host, *ascii}};
    return {tr("{0} has characters that certificates and http.sys do not hold in a host name. If that is its name, write it in its ASCII "
               "form, which begins with xn--; otherwise type it anew."),
            {host}};
}

}  // namespace

std::optional<std::string> ipv4Address(const std::string& text)
{
    const std::vector<std::string> parts = labelsOf(text);
    std::string address;
    for (const std::string& part : parts) {
        if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
        if (std::stoi(part) > 255 || (part.size() > 1 && part[0] == '0')) return std::nullopt;  // octal for some
        address += (address.empty() ? "" : ".") + part;
    }
    return parts.size() == 4 ? std::optional(address) : std::nullopt;
}

bool looksLikeIpAddress(const std::string& text)
{
    std::string inside = text;
    if (inside.size() > 2 && inside.front() == '[' && inside.back() == ']') inside = inside.substr(1, inside.size() - 2);
    inside = inside.substr(0, inside.find('%'));
    boost::system::error_code trouble;
    boost::asio::ip::make_address_v6(inside, trouble);
    return !trouble || ipv4Address(inside);
}

std::optional<std::string> asciiHostName(const std::string& host)
{
    if (!isUtf8(host)) return std::nullopt;
    std::string result;
    for (const std::string& label : labelsOf(lowerAscii(host))) {
        if (!result.empty()) result += '.';
        const std::u32string points = codePoints(label);
        if (label.size() > kLongestName || !std::all_of(points.begin(), points.end(), mapsToItself)) return std::nullopt;
        result += isAscii(label) ? label : "xn--" + punycode(points);
    }
    return result;
}

std::optional<Message> hostNameProblem(const std::string& host)
{
    if (host.empty()) return Message{tr("The host name is empty."), {}};
    if (host.find("://") != std::string::npos || host.find('/') != std::string::npos)
        return Message{tr("{0} is the address of a page. Only the host name belongs here, such as www.example.com, without http:// and without "
                          "what follows a slash."),
                       {host}};
    if (looksLikeIpAddress(host)) return Message{tr("{0} is an IP address, not a host name."), {host}};
    if (!isAscii(host)) return notAscii(host);
    if (host.back() == '.')
        return Message{tr("{0} ends with a dot. Certificates and browsers know the name without it: leave the dot out."), {host}};
    for (const char c : host)
        if (!isLetterOrDigit(c) && c != '-' && c != '.' && c != '_')
            return Message{tr("{0} is not a host name: it has letters, digits, hyphens and dots, but no \"{1}\"."), {host, std::string(1, c)}};
    if (host.size() > kLongestName) return Message{tr("{0} is not a host name: it has more than 253 characters."), {host}};
    if (auto problem = labelProblem(host)) return problem;
    const std::string last = labelsOf(host).back();
    if (last.find_first_not_of("0123456789") == std::string::npos)
        return Message{tr("{0} is not a host name: its last part is a number, so it would be taken for an IP address."), {host}};
    return std::nullopt;
}

}  // namespace monban
