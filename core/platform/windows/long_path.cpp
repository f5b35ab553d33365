// SPDX-License-Identifier: MIT
#include "core/platform/windows/long_path.h"

#include <windows.h>

namespace monban::windows {
namespace {

constexpr std::size_t kLongestShort = 247;   // of a folder; a file may have 12 more
constexpr std::size_t kLongest = 32'767 - 8;  // what the longer form puts in front

}  // namespace

std::wstring extendedPath(const fs::path& path)
{
    const std::wstring& given = path.native();
    if (given.starts_with(L"\\\\?\\") || given.starts_with(L"\\\\.\\")) return given;
    std::wstring full(kLongest + 1, L'\0');
    const DWORD length = ::GetFullPathNameW(given.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr);
    if (length <= kLongestShort || length > kLongest) return given;
    full.resize(length);
    return full.starts_with(L"\\\\") ? L"\\\\?\\UNC\\" + full.substr(2) : L"\\\\?\\" + full;
}

}  // namespace monban::windows
