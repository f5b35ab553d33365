// SPDX-License-Identifier: MIT
// A sechost.dll for the lab: all of it is Wine's own (sechost_wine.dll, by the list of exports the build makes), but for
// EnumDependentServices, which in Wine finds nothing, ever. Here it says what the registry knows, as Windows documents it:
// those that depend on dependents as well, and what has to be stopped first comes first. A value MonbanLabDeniesDependents
// in the key of a service makes it refuse.
#include <windows.h>

#include <winsvc.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

struct CloseService {
    void operator()(SC_HANDLE handle) const { ::CloseServiceHandle(handle); }
};
using Service = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseService>;
struct CloseKey {
    void operator()(HKEY key) const { ::RegCloseKey(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<HKEY>, CloseKey>;

Key services()
{
    HKEY key = nullptr;
    ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Services", 0, KEY_READ, &key);
    return Key(key);
}

bool areSame(const std::wstring& a, const std::wstring& b) { return ::lstrcmpiW(a.c_str(), b.c_str()) == 0; }

std::vector<std::wstring> names(HKEY of)
{
    std::vector<std::wstring> found;
    wchar_t name[256];
    for (DWORD i = 0;; ++i) {
        DWORD length = 256;
        if (::RegEnumKeyExW(of, i, name, &length, nullptr, nullptr, nullptr, nullptr) != ERROR_SUCCESS) return found;
        found.emplace_back(name, length);
    }
}

bool needs(HKEY all, const std::wstring& service, const std::wstring& other)
{
    wchar_t list[1024] = {};
    DWORD size = sizeof list - 2 * sizeof(wchar_t);
    if (::RegGetValueW(all, service.c_str(), L"DependOnService", RRF_RT_REG_MULTI_SZ, nullptr, list, &size) != ERROR_SUCCESS) return false;
    for (const wchar_t* one = list; *one != L'\0'; one += std::wcslen(one) + 1)
        if (areSame(one, other)) return true;
    return false;
}

void addDependents(HKEY all, const std::wstring& of, std::vector<std::wstring>& found)
{
    for (const std::wstring& name : names(all)) {
        if (!needs(all, name, of) || std::ranges::find(found, name) != found.end()) continue;
        addDependents(all, name, found);
        found.push_back(name);
    }
}

SERVICE_STATUS statusOf(SC_HANDLE manager, const std::wstring& name)
{
    SERVICE_STATUS status{};
    const Service service(::OpenServiceW(manager, name.c_str(), SERVICE_QUERY_STATUS));
    if (service) ::QueryServiceStatus(service.get(), &status);
    return status;
}

/// By which names services were opened: no function tells that of a handle later.
std::mutex lock;
std::map<SC_HANDLE, std::wstring> opened;

std::wstring nameOf(SC_HANDLE service)
{
    const std::lock_guard guard(lock);
    const auto found = opened.find(service);
    return found != opened.end() ? found->second : std::wstring();
}

bool isDenied(HKEY all, const std::wstring& service)
{
    return ::RegGetValueW(all, service.c_str(), L"MonbanLabDeniesDependents", RRF_RT_REG_DWORD, nullptr, nullptr, nullptr) == ERROR_SUCCESS;
}

BOOL fail(DWORD code)
{
    ::SetLastError(code);
    return FALSE;
}

}  // namespace

extern "C" __declspec(dllexport) SC_HANDLE WINAPI openService(SC_HANDLE manager, const wchar_t* name, DWORD access)
{
    using Open = SC_HANDLE(WINAPI*)(SC_HANDLE, const wchar_t*, DWORD);
    static const auto winesOwn = reinterpret_cast<Open>(reinterpret_cast<void*>(::GetProcAddress(::LoadLibraryW(L"sechost_wine.dll"), "OpenServiceW")));
    const SC_HANDLE handle = winesOwn(manager, name, access);
    const std::lock_guard guard(lock);
    if (handle != nullptr) opened[handle] = name;
    return handle;
}

extern "C" __declspec(dllexport) BOOL WINAPI enumDependents(SC_HANDLE service, DWORD states, ENUM_SERVICE_STATUSW* entries, DWORD size,
                                                            DWORD* needed, DWORD* count)
{
    const Service manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE));
    const Key all = services();
    const std::wstring of = nameOf(service);
    if (!manager || !all || of.empty()) return fail(ERROR_INVALID_HANDLE);
    if (isDenied(all.get(), of)) return fail(ERROR_ACCESS_DENIED);
    std::vector<std::wstring> found;
    addDependents(all.get(), of, found);
    std::vector<SERVICE_STATUS> status;
    std::erase_if(found, [&](const std::wstring& name) {
        const SERVICE_STATUS one = statusOf(manager.get(), name);
        const bool isWanted = states & (one.dwCurrentState == SERVICE_STOPPED ? SERVICE_INACTIVE : SERVICE_ACTIVE);
        if (isWanted) status.push_back(one);
        return !isWanted;
    });
    *count = 0;
    *needed = static_cast<DWORD>(found.size() * sizeof *entries);
    for (const std::wstring& name : found) *needed += static_cast<DWORD>((name.size() + 1) * sizeof(wchar_t));
    if (*needed > size) return fail(ERROR_MORE_DATA);
    auto* text = reinterpret_cast<wchar_t*>(entries + found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::memcpy(text, found[i].c_str(), (found[i].size() + 1) * sizeof(wchar_t));
        entries[i] = {text, text, status[i]};
        text += found[i].size() + 1;
    }
    *count = static_cast<DWORD>(found.size());
    *needed = 0;
    return TRUE;
}
