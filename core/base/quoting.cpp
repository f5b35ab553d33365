// SPDX-License-Identifier: MIT
#include "core/base/quoting.h"

#include <string_view>

namespace monban {

/// Quotes as PowerShell counts them: U+2018 to U+201B end a single-quoted string as ' does.
std::string powerShellString(const std::string& text)
{
    std::string quoted = "'";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\'') {
            quoted += "''";
        } else if (text.compare(i, 2, "\xE2\x80") == 0 && i + 2 < text.size() && text[i + 2] >= '\x98' && text[i + 2] <= '\x9B') {
            quoted += text.substr(i, 3) + text.substr(i, 3);
            i += 2;
        } else {
            quoted += text[i];
        }
    }
    return quoted + '\'';
}

namespace {

bool contains(std::string_view text, std::string_view anyOf) { return text.find_first_of(anyOf) != std::string_view::npos; }

/// An argument as the C runtime reads it back: backslashes count only before a double quote.
std::string crtQuoted(const std::string& argument, bool always)
{
    if (!always && !argument.empty() && !contains(argument, " \t\n\v\r\"")) return argument;
    std::string quoted = "\"";
    std::size_t backslashes = 0;
    for (const char c : argument) {
        if (c == '\\') {
            ++backslashes;
            continue;
        }
        quoted.append(c == '"' ? backslashes * 2 + 1 : backslashes, '\\');
        backslashes = 0;
        quoted += c;
    }
    quoted.append(backslashes * 2, '\\');
    return quoted + '"';
}

/// The program's name is read by a simpler rule: up to the next quote, backslashes never count.
std::string quotedProgram(const std::string& program)
{
    return contains(program, " \t") || program.empty() ? '"' + program + '"' : program;
}

std::string forCommandPromptOne(const std::string& argument)
{
    // Within quotes cmd.exe takes everything literally but the quote itself and %NAME%.
    const bool plain = !contains(argument, "\"%");
    if (plain) return crtQuoted(argument, contains(argument, "&|<>^()!"));
    // Otherwise every special character gets a caret, the quotes included, so that cmd.exe sees no quoting at all and
    // hands the C runtime's own quoting on. An interactive prompt leaves %NAME^% alone: no variable has such a name.
    std::string escaped;
    for (const char c : crtQuoted(argument, true)) {
        if (contains(std::string_view(&c, 1), "()%!^\"<>&|")) escaped += '^';
        escaped += c;
    }
    return escaped;
}

bool bareInPowerShell(const std::string& argument)
{
    if (argument.empty()) return false;
    for (const char c : argument) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !contains(std::string_view(&c, 1), "_./:\\=-+*")) return false;
    }
    // PowerShell splits a bare -word at its first colon or dot.
    return !(argument[0] == '-' && contains(argument, ".:"));
}

std::string forPowerShellOne(const std::string& argument)
{
    if (bareInPowerShell(argument)) return argument;
    // 5.1 puts quotes around an argument with a blank and escapes nothing, and drops an empty one: what the C runtime
    // needs has to stand in the string already.
    if (argument.empty()) return "'\"\"'";
    const bool blank = contains(argument, " \t");
    if (!contains(argument, "\"") && !(blank && argument.back() == '\\')) return powerShellString(argument);
    const std::string quoted = crtQuoted(argument, true);
    return powerShellString(quoted.substr(1, quoted.size() - 2));
}

}  // namespace

std::string windowsCommandLine(const Command& command)
{
    std::string line = quotedProgram(command.program);
    for (const std::string& argument : command.arguments) line += ' ' + crtQuoted(argument, false);
    return line;
}

std::optional<std::string> forCommandPrompt(const Command& command)
{
    std::string line = forCommandPromptOne(command.program);
    for (const std::string& argument : command.arguments) {
        if (contains(argument, "\r\n") || argument.find('\0') != std::string::npos) return std::nullopt;
        line += ' ' + forCommandPromptOne(argument);
    }
    return line;
}

std::optional<std::string> forPowerShell(const Command& command)
{
    // A quoted program name would only be printed; the call operator runs it.
    std::string line = bareInPowerShell(command.program) ? command.program : "& " + powerShellString(command.program);
    for (const std::string& argument : command.arguments) {
        if (contains(argument, "\r\n") || argument.find('\0') != std::string::npos) return std::nullopt;
        line += ' ' + forPowerShellOne(argument);
    }
    return line;
}

}  // namespace monban
