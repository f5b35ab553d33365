// SPDX-License-Identifier: MIT
#include "core/platform/windows/services.h"

#include <windows.h>

#include <winsvc.h>

#include <memory>

#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

struct CloseServiceOf {
    void operator()(SC_HANDLE handle) const { ::CloseServiceHandle(handle); }
};
using Service = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseServiceOf>;

Result<Service> opened(const std::string& name, DWORD access)
{
    const Service manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    if (!manager) return windowsError("OpenSCManager", ::GetLastError());
    Service service(::OpenServiceW(manager.get(), wide(name).c_str(), access));
    if (!service) return windowsError("OpenService " + name, ::GetLastError());
    return service;
}

Result<DWORD> stateOf(const Service& service, const std::string& name)
{
    SERVICE_STATUS_PROCESS status{};
    DWORD needed = 0;
    if (!::QueryServiceStatusEx(service.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof status, &needed))
        return windowsError("QueryServiceStatusEx " + name, ::GetLastError());
    return status.dwCurrentState;
}

bool runs(DWORD state) { return state == SERVICE_RUNNING || state == SERVICE_START_PENDING || state == SERVICE_CONTINUE_PENDING; }

}  // namespace

Result<bool> serviceRuns(const std::string& name)
{
    const auto service = opened(name, SERVICE_QUERY_STATUS);
    if (!service) return service.error();
    const auto state = stateOf(*service, name);
    if (!state) return state.error();
    return runs(*state);
}

Result<std::vector<Dependent>> dependentsOf(const std::string& name)
{
    const auto service = opened(name, SERVICE_ENUMERATE_DEPENDENTS);
    if (!service) return service.error();
    DWORD needed = 0;
    DWORD count = 0;
    std::vector<BYTE> buffer;
    while (!::EnumDependentServicesW(service->get(), SERVICE_STATE_ALL, reinterpret_cast<ENUM_SERVICE_STATUSW*>(buffer.data()),
                                     static_cast<DWORD>(buffer.size()), &needed, &count)) {
        const DWORD code = ::GetLastError();
        if (code != ERROR_MORE_DATA || needed <= buffer.size()) return windowsError("EnumDependentServices " + name, code);
        buffer.resize(needed);
    }
    std::vector<Dependent> found;
    const auto* entries = reinterpret_cast<const ENUM_SERVICE_STATUSW*>(buffer.data());
    for (DWORD i = 0; i < count; ++i) found.push_back({narrow(entries[i].lpServiceName), runs(entries[i].ServiceStatus.dwCurrentState)});
    return found;
}

}  // namespace monban::windows
