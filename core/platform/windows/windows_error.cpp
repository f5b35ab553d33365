// SPDX-License-Identifier: MIT
#include "core/platform/windows/windows_error.h"

#include <windows.h>

#include <cstdio>

#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

constexpr std::uint32_t kElevationRequired = 740;  // ERROR_ELEVATION_REQUIRED, which mingw-w64's winerror.h lacks

ErrorCode codeOf(std::uint32_t code)
{
    // An HRESULT of facility Win32 is that Win32 error.
    switch ((code & 0xFFFF0000u) == 0x80070000u ? code & 0xFFFFu : code) {
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
    case kElevationRequired:
    case ERROR_WRITE_PROTECT: return ErrorCode::Denied;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_MOD_NOT_FOUND:
    case ERROR_SERVICE_DOES_NOT_EXIST:
    case ERROR_NOT_FOUND: return ErrorCode::NotFound;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_BUSY: return ErrorCode::Busy;
    case ERROR_TIMEOUT:
    case WAIT_TIMEOUT: return ErrorCode::TimedOut;
    case ERROR_CANCELLED: return ErrorCode::Cancelled;
    case ERROR_NOT_SUPPORTED:
    case ERROR_PROC_NOT_FOUND:
    case ERROR_CALL_NOT_IMPLEMENTED: return ErrorCode::Unsupported;
    default: return ErrorCode::Io;
    }
}

std::string number(std::uint32_t code)
{
    if (code < 0x10000) return std::to_string(code);
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", static_cast<unsigned>(code));
    return text;
}

}  // namespace

std::string windowsText(std::uint32_t code)
{
    wchar_t buffer[512];
    const DWORD length = ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK, nullptr,
                                          code, 0, buffer, 512, nullptr);
    std::wstring text(buffer, length);
    while (!text.empty() && (text.back() == L' ' || text.back() == L'\r' || text.back() == L'\n')) text.pop_back();
    return narrow(text);
}

Error windowsError(const std::string& what, std::uint32_t code)
{
    const std::string text = windowsText(code);
    const std::string detail = what + ": Windows error " + number(code);
    if (text.empty()) return {codeOf(code), {tr("Windows refused it with error {0}."), {number(code)}}, detail};
    return {codeOf(code), {tr("Windows refused it: {0} (error {1})"), {text, number(code)}}, detail};
}

}  // namespace monban::windows
