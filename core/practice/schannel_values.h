// SPDX-License-Identifier: MIT
#pragma once
#include "core/practice/backend.h"

namespace monban::practice {

/// The SCHANNEL key as the server would be observed: its two values, what else stands there, and values that bear such
/// a name in keys near it, where a recipe may have put them by mistake.
Result<SchannelFacts> observeSchannel(Backend& backend, const Machine& machine);

}  // namespace monban::practice
