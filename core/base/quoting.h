// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace monban {

/// A program and its arguments, UTF-8: what every command of the product is, never a line of text.
struct Command {
    std::string program;  ///< full path; a lower-case drive or forward slash is not normalised
    std::vector<std::string> arguments;
    friend bool operator==(const Command&, const Command&) = default;
};

/// The command line by the C runtime's rules (learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments),
/// from which CommandLineToArgvW and the runtime give back exactly these arguments.
std::string windowsCommandLine(const Command& command);

/// What a person types at an interactive Command Prompt to run the same; nothing if that shell cannot express it
/// (a line break in an argument).
std::optional<std::string> forCommandPrompt(const Command& command);

/// What a person types in Windows PowerShell 5.1, the one every Windows Server has. It hands an argument with quotes
/// or blanks to a program differently from PowerShell 7.3 and later; only an argument with a double quote inside, or a
/// blank and a trailing backslash, shows that difference.
std::optional<std::string> forPowerShell(const Command& command);

/// A string of PowerShell's own language, for its cmdlets: every character but the line break as it stands.
std::string powerShellString(const std::string& text);

}  // namespace monban
