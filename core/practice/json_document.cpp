// SPDX-License-Identifier: MIT
#include "core/practice/json_document.h"

#include <algorithm>

#include "core/base/file.h"

namespace monban::practice {
namespace {

using nlohmann::json;

constexpr const char* kSyntax =
    tr("{0} cannot be read: at line {1}, column {2} the JSON is broken; {3} was expected. Correct that line.");
constexpr const char* kText = tr("{0} cannot be read: at line {1}, column {2} a text was expected for {3}. Correct that line.");
constexpr const char* kNumber =
    tr("{0} cannot be read: at line {1}, column {2} a whole number was expected for {3}, or it is too large or too small. "
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

/// nlohmann's own words for what it expected, or "JSON".
std::string expectation(const std::string& what)
{
    const auto at = what.rfind("; expected ");
    return at == std::string::npos ? "JSON" : what.substr(at + 11);
}

/// Walks valid JSON text to where the value of a pointer begins. nlohmann/json keeps no positions.
class Locator {
public:
    explicit Locator(const std::string& text) : m_text(text) {}

    std::size_t find(const json::json_pointer& pointer)
    {
        std::vector<std::string> keys;
        for (json::json_pointer rest = pointer; !rest.empty(); rest = rest.parent_pointer()) keys.push_back(rest.back());
        std::reverse(keys.begin(), keys.end());
        if (m_text.compare(0, 3, "\xEF\xBB\xBF") == 0) m_at = 3;
        blanks();
        for (const std::string& key : keys)
            if (!enter(key)) break;
        return m_at;
    }

private:
    void blanks()
    {
        while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos) ++m_at;
    }
    void string()
    {
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at)
            if (m_text[m_at] == '\\') ++m_at;
        ++m_at;
    }
    void skip()
    {
        int depth = 0;
        do {
            blanks();
            if (m_at >= m_text.size()) return;
            const char c = m_text[m_at];
            if (c == '"') string();
            else if (c == '{' || c == '[') ++depth, ++m_at;
            else if (c == '}' || c == ']') --depth, ++m_at;
            else if (c == ',' || c == ':') ++m_at;
            else m_at = std::min(m_text.find_first_of(" \t\r\n,:]}", m_at), m_text.size());
        } while (depth > 0);
    }
    bool enter(const std::string& key)
    {
        const bool object = m_at < m_text.size() && m_text[m_at] == '{';
        ++m_at;
        for (std::size_t index = 0; m_at < m_text.size(); ++index) {
            blanks();
            std::string name = std::to_string(index);
            if (object) {
                const std::size_t start = m_at;
                string();
                name = json::parse(m_text.substr(start, m_at - start), nullptr, false).get<std::string>();
                blanks();
                ++m_at;
                blanks();
            }
            if (name == key) return true;
            skip();
            blanks();
            ++m_at;
        }
        return false;
    }

    const std::string& m_text;
    std::size_t m_at = 0;
};

}  // namespace

Result<std::optional<JsonDocument>> JsonDocument::read(const fs::path& path)
{
    auto text = readText(path);
    if (!text) {
        if (text.error().code == ErrorCode::NotFound) return std::optional<JsonDocument>();
        return text.error();
    }
    JsonDocument document;
    document.m_file = utf8(path);
    document.m_text = std::move(*text);
    try {
        document.m_value = json::parse(document.m_text);
    } catch (const json::parse_error& error) {
        return document.errorAt(error.byte > 0 ? error.byte - 1 : 0, kSyntax, expectation(error.what()));
    } catch (const json::exception&) {  // a number beyond what a double holds
        return document.errorAt(0, kSyntax, "JSON");
    }
    return std::optional(std::move(document));
}

Error JsonDocument::errorAt(std::size_t offset, const char* sentence, const std::string& extra) const
{
    offset = std::min(offset, m_text.size());
    const std::string_view before = std::string_view(m_text).substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto lineStart = before.rfind('\n');
    const std::string_view inLine = lineStart == std::string_view::npos ? before : before.substr(lineStart + 1);
    const auto column = 1 + std::count_if(inLine.begin(), inLine.end(), [](char c) { return (c & 0xC0) != 0x80; });
    const Message message{sentence, {m_file, std::to_string(line), std::to_string(column), validUtf8(extra)}};
    return {ErrorCode::Damaged, message, inEnglish(message)};
}

void JsonDocument::expected(const std::string& pointer, const char* sentence, const std::string& key)
{
    if (!m_problem) m_problem = errorAt(Locator(m_text).find(json::json_pointer(pointer)), sentence, key);
}

void JsonView::expected(const std::string& key, const char* sentence) const
{
    m_document->expected(key.empty() ? m_pointer : pointerTo(key), sentence, key);
}

std::string JsonView::pointerTo(const std::string& key) const { return (json::json_pointer(m_pointer) / key).to_string(); }

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
    if (value.empty()) m_document->expected(m_pointer, kMissing, key);
    return value;
}

std::int64_t JsonView::integer(const std::string& key, std::int64_t fallback, std::int64_t least, std::int64_t most) const
{
    const json* value = find(key);
    if (value == nullptr) return fallback;
    const bool fits = value->is_number_integer() &&
                      !(value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX));
    if (fits && value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most) return value->get<std::int64_t>();
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
    if (value != nullptr && value->is_object()) return {*m_document, *value, pointerTo(key)};
    if (value != nullptr) expected(key, kObject);
    return {*m_document, kNothing, m_pointer};
}

std::vector<JsonView> JsonView::items() const
{
    std::vector<JsonView> views;
    if (!m_value->is_array()) {
        expected("", kList);
        return views;
    }
    for (std::size_t i = 0; i < m_value->size(); ++i) views.emplace_back(*m_document, (*m_value)[i], pointerTo(std::to_string(i)));
    return views;
}

std::vector<std::pair<std::string, JsonView>> JsonView::members() const
{
    std::vector<std::pair<std::string, JsonView>> views;
    if (!m_value->is_object()) {
        expected("", kObject);
        return views;
    }
    for (const auto& [key, value] : m_value->items()) views.emplace_back(key, JsonView(*m_document, value, pointerTo(key)));
    return views;
}

std::string forPeople(const json& value) { return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n"; }

}  // namespace monban::practice
