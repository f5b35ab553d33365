// SPDX-License-Identifier: MIT
#include "core/model/pasted.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

/// Everything pasted here lies in the basic plane, so UTF-16 units serve as characters.
using Units = std::u16string;

constexpr std::u16string_view kYenSigns = u"\u00A5\uFFE5\u20A9\uFFE6";  // yen, full-width yen, won, full-width won
constexpr std::u16string_view kHyphens = u"\u2010\u2011\u2012\u2013\u2014\u2212";

/// Directional marks (certlm.msc puts U+200E before a thumbprint), zero-width spaces, byte-order marks, soft hyphens.
bool isMark(char16_t c)
{
    return c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0x00AD;
}
/// In words there is no script that would need joiners.
bool isInvisible(char16_t c) { return isMark(c) || c == 0x200C || c == 0x200D; }

bool isBlank(char16_t c) { return c == u' ' || c == u'\t' || c == u'\r' || c == u'\n' || c == 0x00A0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A); }

/// Full-width forms U+FF01 to U+FF5E are ASCII 0x21 to 0x7E in the same order.
char16_t narrow(char16_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) return static_cast<char16_t>(c - 0xFF01 + 0x21);
    if (c == 0x3002 || c == 0xFF61) return u'.';
    if (kHyphens.find(c) != std::u16string_view::npos) return u'-';
    return isBlank(c) ? u' ' : c;
}

Units trimmed(const Units& text)
{
    const auto first = std::find_if_not(text.begin(), text.end(), isBlank);
    const auto last = std::find_if_not(text.rbegin(), std::make_reverse_iterator(first), isBlank).base();
    return {first, last};
}

Units word(std::string_view text)
{
    Units units;
    for (const char16_t c : utf16FromUtf8(text))
        if (!isInvisible(c)) units += narrow(c);
    return trimmed(units);
}

bool isQuote(char16_t c) { return c == u'"' || c == 0x201C || c == 0x201D || c == 0xFF02; }
bool isYen(char16_t c) { return kYenSigns.find(c) != std::u16string_view::npos; }
bool isBackslash(char16_t c) { return c == u'\\' || c == 0xFF3C || isYen(c); }
bool isSlash(char16_t c) { return c == u'/' || c == 0xFF0F; }

/// The marks that hang on a path's ends or on its quotes; those within a name are part of it for Windows, but nobody has
/// such files, and a path copied from a right-to-left system is full of them.
Units withoutMarks(const Units& text)
{
    Units kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept), [](char16_t c) { return !isMark(c); });
    return kept;
}

/// "Ｃ：￥" as "C:\".
void narrowDrive(Units& path)
{
    if (path.size() < 3 || narrow(path[1]) != u':' || !(isBackslash(path[2]) || isSlash(path[2]))) return;
    const char16_t letter = narrow(path[0]);
    if (!((letter >= u'A' && letter <= u'Z') || (letter >= u'a' && letter <= u'z'))) return;
    path[0] = letter;
    path[1] = u':';
    if (isBackslash(path[2])) path[2] = u'\\';
    else path[2] = u'/';
}

bool beginsWith(const Units& path, bool (*divides)(char16_t))
{
    if (path.size() >= 3 && narrow(path[1]) == u':' && divides(path[2])) return true;
    return !path.empty() && divides(path[0]);
}
bool isWideSlash(char16_t c) { return c == 0xFF0F; }
bool isOtherBackslash(char16_t c) { return isBackslash(c) && c != u'\\'; }

/// A yen sign may be part of a name ("5¥.p12"). It divides the path where it stands in a separator's place at the
/// beginning, or where nothing else divides it.
bool dividesByYen(const Units& path)
{
    return beginsWith(path, isOtherBackslash) || path.find_first_of(u"\\/") == Units::npos;
}

bool isHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string pastedWord(std::string_view text) { return isUtf8(text) ? utf8FromUtf16(word(text)) : std::string(text); }

std::string pastedPath(std::string_view text)
{
    if (!isUtf8(text)) return std::string(text);  // a POSIX file name may be any bytes
    Units path = trimmed(withoutMarks(utf16FromUtf8(text)));
    if (path.size() >= 2 && isQuote(path.front()) && isQuote(path.back())) path = trimmed(path.substr(1, path.size() - 2));
    const bool byYen = dividesByYen(path);
    const bool byWideSlash = beginsWith(path, isWideSlash);
    narrowDrive(path);
    if (byYen) std::replace_if(path.begin(), path.end(), isBackslash, u'\\');
    if (byWideSlash) std::replace_if(path.begin(), path.end(), isWideSlash, u'/');
    return utf8FromUtf16(path);
}

std::string pastedSitePath(std::string_view text)
{
    if (!isUtf8(text)) return std::string(text);
    Units path = trimmed(withoutMarks(utf16FromUtf8(text)));
    std::replace_if(path.begin(), path.end(), [](char16_t c) { return isBackslash(c) || isSlash(c); }, u'/');
    return utf8FromUtf16(path);
}

std::optional<std::string> pastedFingerprint(std::string_view text, std::size_t bytes)
{
    if (!isUtf8(text)) return std::nullopt;
    std::string line = lowerAscii(utf8FromUtf16(word(text)));
    for (const std::string_view mark : {"=", "):"})
        if (const std::size_t at = line.find(mark); at != std::string::npos) line.erase(0, at + mark.size());
    std::erase_if(line, [](char c) { return std::string_view(" :-.,;_\"'").find(c) != std::string_view::npos; });
    for (const std::string_view prefix : {"sha256", "sha1", "thumbprint", "fingerprint", "拇印", "フィンガープリント", "sha256", "sha1", "0x"})
        if (line.starts_with(prefix)) line.erase(0, prefix.size());
    if (line.size() != bytes * 2 || !std::all_of(line.begin(), line.end(), isHexDigit)) return std::nullopt;
    return line;
}

std::optional<std::string> invisibleMark(std::string_view text)
{
    for (const char16_t c : utf16FromUtf8(text)) {
        if (!isMark(c)) continue;
        char name[16];
        std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(c));
        return name;
    }
    return std::nullopt;
}

}  // namespace monban
