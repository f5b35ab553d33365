// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "core/plan/action.h"

namespace monban {

/// What appcmd is told about one binding of a site, named by its protocol and its text `address:port:host`
/// (WINDOWS-FACTS 5.4). All of them commit to applicationHost.config.
struct BindingCommands {
    std::string appcmd;  ///< the program, by its full path
    std::string site;
    std::string protocol;
    std::string information;

    Command add(std::uint32_t sslFlags) const;
    Command setFlags(std::uint32_t sslFlags) const;
    Command remove() const;
};

}  // namespace monban
