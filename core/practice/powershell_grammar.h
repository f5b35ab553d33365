// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace monban::practice::powershell {

/// A piece of a PowerShell 5.1 statement.
struct Token {
    enum class Kind { Word, Quoted, Symbol };
    Kind kind = Kind::Word;
    std::string text;     ///< without quotes
    bool joined = false;  ///< no blank before it
    bool is(const char* symbol) const { return kind == Kind::Symbol && text == symbol; }
};
using Statement = std::vector<Token>;

/// Statements divided by `;` and line ends. Nothing where a quote or parenthesis is not closed, or a variable other
/// than $env:windir, $env:SystemRoot, $PWD, $true and $false is used.
std::optional<std::vector<Statement>> parse(const std::string& text);

}  // namespace monban::practice::powershell
