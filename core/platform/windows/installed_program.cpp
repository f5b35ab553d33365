// SPDX-License-Identifier: MIT
#include "core/platform/windows/installed_program.h"

#include <windows.h>

#include <shlobj.h>

#include "core/base/utf8.h"
#include "core/platform/windows/access_list.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

constexpr const wchar_t* kConsole = L"monban.exe";

fs::path programFiles()
{
    wchar_t* path = nullptr;
    const HRESULT result = ::SHGetKnownFolderPath(FOLDERID_ProgramFiles, KF_FLAG_DONT_VERIFY, nullptr, &path);
    const std::wstring found = path ? path : L"";
    ::CoTaskMemFree(path);
    return FAILED(result) ? fs::path() : fs::path(found);
}

fs::path ownFolder()
{
    std::wstring path(32'768, L'\0');
    path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
    return fs::path(path).parent_path();
}

bool isBelow(const fs::path& path, const fs::path& folder)
{
    const std::wstring whole = path.native();
    const std::wstring begin = folder.native() + L"\\";
    return !folder.empty() && whole.size() > begin.size() &&
           ::CompareStringOrdinal(whole.c_str(), static_cast<int>(begin.size()), begin.c_str(), static_cast<int>(begin.size()), TRUE) == CSTR_EQUAL;
}

Error replaceable(const fs::path& path, const char* detail)
{
    return {ErrorCode::Denied,
            {tr("Users without administrator rights could exchange {0}, so no scheduled task runs it as the system. Install Monban again with its installer."), {utf8(path)}},
            std::string("installed program: ") + detail};
}

Result<Done> check(const fs::path& path, const AccessQuestion& question)
{
    const Handle handle = handleOf(openForQuestion(path.c_str()));
    if (!handle) return windowsError("open " + utf8(path), ::GetLastError());
    BY_HANDLE_FILE_INFORMATION information{};
    if (!::GetFileInformationByHandle(handle.get(), &information)) return windowsError("look at " + utf8(path), ::GetLastError());
    const DWORD byPath = ::GetFileAttributesW(path.c_str());  // Wine says of a path alone that it is a link
    const DWORD attributes = information.dwFileAttributes | (byPath == INVALID_FILE_ATTRIBUTES ? 0 : byPath);
    if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return replaceable(path, "a link");
    const auto opened = openToOthers(handle.get(), question);
    if (!opened) return opened.error();
    return *opened ? Result<Done>(replaceable(path, *opened)) : Done{};
}

}  // namespace

Result<std::string> installedConsole()
{
    const fs::path folder = ownFolder();
    const fs::path console = folder / kConsole;
    if (!isBelow(console, programFiles()))
        return Error{ErrorCode::Unsupported,
                     {tr("This Monban is not installed below {0} but runs from {1}, where it may be gone tomorrow. A scheduled task runs an installed one only."),
                      {utf8(programFiles()), utf8(folder)}},
                     "not below Program Files"};
    for (const fs::path& path : {console, folder})
        if (auto fit = check(path, {kChanging, true, false}); !fit) return fit.error();
    for (fs::path above = folder.parent_path(); !above.empty(); above = above.parent_path()) {
        if (auto fit = check(above == above.root_name() ? above / L"\\" : above, {kExchanging, true, false}); !fit) return fit.error();
        if (above == above.root_path() || above == above.root_name()) break;
    }
    return utf8(console);
}

}  // namespace monban::windows
