// SPDX-License-Identifier: MIT
#include "core/platform/windows/access_list.h"

#include <aclapi.h>
#include <sddl.h>

#include <vector>

#include "core/platform/windows/handle.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// NT SERVICE\TrustedInstaller, which owns what Windows itself brought along.
constexpr const wchar_t* kTrustedInstaller = L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

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

Sid installer()
{
    PSID sid = nullptr;
    if (!::ConvertStringSidToSidW(kTrustedInstaller, &sid)) return {};
    const LocalMemory owned(sid);
    const auto* bytes = static_cast<const BYTE*>(sid);
    return Sid(bytes, bytes + ::GetLengthSid(sid));
}

bool isTrusted(PSID sid, const AccessQuestion& question)
{
    return equals(sid, wellKnown(WinBuiltinAdministratorsSid)) || equals(sid, wellKnown(WinLocalSystemSid)) ||
           (question.trustsInstaller && equals(sid, installer())) || (isWine() && equals(sid, ownUser()));
}

bool letsOthers(PACL list, const AccessQuestion& question)
{
    for (DWORD i = 0; i < list->AceCount; ++i) {
        void* entry = nullptr;
        if (!::GetAce(list, i, &entry)) return true;
        const auto* header = static_cast<const ACE_HEADER*>(entry);
        if (header->AceType == ACCESS_DENIED_ACE_TYPE) continue;
        if ((header->AceFlags & INHERIT_ONLY_ACE) && !question.countsInheritOnly) continue;
        if (header->AceType != ACCESS_ALLOWED_ACE_TYPE) return true;  // a kind that takes more to understand
        auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
        if ((allowed->Mask & question.rights) && !isTrusted(&allowed->SidStart, question)) return true;
    }
    return false;
}

}  // namespace

HANDLE openForQuestion(const wchar_t* path)
{
    return ::CreateFileW(path, READ_CONTROL | FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                         FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
}

Result<const char*> openToOthers(HANDLE object, const AccessQuestion& question)
{
    PSID owner = nullptr;
    PACL list = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    const DWORD status = ::GetSecurityInfo(object, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, nullptr, &list,
                                           nullptr, &descriptor);
    if (status != ERROR_SUCCESS) return windowsError("GetSecurityInfo", status);
    const LocalMemory owned(descriptor);
    if (!owner || !isTrusted(owner, question)) return "another owner";
    if (!list || letsOthers(list, question)) return "others may write";
    return nullptr;
}

}  // namespace monban::windows
