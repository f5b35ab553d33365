// SPDX-License-Identifier: MIT
#include "tests/windows/lab/service_control.h"

#include <windows.h>

#include <winsvc.h>

#include <memory>

#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"
#include "core/practice/services.h"

namespace monban::lab {
namespace {

using windows::wide;
using windows::windowsError;

constexpr int kPatienceMilliseconds = 20'000;
/// By which a service of ours is told from one that Wine brings.
constexpr const wchar_t* kOurs = L"Monban's lab: ";

struct CloseService {
    void operator()(SC_HANDLE handle) const { ::CloseServiceHandle(handle); }
};
using Service = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseService>;

Result<Service> manager(DWORD access)
{
    Service handle(::OpenSCManagerW(nullptr, nullptr, access));
    if (!handle) return windowsError("OpenSCManager", ::GetLastError());
    return handle;
}

bool isOurs(const Service& service)
{
    alignas(QUERY_SERVICE_CONFIGW) BYTE buffer[8192];  // the most it may take
    DWORD needed = 0;
    auto* const config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer);
    return ::QueryServiceConfigW(service.get(), config, sizeof buffer, &needed) && config->lpDisplayName != nullptr &&
           std::wstring_view(config->lpDisplayName).starts_with(kOurs);
}

/// The names one after the other, each ended by a zero, another at the end.
std::wstring needsOf(const practice::Service& service)
{
    std::wstring list;
    for (const char* need : service.needs) (list += wide(need)) += L'\0';
    return list + L'\0';
}

Result<Done> waitFor(const Service& service, const char* name, DWORD wanted)
{
    SERVICE_STATUS status{};
    for (int waited = 0; waited < kPatienceMilliseconds; waited += 10) {
        if (!::QueryServiceStatus(service.get(), &status)) return windowsError(std::string("QueryServiceStatus ") + name, ::GetLastError());
        if (status.dwCurrentState == wanted) return Done{};
        ::Sleep(10);
    }
    return Error{ErrorCode::TimedOut, {"the service {0} did not get there", {name}}, "a service waits"};
}

Result<Done> follow(const Service& control, const practice::Machine& machine, const practice::Service& service)
{
    const Service handle(::OpenServiceW(control.get(), wide(service.name).c_str(), SERVICE_ALL_ACCESS));
    if (!handle || !isOurs(handle)) return Done{};
    SERVICE_STATUS status{};
    if (!::QueryServiceStatus(handle.get(), &status)) return windowsError(std::string("QueryServiceStatus ") + service.name, ::GetLastError());
    const bool stop = practice::isStopped(machine, service);
    const DWORD wanted = stop ? SERVICE_STOPPED : SERVICE_RUNNING;
    if (status.dwCurrentState == wanted) return Done{};
    if (stop ? !::ControlService(handle.get(), SERVICE_CONTROL_STOP, &status) : !::StartServiceW(handle.get(), 0, nullptr))
        if (const DWORD error = ::GetLastError(); error != ERROR_SERVICE_ALREADY_RUNNING && error != ERROR_SERVICE_NOT_ACTIVE)
            return windowsError(std::string(stop ? "ControlService " : "StartService ") + service.name, error);
    return waitFor(handle, service.name, wanted);
}

/// Those it needs come first; the other way round for stopping.
std::vector<const practice::Service*> inOrder(bool starting)
{
    std::vector<const practice::Service*> order;
    for (const practice::Service& service : practice::services())
        order.insert(service.needs.empty() == starting ? order.begin() : order.end(), &service);
    return order;
}

}  // namespace

Result<Done> makeServices(const fs::path& program)
{
    const auto control = manager(SC_MANAGER_ALL_ACCESS);
    if (!control) return control.error();
    for (const practice::Service& service : practice::services()) {
        const Service made(::CreateServiceW(control->get(), wide(service.name).c_str(), (kOurs + wide(service.english)).c_str(),
                                            SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START,
                                            SERVICE_ERROR_NORMAL, program.c_str(), nullptr, nullptr, needsOf(service).c_str(),
                                            nullptr, nullptr));
        if (const DWORD error = ::GetLastError(); !made && error != ERROR_SERVICE_EXISTS)
            return windowsError(std::string("CreateService ") + service.name, error);
    }
    return Done{};
}

Result<Done> followServices(const practice::Machine& machine)
{
    const auto control = manager(SC_MANAGER_CONNECT);
    if (!control) return control.error();
    for (const bool starting : {false, true})
        for (const practice::Service* service : inOrder(starting))
            if (practice::isStopped(machine, *service) != starting)
                if (auto done = follow(*control, machine, *service); !done) return done;
    return Done{};
}

}  // namespace monban::lab
