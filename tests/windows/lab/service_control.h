// SPDX-License-Identifier: MIT
#pragma once
#include "core/practice/backend.h"

/// The services of the practice server in this Windows' (Wine's) service control manager, where the product looks.
namespace monban::lab {

/// Registers those that are missing, each run by that program, with what they depend on. None is started.
Result<Done> makeServices(const fs::path& program);

/// Starts and stops them until they are as the machine says, a dependent before what it needs. Only those that
/// makeServices() made: Wine's own drivers stay as they are.
Result<Done> followServices(const practice::Machine& machine);

}  // namespace monban::lab
