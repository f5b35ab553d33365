// SPDX-License-Identifier: MIT
#include "core/practice/folder_file.h"

#include <algorithm>

#include "core/base/file.h"

namespace monban::practice {
namespace {

using nlohmann::json;

constexpr const char* kText =
    tr("{0} cannot be read: at line {1}, column {2} a text was expected for {3}. Correct that line.");
constexpr const char* kNumber = tr(
    "{0} cannot be read: at line {1}, column {2} a whole number was expected for {3}, or it is too large or too small. "
    "Correct that line.");
constexpr const char* kBoolean =
    tr("{0} cannot be read: at line {1}, column {2} true or false was expected for {3}. Correct that line.");
constexpr const char* kTime =
    tr("{0} cannot be read: at line {1}, column {2} a time such as 2026-11-23T00:00:00Z was expected for {3}. Correct "
       "that line.");
constexpr const char* kWord =
    tr("{0} cannot be read: at line {1}, column {2} there is a word that is not known for {3}. Correct that line.");
constexpr const char* kObject =
    tr("{0} cannot be read: at line {1}, column {2} an object in braces was expected. Correct that line.");
constexpr const char* kList =
    tr("{0} cannot be read: at line {1}, column {2} a list in square brackets was expected. Correct that line.");
constexpr const char* kMissing =
    tr("{0} cannot be read: the entry that begins at line {1}, column {2} has no {3}. Add it.");

}  // namespace

Result<std::optional<FolderFile>> FolderFile::read(const fs::path& path)
{
    const auto text = readText(path);
    if (!text) {
        if (text.error().code == ErrorCode::NotFound) return std::optional<FolderFile>();
        return text.error();
    }
    auto document = JsonDocument::parse(*text, utf8(path));
    if (!document) {
        // What the server's own folder holds was once right: somebody or something damaged it.
        Error error = document.error();
        error.code = ErrorCode::Damaged;
        return error;
    }
    return std::optional(FolderFile(std::move(*document)));
}

void FolderFile::expected(const std::vector<std::string>& path, const char* sentence, const std::string& key)
{
    if (m_problem) return;
    const TextPosition at = m_document.positionOf(path);
    const Message message{sentence,
                          {m_document.name(), std::to_string(at.line), std::to_string(at.column), validUtf8(key)}};
    m_problem = Error{ErrorCode::Damaged, message, inEnglish(message)};
}

void JsonView::expected(const std::string& key, const char* sentence) const
{
    m_file->expected(key.empty() ? m_path : pathTo(key), sentence, key);
}

std::vector<std::string> JsonView::pathTo(const std::string& key) const
{
    std::vector<std::string> path = m_path;
    path.push_back(key);
    return path;
}

const json* JsonView::find(const std::string& key) const
{
    if (!m_value->is_object()) {
        if (!m_value->is_null()) expected("", kObject);
        return nullptr;
    }
    const auto found = m_value->find(key);
    return found == m_value->end() || found->is_null() ? nullptr : &*found;
}

bool JsonView::has(const std::string& key) const { return find(key) != nullptr; }

std::string JsonView::text(const std::string& key, const std::string& fallback) const
{
    const json* value = find(key);
    if (value == nullptr) return fallback;
    if (value->is_string()) return value->get<std::string>();
    expected(key, kText);
    return fallback;
}

std::string JsonView::requiredText(const std::string& key) const
{
    std::string value = text(key);
    if (value.empty()) m_file->expected(m_path, kMissing, key);
    return value;
}

std::int64_t JsonView::integer(const std::string& key, std::int64_t fallback, std::int64_t least,
                               std::int64_t most) const
{
    const json* value = find(key);
    if (value == nullptr) return fallback;
    const bool fits =
        value->is_number_integer() &&
        !(value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX));
    if (fits && value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most)
        return value->get<std::int64_t>();
    expected(key, kNumber);
    return fallback;
}

bool JsonView::boolean(const std::string& key, bool fallback) const
{
    const json* value = find(key);
    if (value == nullptr) return fallback;
    if (value->is_boolean()) return value->get<bool>();
    expected(key, kBoolean);
    return fallback;
}

Time JsonView::time(const std::string& key, Time fallback) const
{
    const json* value = find(key);
    if (value == nullptr) return fallback;
    if (value->is_string())
        if (const auto time = timeFromRfc3339(value->get_ref<const std::string&>())) return *time;
    expected(key, kTime);
    return fallback;
}

std::string JsonView::word(const std::string& key, const std::vector<std::string>& words) const
{
    const std::string value = lowerAscii(text(key, words.front()));
    if (std::find(words.begin(), words.end(), value) != words.end()) return value;
    expected(key, kWord);
    return words.front();
}

JsonView JsonView::object(const std::string& key) const
{
    static const json kNothing = json::object();
    const json* value = find(key);
    if (value != nullptr && value->is_object()) return {*m_file, *value, pathTo(key)};
    if (value != nullptr) expected(key, kObject);
    return {*m_file, kNothing, m_path};
}

JsonView JsonView::list(const std::string& key) const
{
    static const json kNothing = json::array();
    const json* value = find(key);
    return {*m_file, value == nullptr ? kNothing : *value, pathTo(key)};
}

std::vector<JsonView> JsonView::items() const
{
    std::vector<JsonView> views;
    if (!m_value->is_array()) {
        expected("", kList);
        return views;
    }
    for (std::size_t i = 0; i < m_value->size(); ++i)
        views.emplace_back(*m_file, (*m_value)[i], pathTo(std::to_string(i)));
    return views;
}

std::vector<std::pair<std::string, JsonView>> JsonView::members() const
{
    std::vector<std::pair<std::string, JsonView>> views;
    if (!m_value->is_object()) {
        expected("", kObject);
        return views;
    }
    for (const auto& [key, value] : m_value->items()) views.emplace_back(key, JsonView(*m_file, value, pathTo(key)));
    return views;
}

}  // namespace monban::practice
