// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban::windows {

/// `C:\ProgramData\Monban`, where the journals of this computer are kept. Empty where Windows does not say.
fs::path dataFolder();

/// Any user may make folders in ProgramData, and whoever made this one could put journals there that an undo would act
/// on. So it counts only if administrators or the system own it, nobody else may write in it, and it is no link. Where
/// it is missing, nothing is there to be believed; make: an administrator gets it, with an access list of its own.
/// Errors: Denied (it is somebody else's, or only administrators may look), Io.
Result<Done> guardFolder(const fs::path& folder, bool make);

}  // namespace monban::windows
