// SPDX-License-Identifier: MIT
#include "core/platform/loaded_libraries.h"

namespace monban::platform {

// Who may plant one is a question of Windows' search path; here nobody asks it.
std::vector<std::string> loadedLibraries() { return {}; }

}  // namespace monban::platform
