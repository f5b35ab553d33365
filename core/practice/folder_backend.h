// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/practice/backend.h"

namespace monban::practice {

/// The state of a practice server in a folder of plain files that a person can read, edit or delete at any time
/// (layout: CONTRACTS, "Folder"). Files are replaced atomically under one lock.
/// Errors: NotFound (no practice server there: no machine.json), Damaged.
Result<std::unique_ptr<Backend>> openFolder(const fs::path& folder);

/// The same for a new server: makes the sub-folders and machine.json first. What else is in the folder stays.
Result<std::unique_ptr<Backend>> makeFolder(const fs::path& folder, const Machine& machine);

}  // namespace monban::practice
