// SPDX-License-Identifier: MIT
#pragma once
#include <wx/window.h>

#include <string>
#include <vector>

namespace monban::wizard {

/// What is wrong with how the visible windows in that one are laid out, one sentence each: a text or button that is smaller
/// than its words need, siblings that overlap, a window that is cut off by its parent and cannot be scrolled to.
std::vector<std::string> layoutFaults(const wxWindow& parent);

}  // namespace monban::wizard
