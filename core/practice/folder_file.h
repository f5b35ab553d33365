// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_text.h"
#include "core/base/time.h"
#include "core/base/utf8.h"

namespace monban::practice {

/// A JSON file of the practice server's folder, which a person may have edited: whatever does not fit is an error that
/// names file, line, column and what was expected there.
class FolderFile {
public:
    /// Nothing where the file does not exist. Errors: Damaged, Denied, Io.
    static Result<std::optional<FolderFile>> read(const fs::path& path);

    const nlohmann::json& value() const { return m_document.root(); }
    /// The first thing that did not fit while views of this file were read.
    const std::optional<Error>& problem() const { return m_problem; }
    /// Remembers that at this path something else was expected: a marked sentence in which {0} is the file, {1} the
    /// line, {2} the column and {3} the key.
    void expected(const std::vector<std::string>& path, const char* sentence, const std::string& key);

private:
    explicit FolderFile(JsonDocument document) : m_document(std::move(document)) {}

    JsonDocument m_document;
    std::optional<Error> m_problem;
};

/// One value of such a file, read with defaults for what is absent. Mistakes are kept in the file.
class JsonView {
public:
    explicit JsonView(FolderFile& file) : JsonView(file, file.value(), {}) {}
    JsonView(FolderFile& file, const nlohmann::json& value, std::vector<std::string> path)
        : m_file(&file), m_value(&value), m_path(std::move(path))
    {
    }

    bool has(const std::string& key) const;  ///< present and not null
    std::string text(const std::string& key, const std::string& fallback = {}) const;
    std::string requiredText(const std::string& key) const;
    std::int64_t integer(const std::string& key, std::int64_t fallback, std::int64_t least, std::int64_t most) const;
    bool boolean(const std::string& key, bool fallback) const;
    Time time(const std::string& key, Time fallback) const;
    /// One of the words, else the first of them and a mistake.
    std::string word(const std::string& key, const std::vector<std::string>& words) const;

    JsonView object(const std::string& key) const;
    JsonView list(const std::string& key) const;  ///< absent: an empty one
    std::vector<JsonView> items() const;                            ///< this value is a list
    std::vector<std::pair<std::string, JsonView>> members() const;  ///< this value is an object
    const nlohmann::json& value() const { return *m_value; }
    void expected(const std::string& key, const char* sentence) const;

private:
    const nlohmann::json* find(const std::string& key) const;
    std::vector<std::string> pathTo(const std::string& key) const;

    FolderFile* m_file;
    const nlohmann::json* m_value;
    std::vector<std::string> m_path;
};

}  // namespace monban::practice
