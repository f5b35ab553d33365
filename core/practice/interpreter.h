// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::practice {

/// What a program of the practice server printed, and its exit code. certutil's and certreq's HRESULTs are negative.
struct Reply {
    int exitCode = 0;
    std::string text;  ///< UTF-8, lines ended by "\n"
};

/// One command as typed: any case, with or without `.exe`, bare or by its full path in the Windows folder.
struct Invocation {
    std::string program;
    std::vector<std::string> arguments;
    /// Asked for what its standard input holds only when the program reads it: most never do, and whoever typed the
    /// command may have left the input open. Empty: nothing to read.
    std::function<std::string()> input;
};

/// Runs certutil, netsh, certreq, appcmd, reg, net, sc, schtasks, iisreset or powershell on the state behind the
/// back-end, by their documented grammar. What it does not know it refuses in the program's own words, never silently.
Reply interpret(Backend& backend, const Invocation& invocation);

}  // namespace monban::practice
