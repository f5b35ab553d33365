// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"

namespace monban::windows {

/// The console program, by its full path, where a scheduled task may run it with the rights of the system: it lies below Program
/// Files of this computer, beside the program that runs, and nobody but administrators, the system and Windows' own installer may
/// change it, its folder, or exchange a folder above. Errors: Unsupported (this Monban is not installed so), Denied (somebody else
/// could replace it), Io.
Result<std::string> installedConsole();

}  // namespace monban::windows
