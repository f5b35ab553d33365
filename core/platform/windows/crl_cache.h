// SPDX-License-Identifier: MIT
#pragma once
#include "core/observe/facts.h"
#include "core/platform/windows/registry.h"

namespace monban::windows {

/// The revocation lists in Windows' disk caches: the caller's, and those of the accounts that http.sys and IIS run in
/// (WINDOWS-FACTS 8). Which files hold lists is seen from what stands in them. Errors: Denied (only administrators may
/// look into the services' caches).
Result<CrlCacheFacts> observeCrlCache(Registry& registry);

}  // namespace monban::windows
