// SPDX-License-Identifier: MIT
#pragma once

namespace monban::support {

/// Where the sources are, for tests that read tests/data. In a file of its own: whatever else names a folder of this machine
/// would have to be compiled anew in every clone.
extern const char* const kSourceFolder;

}  // namespace monban::support
