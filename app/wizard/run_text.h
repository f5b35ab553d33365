// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "app/wizard/session.h"

namespace monban::wizard {

enum class ShellKind { CommandPrompt, PowerShell };

/// What runs or ran, as the commands pane and a saved log show it.
struct RunText {
    std::string text;      ///< with titles, output and results
    std::string commands;  ///< the commands alone, to be pasted
};
/// Console output as it stands beneath its command.
std::string indented(const std::string& output);
RunText runText(const std::vector<RanStep>& ran, const std::vector<Step>& coming, ShellKind shell);

/// A log of everything that ran since the program started, for a file: runs that were repeated first, then
/// the last of each chapter. Of no secrets: commands hold none.
std::string logText(const Session& session, Time now);

}  // namespace monban::wizard
