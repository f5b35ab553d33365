// SPDX-License-Identifier: MIT
#pragma once
#include "core/practice/backend.h"

namespace monban::practice {

/// The SCHANNEL key as the server would be observed; what differs from the last start waits for a restart.
Result<SchannelFacts> observeSchannel(Backend& backend, const Machine& machine);

}  // namespace monban::practice
