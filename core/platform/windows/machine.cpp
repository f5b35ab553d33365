// SPDX-License-Identifier: MIT
#include "core/platform/windows/machine.h"

#include <windows.h>

#include "core/platform/windows/machine_proxy.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

std::string computerName()
{
    wchar_t name[256];
    DWORD size = 256;
    if (!::GetComputerNameExW(ComputerNameDnsHostname, name, &size)) return "unknown";
    return narrow(std::wstring(name, size));
}

constexpr const char* kWindowsKey = R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion)";
constexpr const char* kIisKey = R"(HKLM\SOFTWARE\Microsoft\InetStp)";
constexpr int kWindows11 = 22000;  // the first build; its registry goes on saying Windows 10

/// GetVersionEx answers what the manifest asks for, RtlGetVersion what is there.
Result<OSVERSIONINFOEXW> version()
{
    using RtlGetVersion = LONG(WINAPI*)(OSVERSIONINFOEXW*);
    const HMODULE library = ::GetModuleHandleW(L"ntdll.dll");  // in every process; never loaded from anywhere
    const auto call = library ? reinterpret_cast<RtlGetVersion>(reinterpret_cast<void*>(::GetProcAddress(library, "RtlGetVersion"))) : nullptr;
    OSVERSIONINFOEXW found{};
    found.dwOSVersionInfoSize = sizeof found;
    if (!call || call(&found) != 0) return windowsError("RtlGetVersion", ::GetLastError());
    return found;
}

std::string osName(Registry& registry, const OSVERSIONINFOEXW& found)
{
    std::string name;
    if (const auto value = registry.value(kWindowsKey, "ProductName")) name = value->data;
    const std::string old = "Windows 10";
    if (found.wProductType == VER_NT_WORKSTATION && found.dwBuildNumber >= kWindows11 && name.starts_with(old))
        name.replace(0, old.size(), "Windows 11");
    if (name.empty()) name = "Windows " + std::to_string(found.dwMajorVersion) + "." + std::to_string(found.dwMinorVersion);
    return name;
}

}  // namespace

int windowsBuild()
{
    const auto found = version();
    return found ? static_cast<int>(found->dwBuildNumber) : 0;
}

Time bootTime() { return hostTime() - std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(::GetTickCount64())); }

bool isAdministrator()
{
    BYTE administrators[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof administrators;
    BOOL is = FALSE;
    return ::CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, administrators, &size) &&
           ::CheckTokenMembership(nullptr, administrators, &is) && is;
}

Result<MachineFacts> observeMachine(Registry& registry)
{
    const auto found = version();
    if (!found) return found.error();
    MachineFacts machine;
    machine.name = computerName();
    machine.osName = osName(registry, *found);
    machine.build = static_cast<int>(found->dwBuildNumber);
    machine.elevated = isAdministrator();
    machine.clock = hostTime();
    machine.systemFolder = utf8(systemFolder());
    machine.proxy = machineProxy();
    const auto major = registry.value(kIisKey, "MajorVersion");
    const auto minor = registry.value(kIisKey, "MinorVersion");
    machine.iisInstalled = major.has_value();
    if (major) machine.iisVersion = major->data + "." + (minor ? minor->data : "0");
    return machine;
}

}  // namespace monban::windows
