// SPDX-License-Identifier: MIT
#include "core/platform/windows/data_folder.h"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>

#include <vector>

#include "core/platform/windows/handle.h"
#include "core/platform/windows/machine.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// Owned by the administrators; full access for them and the system, inherited by all below, nothing taken over from above.
constexpr const wchar_t* kOursAlone = L"O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)";
/// What lets somebody change what lies in a folder, or who may.
constexpr DWORD kWriting = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES | DELETE |
                           WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

struct FreeLocalOf {
    void operator()(void* memory) const { ::LocalFree(memory); }
};
using Descriptor = std::unique_ptr<void, FreeLocalOf>;
using Sid = std::vector<BYTE>;

Sid wellKnown(WELL_KNOWN_SID_TYPE type)
{
    Sid sid(SECURITY_MAX_SID_SIZE);
    DWORD size = static_cast<DWORD>(sid.size());
    if (!::CreateWellKnownSid(type, nullptr, sid.data(), &size)) return {};
    return sid;
}

/// Wine gives what is made to the user whose program made it, whatever owner was asked for. On Windows such an owner counts
/// for nothing: that user's programs without administrator rights could have made the folder as well.
bool isWine()
{
    const HMODULE library = ::GetModuleHandleW(L"ntdll.dll");
    return library && ::GetProcAddress(library, "wine_get_version");
}

Sid ownUser()
{
    HANDLE token = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token)) return {};
    const Handle owned(token);
    std::vector<BYTE> buffer(sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE);
    DWORD size = 0;
    if (!::GetTokenInformation(token, TokenUser, buffer.data(), static_cast<DWORD>(buffer.size()), &size)) return {};
    const PSID sid = reinterpret_cast<const TOKEN_USER*>(buffer.data())->User.Sid;
    const auto* bytes = static_cast<const BYTE*>(sid);
    return Sid(bytes, bytes + ::GetLengthSid(sid));
}

bool equals(PSID sid, const Sid& other) { return !other.empty() && ::EqualSid(sid, const_cast<BYTE*>(other.data())); }

/// Those who may own the folder and write in it.
bool isTrusted(PSID sid)
{
    return equals(sid, wellKnown(WinBuiltinAdministratorsSid)) || equals(sid, wellKnown(WinLocalSystemSid)) ||
           (isWine() && equals(sid, ownUser()));
}

/// True where an entry of the list lets anybody else write.
bool isOpenToOthers(PACL list)
{
    for (DWORD i = 0; i < list->AceCount; ++i) {
        void* entry = nullptr;
        if (!::GetAce(list, i, &entry)) return true;
        const auto* header = static_cast<const ACE_HEADER*>(entry);
        if (header->AceType == ACCESS_DENIED_ACE_TYPE) continue;
        if (header->AceType != ACCESS_ALLOWED_ACE_TYPE) return true;  // a kind Monban never writes
        auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
        if ((allowed->Mask & kWriting) && !isTrusted(&allowed->SidStart)) return true;
    }
    return false;
}

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
    // Opened as it is: a link is seen as a link.
    const Handle handle = handleOf(::CreateFileW(folder.c_str(), READ_CONTROL | FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                                 nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (!handle) return notOpened(folder, ::GetLastError());
    BY_HANDLE_FILE_INFORMATION information{};
    if (!::GetFileInformationByHandle(handle.get(), &information)) return windowsError("look at " + utf8(folder), ::GetLastError());
    if ((information.dwFileAttributes | attributesOf(folder)) & FILE_ATTRIBUTE_REPARSE_POINT) return notOurs(folder, "a link");
    if (!(information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) return notOurs(folder, "a file");
    PSID owner = nullptr;
    PACL list = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    const DWORD status = ::GetSecurityInfo(handle.get(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, nullptr,
                                           &list, nullptr, &descriptor);
    if (status != ERROR_SUCCESS) return windowsError("GetSecurityInfo " + utf8(folder), status);
    const Descriptor owned(descriptor);
    if (!owner || !isTrusted(owner)) return notOurs(folder, "another owner");
    if (!list || isOpenToOthers(list)) return notOurs(folder, "others may write");
    return Done{};
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
