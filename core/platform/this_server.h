// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/base/result.h"
#include "core/observe/server.h"

namespace monban::platform {

/// The Windows this program runs on, as the server that is set up. Errors: Unsupported (this system is no Windows, or
/// one older than Server 2016).
Result<std::unique_ptr<Server>> thisServer();

}  // namespace monban::platform
