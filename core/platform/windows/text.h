// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/utf8.h"

namespace monban::windows {

/// Between our UTF-8 and Windows' UTF-16; what is not valid in one becomes U+FFFD in the other.
inline std::wstring wide(const std::string& text)
{
    const std::u16string units = utf16FromUtf8(text);
    return std::wstring(units.begin(), units.end());
}
inline std::string narrow(const std::wstring& text) { return utf8FromUtf16(std::u16string(text.begin(), text.end())); }

}  // namespace monban::windows
