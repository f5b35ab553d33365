// SPDX-License-Identifier: MIT
#include "core/platform/windows/crl_cache.h"

#include <windows.h>

#include <shlobj.h>

#include <cstring>

#include "core/base/file.h"
#include "core/pki/crl.h"
#include "core/platform/windows/file_time.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

constexpr const char* kChainEngineKey = R"(HKLM\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config)";
constexpr const wchar_t* kCache = L"Microsoft\\CryptnetUrlCache\\Content";
constexpr std::uint64_t kLargestList = 64u * 1024 * 1024;
constexpr int kMostFiles = 10'000;

struct CloseSearchOf {
    void operator()(HANDLE handle) const { ::FindClose(handle); }
};
using Search = std::unique_ptr<std::remove_pointer_t<HANDLE>, CloseSearchOf>;

/// A list begins as every signed object does; OCSP answers, certificates and CTLs lie beside it.
bool isList(const fs::path& file)
{
    const auto content = readFile(file, kLargestList);
    return content && parseCrl(*content);
}

/// How many lists lie there that were written after that moment, in whole seconds: whether certutil's @now has parts of
/// them is not known, and a list of the very second of the resync was there before it.
Result<int> listsIn(const fs::path& folder, Time after)
{
    WIN32_FIND_DATAW entry{};
    const HANDLE handle = ::FindFirstFileW((folder / L"*").c_str(), &entry);
    if (handle == INVALID_HANDLE_VALUE) {
        const DWORD code = ::GetLastError();
        if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND) return 0;
        return windowsError("FindFirstFile " + utf8(folder), code);
    }
    const Search search(handle);
    int lists = 0;
    int files = 0;
    do {
        if (entry.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) continue;
        if (++files > kMostFiles) break;
        if (timeFrom(entry.ftLastWriteTime) > after && isList(folder / entry.cFileName)) ++lists;
    } while (::FindNextFileW(search.get(), &entry));
    return lists;
}

/// AppData\LocalLow of the user this process runs as.
Result<fs::path> callersFolder()
{
    wchar_t* path = nullptr;
    const HRESULT result = ::SHGetKnownFolderPath(FOLDERID_LocalAppDataLow, KF_FLAG_DONT_VERIFY, nullptr, &path);
    const std::wstring found = path ? path : L"";
    ::CoTaskMemFree(path);
    if (FAILED(result)) return windowsError("SHGetKnownFolderPath LocalAppDataLow", static_cast<std::uint32_t>(result));
    return fs::path(found);
}

/// Up to when lists count as out of date; binary, a FILETIME, as certutil -setreg …@now writes it.
Time resyncTime(Registry& registry)
{
    const auto value = registry.value(kChainEngineKey, "ChainCacheResyncFiletime");
    const auto bytes = value && value->type == "REG_BINARY" ? bytesFromHex(value->data) : std::nullopt;
    FILETIME time{};
    if (!bytes || bytes->size() != sizeof time) return Time{};
    std::memcpy(&time, bytes->data(), sizeof time);
    return timeFrom(time);
}

}  // namespace

Result<CrlCacheFacts> observeCrlCache(Registry& registry)
{
    const auto callers = callersFolder();
    if (!callers) return callers.error();
    CrlCacheFacts facts;
    const auto own = listsIn(*callers / kCache, Time::min());
    if (!own) return own.error();
    facts.callersLists = *own;
    const fs::path system = systemFolder();
    const Time resync = resyncTime(registry);
    for (const fs::path& profile : {system.parent_path() / L"ServiceProfiles\\NetworkService\\AppData\\LocalLow",
                                    system.parent_path() / L"ServiceProfiles\\LocalService\\AppData\\LocalLow",
                                    system / L"config\\systemprofile\\AppData\\LocalLow"}) {
        const auto lists = listsIn(profile / kCache, resync);
        if (!lists) return lists.error();
        facts.servicesCurrent += *lists;
    }
    return facts;
}

}  // namespace monban::windows
