// SPDX-License-Identifier: MIT
#include "core/platform/windows/data_folder.h"

#include <windows.h>

#include <sddl.h>
#include <shlobj.h>

#include "core/platform/windows/access_list.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/machine.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// Owned by the administrators; full access for them and the system, inherited by all below, nothing taken over from above.
constexpr const wchar_t* kOursAlone = L"O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)";
using Descriptor = LocalMemory;

Error notOurs(const fs::path& folder, const char* detail)
{
    return {ErrorCode::Denied,
            {tr("{0} was not made by Monban, or others may write in it: what it holds cannot be trusted. Look who made it, move it away, "
                "and start again."),
             {utf8(folder)}},
            std::string("data folder: ") + detail};
}

/// Who has no administrator rights may not look into a folder of ours. Who has them finds one that somebody locked, or a
/// link that leads nowhere.
Error notOpened(const fs::path& folder, DWORD code)
{
    if (code == ERROR_ACCESS_DENIED && !isAdministrator())
        return {ErrorCode::Denied, {tr("The right to use {0} is missing."), {utf8(folder)}}, "open " + utf8(folder)};
    if (code == ERROR_ACCESS_DENIED || code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) return notOurs(folder, "cannot be opened");
    return windowsError("open " + utf8(folder), code);
}

/// Wine says of a path alone that it is a link, not of what was opened there.
DWORD attributesOf(const fs::path& folder)
{
    const DWORD attributes = ::GetFileAttributesW(folder.c_str());
    return attributes == INVALID_FILE_ATTRIBUTES ? 0 : attributes;
}

Result<Done> makeOurs(const fs::path& folder)
{
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(kOursAlone, SDDL_REVISION_1, &descriptor, nullptr))
        return windowsError("security descriptor", ::GetLastError());
    const Descriptor owned(descriptor);
    SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor, FALSE};
    if (!::CreateDirectoryW(folder.c_str(), &attributes) && ::GetLastError() != ERROR_ALREADY_EXISTS)
        return windowsError("CreateDirectory " + utf8(folder), ::GetLastError());
    return Done{};
}

Result<Done> check(const fs::path& folder)
{
    const Handle handle = handleOf(openForQuestion(folder.c_str()));
    if (!handle) return notOpened(folder, ::GetLastError());
    BY_HANDLE_FILE_INFORMATION information{};
    if (!::GetFileInformationByHandle(handle.get(), &information)) return windowsError("look at " + utf8(folder), ::GetLastError());
    if ((information.dwFileAttributes | attributesOf(folder)) & FILE_ATTRIBUTE_REPARSE_POINT) return notOurs(folder, "a link");
    if (!(information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) return notOurs(folder, "a file");
    const auto opened = openToOthers(handle.get(), {});
    if (!opened) return opened.error();
    return *opened ? Result<Done>(notOurs(folder, *opened)) : Done{};
}

bool isThere(const fs::path& folder)
{
    return ::GetFileAttributesW(folder.c_str()) != INVALID_FILE_ATTRIBUTES || ::GetLastError() == ERROR_ACCESS_DENIED;
}

}  // namespace

fs::path dataFolder()
{
    wchar_t* path = nullptr;
    const HRESULT result = ::SHGetKnownFolderPath(FOLDERID_ProgramData, KF_FLAG_DONT_VERIFY, nullptr, &path);
    const std::wstring found = path ? path : L"";
    ::CoTaskMemFree(path);
    return FAILED(result) ? fs::path() : fs::path(found) / L"Monban";
}

Result<Done> guardFolder(const fs::path& folder, bool make)
{
    if (folder.empty()) return windowsError("SHGetKnownFolderPath ProgramData", ERROR_PATH_NOT_FOUND);
    if (!isThere(folder)) {
        if (!make || !isAdministrator()) return Done{};  // nothing is there to be believed, and nothing will be written
        if (auto made = makeOurs(folder); !made) return made;
    }
    return check(folder);
}

}  // namespace monban::windows
