// SPDX-License-Identifier: MIT
#include "core/platform/platform.h"

namespace monban::platform {

Result<Done> startElevated(const std::vector<std::string>&)
{
    return Error{ErrorCode::Unsupported, {tr("This system is not Windows, so there is no IIS here to set up."), {}}, "not Windows"};
}

std::string pathForOthers(const std::string& path) { return path; }

}  // namespace monban::platform
