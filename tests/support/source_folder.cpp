// SPDX-License-Identifier: MIT
#include "tests/support/source_folder.h"

namespace monban::support {

const char* const kSourceFolder = MONBAN_SOURCE;

}  // namespace monban::support
