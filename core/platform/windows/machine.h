// SPDX-License-Identifier: MIT
#pragma once
#include "core/observe/facts.h"
#include "core/platform/windows/registry.h"

namespace monban::windows {

/// What computer this is: its Windows by RtlGetVersion, IIS by its registry key, whether this process may change it.
Result<MachineFacts> observeMachine(Registry& registry);

/// The build of this Windows, as facts.h names some of them; 0 where it does not say.
int windowsBuild();

/// When this Windows was started, by its clock.
Time bootTime();

/// Whether this process belongs to the administrators as it runs now: of one that was not started "as administrator"
/// Windows says no (user account control).
bool isAdministrator();

}  // namespace monban::windows
