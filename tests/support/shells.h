// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

/// Parsers written from the shells' own documentation, without a look at the quoting they check.
namespace monban::support {

/// CommandLineToArgvW's rules (learn.microsoft.com, "Parsing C command-line arguments").
inline std::vector<std::string> parseWindowsCommandLine(const std::string& line)
{
    std::vector<std::string> arguments;
    std::size_t i = 0;
    std::string program;
    bool inside = false;
    for (; i < line.size() && (inside || (line[i] != ' ' && line[i] != '\t')); ++i) {
        if (line[i] == '"') inside = !inside;
        else program += line[i];
    }
    arguments.push_back(program);
    while (true) {
        while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
        if (i >= line.size()) return arguments;
        std::string argument;
        bool quoted = false;
        for (; i < line.size() && (quoted || (line[i] != ' ' && line[i] != '\t')); ++i) {
            if (line[i] == '\\') {
                std::size_t count = 0;
                while (i < line.size() && line[i] == '\\') {
                    ++count;
                    ++i;
                }
                if (i < line.size() && line[i] == '"') {
                    argument.append(count / 2, '\\');
                    if (count % 2) argument += '"';
                    else --i;
                } else {
                    argument.append(count, '\\');
                    --i;
                }
            } else if (line[i] == '"') {
                if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
                    argument += '"';
                    ++i;
                } else {
                    quoted = !quoted;
                }
            } else {
                argument += line[i];
            }
        }
        arguments.push_back(argument);
    }
}

/// What cmd.exe hands to the program from a line typed at its prompt: first %NAME% (known: PATH, X; an unknown one
/// stays), then quotes and carets. Returns "" if a special character would act.
inline std::string throughCommandPrompt(const std::string& typed)
{
    std::string line;
    for (std::size_t i = 0; i < typed.size();) {
        const std::size_t end = typed[i] == '%' ? typed.find('%', i + 1) : std::string::npos;
        if (end != std::string::npos) {
            const std::string name = typed.substr(i + 1, end - i - 1);
            if (name == "PATH" || name == "X") {
                line += "EXPANDED";
                i = end + 1;
                continue;
            }
        }
        line += typed[i++];
    }
    std::string handed;
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"') quoted = !quoted;
        if (!quoted && c == '^') {
            if (++i < line.size()) handed += line[i];
            continue;
        }
        if (!quoted && (c == '&' || c == '|' || c == '<' || c == '>')) return "";
        handed += c;
    }
    return handed;
}

/// What Windows PowerShell 5.1 hands to a program: tokens by about_Quoting_Rules and about_Parsing, then its way of
/// joining them: an argument with a blank gets double quotes around it and nothing is escaped; an empty one is dropped.
inline std::string throughPowerShell(const std::string& typed)
{
    std::vector<std::string> tokens;
    std::size_t i = 0;
    const auto quoteAt = [&](std::size_t at) -> std::size_t {
        if (at < typed.size() && typed[at] == '\'') return 1;
        if (at + 2 < typed.size() && typed[at] == '\xE2' && typed[at + 1] == '\x80' && typed[at + 2] >= '\x98' && typed[at + 2] <= '\x9B') return 3;
        return 0;
    };
    while (i < typed.size()) {
        if (typed[i] == ' ') {
            ++i;
            continue;
        }
        std::string token;
        if (const std::size_t first = quoteAt(i)) {
            i += first;
            while (i < typed.size()) {
                const std::size_t length = quoteAt(i);
                if (length && quoteAt(i + length)) {
                    token += typed.substr(i, length);
                    i += length + quoteAt(i + length);
                } else if (length) {
                    i += length;
                    break;
                } else {
                    token += typed[i++];
                }
            }
        } else {
            for (; i < typed.size() && typed[i] != ' '; ++i) {
                if (std::string("{}();,@#$`\"|&<>'").find(typed[i]) != std::string::npos && !(typed[i] == '&' && token.empty())) return "";
                token += typed[i];
            }
            if (token == "--%") return "";
        }
        tokens.push_back(token);
    }
    if (!tokens.empty() && tokens[0] == "&") tokens.erase(tokens.begin());
    std::string line;
    for (const std::string& token : tokens) {
        if (token.empty()) continue;
        const bool blank = token.find_first_of(" \t") != std::string::npos;
        if (!line.empty()) line += ' ';
        line += blank ? '"' + token + '"' : token;
    }
    return line;
}

}  // namespace monban::support
