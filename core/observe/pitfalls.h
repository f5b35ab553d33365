// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/observe/facts.h"
#include "core/pki/finding.h"

namespace monban {

/// Known bad states of a server, one function each behind this one; shown by `status` and by every plan.
std::vector<Finding> pitfalls(const Facts& facts);

}  // namespace monban
