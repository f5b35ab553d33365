// SPDX-License-Identifier: MIT
// A library somebody put beside the program: it leaves a note as soon as it is loaded, under the name it was loaded by.
#include <windows.h>

#include <string>

extern "C" BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void*)
{
    if (reason != DLL_PROCESS_ATTACH) return TRUE;
    wchar_t path[MAX_PATH] = {};
    ::GetModuleFileNameW(instance, path, MAX_PATH);
    const std::wstring name(path);
    const std::wstring note = L"C:\\planted-" + name.substr(name.find_last_of(L'\\') + 1) + L".txt";
    ::CloseHandle(::CreateFileW(note.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
    return TRUE;
}

/// What the test's own victim imports of version.dll.
extern "C" __declspec(dllexport) DWORD WINAPI GetFileVersionInfoSizeA(const char*, DWORD*) { return 0; }
