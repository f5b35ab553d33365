// SPDX-License-Identifier: MIT
#include <windows.h>

#include <shellapi.h>
#include <winnetwk.h>

#include <vector>

#include "core/base/quoting.h"
#include "core/platform/platform.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::platform {
namespace {

constexpr DWORD kLongestPath = 32'768;  // units, as Windows itself limits them

std::wstring ownPath()
{
    std::wstring path(kLongestPath, L'\0');
    const DWORD length = ::GetModuleFileNameW(nullptr, path.data(), kLongestPath);
    path.resize(length < kLongestPath ? length : 0);
    return path;
}

}  // namespace

Result<Done> startElevated(const std::vector<std::string>& arguments)
{
    const std::wstring program = ownPath();
    if (program.empty()) return windows::windowsError("GetModuleFileName", ::GetLastError());
    // ShellExecute puts the program before the parameters itself.
    const std::string line = windowsCommandLine({"x", arguments});
    const std::wstring parameters = windows::wide(line.substr(std::min(line.find(' ') + 1, line.size())));
    SHELLEXECUTEINFOW wanted{};
    wanted.cbSize = sizeof wanted;
    wanted.fMask = SEE_MASK_FLAG_NO_UI;
    wanted.lpVerb = L"runas";
    wanted.lpFile = program.c_str();
    wanted.lpParameters = parameters.c_str();
    wanted.nShow = SW_SHOWNORMAL;
    if (::ShellExecuteExW(&wanted)) return Done{};
    const DWORD code = ::GetLastError();
    if (code == ERROR_CANCELLED)
        return Error{ErrorCode::Cancelled, {tr("Without administrator rights nothing can be changed here. Nothing was."), {}}, "runas refused"};
    return windows::windowsError("ShellExecuteEx runas", code);
}

std::string pathForOthers(const std::string& path)
{
    if (path.size() < 3 || path[1] != ':') return path;
    const std::wstring drive = windows::wide(path.substr(0, 2));
    if (::GetDriveTypeW((drive + L"\\").c_str()) != DRIVE_REMOTE) return path;
    // mpr.dll is none of the libraries that Windows always takes from its own folder.
    const HMODULE library = ::LoadLibraryExW(L"mpr.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!library) return path;
    const auto call = reinterpret_cast<decltype(&::WNetGetConnectionW)>(reinterpret_cast<void*>(::GetProcAddress(library, "WNetGetConnectionW")));
    std::wstring share(kLongestPath, L'\0');
    DWORD size = kLongestPath;
    const bool known = call && call(drive.c_str(), share.data(), &size) == NO_ERROR;
    ::FreeLibrary(library);
    if (!known) return path;
    return windows::narrow(share.substr(0, share.find(L'\0'))) + path.substr(2);
}

}  // namespace monban::platform
