// SPDX-License-Identifier: MIT
#include "core/platform/windows/system_folder.h"

#include <windows.h>

namespace monban::windows {

fs::path systemFolder()
{
    wchar_t folder[MAX_PATH] = {};
    const UINT length = ::GetSystemDirectoryW(folder, MAX_PATH);
    if (length == 0 || length >= MAX_PATH) return {};
    return fs::path(folder);
}

}  // namespace monban::windows
