// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace monban::platform {

/// The full paths of all libraries in this process, the program itself left out; none on a system that does not say.
std::vector<std::string> loadedLibraries();

}  // namespace monban::platform
