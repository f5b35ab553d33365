// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/base/result.h"
#include "core/observe/server.h"

namespace monban::platform {

/// The Windows this program runs on, as the server that is set up. Errors: Unsupported (this system is no Windows, or
/// one older than Server 2016).
Result<std::unique_ptr<Server>> thisServer();

/// Has http.sys write the lines that it holds back for the sites' logs; otherwise they come within a minute. Does nothing where
/// this is no Windows, or whoever asks has no right to it.
void flushSiteLogs(const std::stop_token& stop);

}  // namespace monban::platform
