// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::practice {

/// What a program of the practice server printed, and its exit code. certutil's and certreq's HRESULTs are negative.
struct Reply {
    int exitCode = 0;
    std::string text;  ///< UTF-8, lines ended by "\n"; of a fault of the kind garbage any bytes
    std::optional<Error> stopped{};  ///< it hung, and the caller's patience ended
};

/// One command as typed: any case, with or without `.exe`, bare or by its full path in the Windows folder.
struct Invocation {
    std::string program;
    std::vector<std::string> arguments;
    /// Asked for what its standard input holds only when the program reads it: most never do, and whoever typed the
    /// command may have left the input open. Empty: nothing to read.
    std::function<std::string()> input;
    /// Lets a program that hangs do so for that long; an error when the caller stops it. Empty: it hangs undisturbed.
    std::function<Result<Done>(std::chrono::seconds)> wait{};
};

/// Runs certutil, netsh, certreq, appcmd, reg, net, sc, schtasks, iisreset or powershell on the state behind the
/// back-end, by their documented grammar. What it does not know it refuses in the program's own words, never silently.
/// Faults of machine.json (fault.h) make it go wrong.
Reply interpret(Backend& backend, const Invocation& invocation);

/// Whether there is a program of that name, lower-case, without `.exe`.
bool isProgram(const std::string& name);

}  // namespace monban::practice
