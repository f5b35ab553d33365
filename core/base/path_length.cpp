// SPDX-License-Identifier: MIT
#include "core/base/path_length.h"

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr std::size_t kLongest = 259;

bool isWindowsPath(std::string_view path)
{
    const bool isLetter = !path.empty() && ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z'));
    return (isLetter && path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/')) || path.starts_with("\\\\");
}

}  // namespace

bool isTooLongForPrograms(std::string_view path) { return isWindowsPath(path) && utf16FromUtf8(path).size() > kLongest; }

}  // namespace monban
