// SPDX-License-Identifier: MIT
#pragma once
#include <windows.h>

#include "core/base/result.h"

namespace monban::windows {

/// What lets somebody change a file, what lies in a folder, or who may.
constexpr DWORD kChanging = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES | DELETE | WRITE_DAC |
                            WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;
/// What lets somebody put another folder in the place of one that lies in this one.
constexpr DWORD kExchanging = FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

struct AccessQuestion {
    DWORD rights = kChanging;
    bool trustsInstaller = false;      ///< Windows' own TrustedInstaller counts as an administrator
    bool countsInheritOnly = true;     ///< entries that hold for what is made below count as well
};

/// Why somebody but the administrators and the system has one of those rights to the open file or folder, for the log; nullptr:
/// nobody has. Errors: Denied, Io.
Result<const char*> openToOthers(HANDLE object, const AccessQuestion& question);

/// Opens a file or folder as it is, a link as a link, to ask that. False: see GetLastError.
HANDLE openForQuestion(const wchar_t* path);

}  // namespace monban::windows
