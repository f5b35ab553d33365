// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/quoting.h"
#include "core/model/answers.h"
#include "core/observe/facts.h"

namespace monban {

/// A way to see the same without Monban: a command that only reads, or one of Windows' own windows.
struct SelfCheck {
    enum class Kind {
        Command,    ///< runs on the server and prints
        Window,     ///< opens on the server (platform::openWindow)
        Elsewhere,  ///< is for the device that visits the site
    };
    Kind kind = Kind::Command;
    std::string text;  ///< as a person types it, or the window's name
    Command command;   ///< of Kind::Command
};

/// The checks of a page of the wizard, by its word ("bind", "finish"); they follow what the answers name.
std::vector<SelfCheck> selfChecks(const std::string& page, const Answers& answers, const Facts& facts);

}  // namespace monban
