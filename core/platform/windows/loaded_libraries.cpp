// SPDX-License-Identifier: MIT
#include "core/platform/loaded_libraries.h"

#include <windows.h>

#include <psapi.h>

#include <algorithm>

#include "core/platform/windows/text.h"

namespace monban::platform {

std::vector<std::string> loadedLibraries()
{
    std::vector<HMODULE> modules(512);
    DWORD size = 0;
    if (!::K32EnumProcessModules(::GetCurrentProcess(), modules.data(), static_cast<DWORD>(modules.size() * sizeof(HMODULE)), &size)) return {};
    modules.resize(std::min<std::size_t>(modules.size(), size / sizeof(HMODULE)));
    std::vector<std::string> paths;
    for (const HMODULE module : modules) {
        std::wstring path(32'768, L'\0');
        path.resize(::GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size())));
        if (module != ::GetModuleHandleW(nullptr) && !path.empty()) paths.push_back(windows::narrow(path));
    }
    return paths;
}

}  // namespace monban::platform
