// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/utf8.h"

namespace monban::windows {

/// `C:\Windows\System32` as GetSystemDirectory says: where tools are run from and libraries are loaded from, never from
/// the search path. Empty where Windows does not say.
fs::path systemFolder();

}  // namespace monban::windows
