// SPDX-License-Identifier: MIT
#include "core/base/utf8.h"

#include <algorithm>

namespace monban {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// Decodes one code point at the given place and moves past it; an invalid byte counts as one replacement character
/// (Unicode 15, table 3-7: overlong forms, surrogates and values past U+10FFFF are invalid).
char32_t decode(std::string_view text, std::size_t& at, bool& valid)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    valid = true;
    if (first < 0x80) return static_cast<char32_t>(text[at++]);
    std::size_t length = 0;
    char32_t point = 0;
    char32_t least = 0;
    if (first >= 0xC2 && first <= 0xDF) { length = 2; point = first & 0x1Fu; least = 0x80; }
    else if (first >= 0xE0 && first <= 0xEF) { length = 3; point = first & 0x0Fu; least = 0x800; }
    else if (first >= 0xF0 && first <= 0xF4) { length = 4; point = first & 0x07u; least = 0x10000; }
    bool good = length != 0 && at + length <= text.size();
    for (std::size_t i = 1; good && i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) good = false;
        else point = (point << 6) | (byte(at + i) & 0x3Fu);
    }
    if (!good || point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        valid = false;
        ++at;
        return kReplacement;
    }
    at += length;
    return point;
}

void append(std::string& text, char32_t point)
{
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xC0 | (point >> 6));
        text += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        text += static_cast<char>(0xE0 | (point >> 12));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        text += static_cast<char>(0xF0 | (point >> 18));
        text += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (point & 0x3F));
    }
}

}  // namespace

#ifdef _WIN32
// Boost's path is wide on Windows; its narrow constructor would go through the process code page.
std::string utf8(const fs::path& path)
{
    const std::wstring& native = path.native();
    std::u16string units(native.begin(), native.end());
    return utf8FromUtf16(units);
}
fs::path pathFromUtf8(std::string_view text)
{
    const std::u16string units = utf16FromUtf8(text);
    return fs::path(std::wstring(units.begin(), units.end()));
}
#else
std::string utf8(const fs::path& path) { return validUtf8(path.native()); }
fs::path pathFromUtf8(std::string_view text) { return fs::path(std::string(text)); }
#endif

std::string utf8FromUtf16(std::u16string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t point = text[i];
        if (point >= 0xD800 && point <= 0xDBFF && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] <= 0xDFFF)
            point = 0x10000 + ((point - 0xD800) << 10) + (text[++i] - 0xDC00u);
        else if (point >= 0xD800 && point <= 0xDFFF)
            point = kReplacement;
        append(result, point);
    }
    return result;
}

std::u16string utf16FromUtf8(std::string_view text)
{
    std::u16string result;
    bool valid = true;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = decode(text, at, valid);
        if (point < 0x10000) {
            result += static_cast<char16_t>(point);
        } else {
            result += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
            result += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
        }
    }
    return result;
}

bool isUtf8(std::string_view text)
{
    bool valid = true;
    for (std::size_t at = 0; at < text.size();) {
        decode(text, at, valid);
        if (!valid) return false;
    }
    return true;
}

std::string validUtf8(std::string_view text)
{
    if (isUtf8(text)) return std::string(text);
    std::string result;
    bool valid = true;
    for (std::size_t at = 0; at < text.size();) append(result, decode(text, at, valid));
    return result;
}

std::string lowerAscii(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) { return lowerAscii(a) == lowerAscii(b); }

}  // namespace monban
