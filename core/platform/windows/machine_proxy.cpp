// SPDX-License-Identifier: MIT
#include "core/platform/windows/machine_proxy.h"

#include <windows.h>

#include <winhttp.h>

#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

std::string taken(LPWSTR text)
{
    if (!text) return {};
    std::string result = narrow(text);
    ::GlobalFree(text);
    return result;
}

}  // namespace

std::optional<Proxy> machineProxy()
{
    using Ask = BOOL(WINAPI*)(WINHTTP_PROXY_INFO*);
    // A part of Windows: loaded once, it stays for as long as the program runs.
    static const HMODULE library = ::LoadLibraryExW(L"winhttp.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
    const auto ask = library ? reinterpret_cast<Ask>(reinterpret_cast<void*>(::GetProcAddress(library, "WinHttpGetDefaultProxyConfiguration"))) : nullptr;
    WINHTTP_PROXY_INFO info{};
    if (!ask || !ask(&info)) return std::nullopt;
    Proxy proxy{taken(info.lpszProxy), taken(info.lpszProxyBypass)};
    if (info.dwAccessType != WINHTTP_ACCESS_TYPE_NAMED_PROXY || proxy.servers.empty()) return std::nullopt;
    return proxy;
}

}  // namespace monban::windows
