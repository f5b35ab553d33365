// SPDX-License-Identifier: MIT
#include "core/platform/this_server.h"

namespace monban::platform {

Result<std::unique_ptr<Server>> thisServer()
{
    return Error{ErrorCode::Unsupported,
                 {tr("This system is not Windows, so there is no IIS here to set up."), {}},
                 "not Windows"};
}

void flushSiteLogs(const std::stop_token&) {}

}  // namespace monban::platform
