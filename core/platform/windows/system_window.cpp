// SPDX-License-Identifier: MIT
#include <windows.h>

#include <shellapi.h>

#include "core/platform/platform.h"

namespace monban::platform {
namespace {

/// Below the system folder. A snap-in is opened by its file: mmc.exe is what Windows has for those.
std::wstring fileOf(const std::string& name)
{
    if (name == "inetmgr") return L"\\inetsrv\\InetMgr.exe";
    const std::u16string units = utf16FromUtf8(name.find('.') == std::string::npos ? name + ".exe" : name);
    return L"\\" + std::wstring(units.begin(), units.end());
}

}  // namespace

Result<Done> openSystemWindow(const std::string& name)
{
    wchar_t folder[MAX_PATH] = {};
    const UINT length = ::GetSystemDirectoryW(folder, MAX_PATH);
    if (length == 0 || length >= MAX_PATH) return Error{ErrorCode::Unexpected, {tr("The folder of Windows cannot be found."), {}}, "GetSystemDirectory"};
    const std::wstring file = folder + fileOf(name);
    if (::GetFileAttributesW(file.c_str()) == INVALID_FILE_ATTRIBUTES)
        return Error{ErrorCode::NotFound, {tr("{0} is not on this computer."), {name}}, "not there"};
    SHELLEXECUTEINFOW wanted{};
    wanted.cbSize = sizeof wanted;
    wanted.fMask = SEE_MASK_FLAG_NO_UI;
    wanted.lpVerb = L"open";
    wanted.lpFile = file.c_str();
    wanted.lpDirectory = folder;
    wanted.nShow = SW_SHOWNORMAL;
    if (::ShellExecuteExW(&wanted)) return Done{};
    const DWORD code = ::GetLastError();
    return Error{code == ERROR_ACCESS_DENIED || code == ERROR_CANCELLED ? ErrorCode::Denied : ErrorCode::Io,
                 {tr("{0} could not be opened (error {1})."), {name, std::to_string(code)}}, "ShellExecuteEx " + std::to_string(code)};
}

}  // namespace monban::platform
