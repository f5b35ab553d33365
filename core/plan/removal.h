// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace monban {

/// Takes the set-up off the site that bind.site names: its paths want no client certificate any more, its records ask for none. An
/// https binding that a run of Monban had made goes with its record; any other stays and serves on. A CTL store that no record
/// names afterwards is emptied, and a root CA leaves ROOT where Monban had put it and nothing else is seen to need it. What
/// other sites or other programs share stays and is named, and so does the server certificate, whose key no undo brings back.
Plan planRemoval(const PlanInput& input);

/// The sites that something can be taken off, by their names.
std::vector<std::string> removableSites(const Facts& facts);

}  // namespace monban
