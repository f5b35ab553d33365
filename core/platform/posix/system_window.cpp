// SPDX-License-Identifier: MIT
#include "core/platform/platform.h"

namespace monban::platform {

Result<Done> openSystemWindow(const std::string& name)
{
    return Error{ErrorCode::Unsupported, {tr("{0} is a window of Windows; this computer has none of that name."), {name}}, "not Windows"};
}

}  // namespace monban::platform
