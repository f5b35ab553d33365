// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "core/base/result.h"

namespace monban {

/// Place in a text, counted from 1 as editors do; columns count characters, not bytes.
struct TextPosition {
    std::size_t line = 1;
    std::size_t column = 1;
};
TextPosition positionAt(const std::string& text, std::size_t byte);

/// A JSON document that a person may have written: UTF-8 with or without byte-order mark, or the UTF-16 that
/// PowerShell's redirection writes. `name` is what the file is called in messages.
/// Errors: InvalidInput, naming file, line, column and what was expected there; a key that stands twice is one.
class JsonDocument {
public:
    static Result<JsonDocument> parse(const std::string& bytes, const std::string& name);

    const nlohmann::json& root() const { return m_root; }
    const std::string& name() const { return m_name; }

    /// Where the value of that key path starts, for messages about a value of the wrong type or an unknown key.
    TextPosition positionOf(const std::vector<std::string>& path) const;
    /// "NAME, line L, column C" of that path.
    std::string place(const std::vector<std::string>& path) const;

private:
    nlohmann::json m_root;
    std::string m_text;
    std::string m_name;
};

/// JSON as text that is always valid UTF-8, two blanks of indentation, a line break at the end.
std::string jsonText(const nlohmann::json& value);

}  // namespace monban
