// SPDX-License-Identifier: MIT
#include <windows.h>

/// From here on every library that is loaded by its name alone comes from Windows' own folder, those whose import was put
/// off included (installer/cmake/delay_imports.cmake). Before any other code of the program, constructors of other files
/// included, could load one. Named to the linker (core/CMakeLists.txt), since nobody calls it.
extern "C" __attribute__((constructor(101))) void monbanSearchesLibrariesInSystemFolder()
{
    ::SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
}
