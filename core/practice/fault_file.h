// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/practice/fault.h"
#include "core/practice/folder_file.h"

namespace monban::practice {

/// The list `faults` of machine.json. Whatever has another shape is a mistake kept in the view's file.
std::vector<Fault> faultsFrom(const JsonView& machine);
nlohmann::json faultsJson(const std::vector<Fault>& faults);

}  // namespace monban::practice
