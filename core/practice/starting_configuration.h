// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace monban::practice {

/// applicationHost.config of a Windows Server on which IIS was just installed: one site with one http binding, the
/// access section locked to this file.
extern const char* const kStartingConfiguration;

}  // namespace monban::practice
