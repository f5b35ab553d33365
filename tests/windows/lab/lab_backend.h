// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/practice/backend.h"

namespace monban::lab {

/// `C:\lab`, or what the environment variable MONBAN_LAB names: what Wine has nothing of its own for lies there, in the
/// files of a practice server (machine.json, http/records.json, tasks.json, ca) and the keys' PEM texts.
fs::path labFolder();

/// Beneath the stand-ins in the lab: the practice server's folder for what Wine only stubs, and for the rest what the
/// product's code for Windows looks at, too: Wine's own certificate stores, machine key set, registry, services, the
/// folders of CryptnetUrlCache, `inetsrv\config`, `inetsrv\backup` and drive C:.
/// Errors: NotFound (no machine.json in the lab's folder), Damaged.
Result<std::unique_ptr<practice::Backend>> openLab();

}  // namespace monban::lab
