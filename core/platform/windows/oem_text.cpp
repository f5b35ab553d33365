// SPDX-License-Identifier: MIT
#include "core/platform/windows/oem_text.h"

#include <windows.h>

#include <optional>

#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

/// One call of Windows converts this many bytes at most, so that its buffer stays small whatever comes.
constexpr std::size_t kRun = 4096;

/// The characters as UTF-16; nothing where one of them is not assigned in the code page.
std::optional<std::wstring> converted(unsigned codePage, std::string_view bytes)
{
    const int size = static_cast<int>(bytes.size());
    // No code page makes more UTF-16 units than it has bytes.
    std::wstring units(bytes.size(), L'\0');
    const int count = ::MultiByteToWideChar(codePage, MB_ERR_INVALID_CHARS, bytes.data(), size, units.data(), size);
    if (count <= 0) return std::nullopt;
    units.resize(static_cast<std::size_t>(count));
    return units;
}

/// Windows maps a byte that its tables leave free to a control character (0x80 in 932), to a blank (0xA0 in 932) or to a
/// private character (0xFD in 932) instead of refusing it.
bool standsForNothing(unsigned codePage, char byte)
{
    const auto units = converted(codePage, {&byte, 1});
    if (!units || units->size() != 1) return true;
    const wchar_t unit = units->front();
    return (unit >= 0x80 && unit <= 0x9F) || (unit == 0xA0 && codePage == 932) || (unit >= 0xE000 && unit <= 0xF8FF);
}

std::uint8_t lengthInUtf8(unsigned first)
{
    if (first >= 0xC2 && first <= 0xDF) return 2;
    if (first >= 0xE0 && first <= 0xEF) return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/// A byte that is no character: what is ASCII stays readable.
void appendByte(std::string& result, char byte)
{
    constexpr const char* kDigits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    if (value < 0x80) {
        result += byte;
        return;
    }
    result += "\\x";
    result += kDigits[value >> 4];
    result += kDigits[value & 15];
}

}  // namespace

OemText::OemText(unsigned codePage) : m_codePage(codePage)
{
    for (unsigned first = 0; first < 256; ++first) {
        if (first < 0x80) m_lengths[first] = 1;  // every OEM code page begins with ASCII
        else if (codePage == CP_UTF8) m_lengths[first] = lengthInUtf8(first);
        else if (::IsDBCSLeadByteEx(codePage, static_cast<BYTE>(first))) m_lengths[first] = 2;
        else m_lengths[first] = standsForNothing(codePage, static_cast<char>(first)) ? 0 : 1;
    }
}

OemText::Front OemText::front(std::string_view text, std::size_t& length) const
{
    length = m_lengths[static_cast<unsigned char>(text[0])];
    if (length == 0) return Front::Nothing;
    for (std::size_t i = 1; i < length; ++i) {
        if (i == text.size()) return Front::Unfinished;
        const auto byte = static_cast<unsigned char>(text[i]);
        // A second byte is never a control character: a line break after half a character stays one.
        const bool fits = m_codePage == CP_UTF8 ? (byte & 0xC0) == 0x80 : byte >= 0x30 && byte != 0x7F;
        if (!fits) return Front::Nothing;
    }
    return Front::Whole;
}

/// Characters of which each has the right form. Windows says of the whole only that something in it is not assigned, so
/// then each one is looked at by itself.
void OemText::append(std::string& result, std::string_view characters) const
{
    if (const auto units = converted(m_codePage, characters)) {
        result += narrow(*units);
        return;
    }
    while (!characters.empty()) {
        std::size_t length = 0;
        front(characters, length);
        const std::string_view one = characters.substr(0, length);
        if (const auto units = converted(m_codePage, one)) result += narrow(*units);
        else
            for (const char byte : one) appendByte(result, byte);
        characters.remove_prefix(length);
    }
}

std::string OemText::decoded(std::string_view text, std::size_t& used) const
{
    std::string result;
    used = 0;
    std::size_t run = 0;  // where the characters begin that are not yet converted
    const auto convertRun = [&] {
        if (used > run) append(result, text.substr(run, used - run));
    };
    while (used < text.size()) {
        std::size_t length = 0;
        const Front how = front(text.substr(used), length);
        if (how == Front::Unfinished) break;
        if (how == Front::Nothing) {
            convertRun();
            appendByte(result, text[used]);
            run = ++used;
            continue;
        }
        used += length;
        if (used - run < kRun) continue;
        convertRun();
        run = used;
    }
    convertRun();
    return result;
}

std::string OemText::add(std::string_view bytes)
{
    std::size_t used = 0;
    if (m_pending.empty()) {
        std::string result = decoded(bytes, used);
        m_pending.assign(bytes.substr(used));
        return result;
    }
    std::string together = std::move(m_pending);
    together += bytes;
    std::string result = decoded(together, used);
    m_pending.assign(together, used);
    return result;
}

std::string OemText::finish()
{
    std::string result;
    for (const char byte : m_pending) appendByte(result, byte);
    m_pending.clear();
    return result;
}

}  // namespace monban::windows
