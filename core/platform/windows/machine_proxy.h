// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/observe/proxy.h"

namespace monban::windows {

/// What `netsh winhttp set proxy` left for the whole machine (WinHttpGetDefaultProxyConfiguration); nothing where it asks
/// directly, or where Windows does not say.
std::optional<Proxy> machineProxy();

}  // namespace monban::windows
