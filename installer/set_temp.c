// SPDX-License-Identifier: MIT
// For monban.nsi: what its language has no word for, $TEMP = $0. Called as NSIS calls a plug-in, with its variables one
// after the other; $TEMP is the 26th of them. It stands alone, without a runtime: it is loaded before anything else.
#include <windows.h>

BOOL WINAPI DllMainCRTStartup(HINSTANCE self, DWORD reason, void* reserved)
{
    (void)self, (void)reason, (void)reserved;
    return TRUE;
}

__declspec(dllexport) void SetTemp(HWND window, int length, wchar_t* variables)
{
    (void)window;
    wchar_t* temp = variables + 25 * length;
    for (int i = 0; i < length; ++i) temp[i] = variables[i];
}
