// SPDX-License-Identifier: MIT
// A service that does nothing but run until it is stopped: the lab's W3SVC, CryptSvc and so on, so that Wine's service
// control manager has something to say of them.
#include <windows.h>

#include <winsvc.h>

namespace {

SERVICE_STATUS_HANDLE control = nullptr;
HANDLE stopAsked = nullptr;

void tell(DWORD state)
{
    SERVICE_STATUS status{};
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = state;
    status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0;
    ::SetServiceStatus(control, &status);
}

DWORD WINAPI onControl(DWORD code, DWORD, void*, void*)
{
    if (code == SERVICE_CONTROL_STOP) ::SetEvent(stopAsked);
    return code == SERVICE_CONTROL_STOP || code == SERVICE_CONTROL_INTERROGATE ? NO_ERROR : ERROR_CALL_NOT_IMPLEMENTED;
}

void WINAPI serve(DWORD, wchar_t** list)
{
    stopAsked = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    control = ::RegisterServiceCtrlHandlerExW(list[0], onControl, nullptr);
    tell(SERVICE_RUNNING);
    ::WaitForSingleObject(stopAsked, INFINITE);
    tell(SERVICE_STOPPED);
}

}  // namespace

int wmain()
{
    wchar_t anyName[] = L"";  // a process of its own serves one, whatever its name
    const SERVICE_TABLE_ENTRYW table[] = {{anyName, serve}, {nullptr, nullptr}};
    return ::StartServiceCtrlDispatcherW(table) ? 0 : 1;
}
