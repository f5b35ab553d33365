// SPDX-License-Identifier: MIT
#include <windows.h>

#include <shellapi.h>

#include "core/platform/platform.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"

namespace monban::platform {
namespace {

/// Below the system folder. A snap-in is opened by its file: mmc.exe is what Windows has for those.
std::wstring fileOf(const std::string& name)
{
    if (name == "inetmgr") return L"\\inetsrv\\InetMgr.exe";
    std::string file = name;
    if (file.find('.') == std::string::npos) file += ".exe";
    return L"\\" + windows::wide(file);
}

Error failed(ErrorCode kind, const Message& message, DWORD code)
{
    Error error;
    error.code = kind;
    error.message = message;
    error.detail = "error " + std::to_string(code);
    return error;
}

}  // namespace

Result<Done> openSystemWindow(const std::string& name)
{
    const std::wstring folder = windows::systemFolder().native();
    if (folder.empty()) return failed(ErrorCode::Unexpected, {tr("The folder of Windows cannot be found."), {}}, ::GetLastError());
    const std::wstring file = folder + fileOf(name);
    if (::GetFileAttributesW(file.c_str()) == INVALID_FILE_ATTRIBUTES)
        return failed(ErrorCode::NotFound, {tr("{0} is not on this computer."), {name}}, ::GetLastError());
    SHELLEXECUTEINFOW wanted{};
    wanted.cbSize = sizeof wanted;
    wanted.fMask = SEE_MASK_FLAG_NO_UI;
    wanted.lpVerb = L"open";
    wanted.lpFile = file.c_str();
    wanted.lpDirectory = folder.c_str();
    wanted.nShow = SW_SHOWNORMAL;
    if (::ShellExecuteExW(&wanted)) return Done{};
    const DWORD code = ::GetLastError();
    const bool isDenied = code == ERROR_ACCESS_DENIED || code == ERROR_CANCELLED;
    return failed(isDenied ? ErrorCode::Denied : ErrorCode::Io, {tr("{0} could not be opened (error {1})."), {name, std::to_string(code)}}, code);
}

}  // namespace monban::platform
