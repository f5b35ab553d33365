// SPDX-License-Identifier: MIT
#include "core/base/json_text.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/base/utf8.h"

namespace monban {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 64;

std::string asUtf8(const std::string& bytes)
{
    const auto startsWith = [&](const char* mark, std::size_t size) { return bytes.compare(0, size, mark, size) == 0; };
    if (startsWith("\xEF\xBB\xBF", 3)) return bytes.substr(3);
    const bool little = startsWith("\xFF\xFE", 2);
    if (!little && !startsWith("\xFE\xFF", 2)) return bytes;
    std::u16string units;
    for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const auto second = static_cast<unsigned char>(bytes[i + 1]);
        units += static_cast<char16_t>(little ? second << 8 | first : first << 8 | second);
    }
    return utf8FromUtf16(units);
}

/// nlohmann's "…: syntax error while parsing value - unexpected end of input; expected '}'" without its own codes.
std::string reasonOf(const json::parse_error& error)
{
    std::string reason = error.what();
    for (const char* marker : {"syntax error while ", "parse error at "}) {
        const std::size_t at = reason.find(marker);
        if (at != std::string::npos) {
            reason = reason.substr(at + (marker[0] == 's' ? std::char_traits<char>::length(marker) : 0));
            break;
        }
    }
    return validUtf8(reason);
}

/// Finds the value at a path in text that already parsed; a small recursive reader, as deep as the path.
class Finder {
public:
    explicit Finder(const std::string& text) : m_text(text) {}

    std::optional<std::size_t> find(const std::vector<std::string>& path)
    {
        blanks();
        for (const std::string& key : path)
            if (!enter(key)) return std::nullopt;
        return m_at;
    }

private:
    void blanks()
    {
        while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos) ++m_at;
    }
    std::string string()
    {
        const std::size_t start = m_at++;
        while (m_at < m_text.size() && m_text[m_at] != '"') m_at += m_text[m_at] == '\\' ? 2 : 1;
        ++m_at;
        const json parsed = json::parse(m_text.substr(start, m_at - start), nullptr, false);
        return parsed.is_string() ? parsed.get<std::string>() : std::string();
    }
    void skipValue()
    {
        int depth = 0;
        do {
            blanks();
            const char c = m_text[m_at];
            if (c == '"') {
                string();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++m_at;
            } else if (c == '}' || c == ']') {
                --depth;
                ++m_at;
            } else if (c == ',' || c == ':') {
                ++m_at;
            } else {
                while (m_at < m_text.size() && std::string_view(",]} \t\r\n").find(m_text[m_at]) == std::string_view::npos) ++m_at;
            }
        } while (depth > 0 && m_at < m_text.size());
    }
    /// From the start of an object or list to its member of that name or number.
    bool enter(const std::string& key)
    {
        if (m_at >= m_text.size() || (m_text[m_at] != '{' && m_text[m_at] != '[')) return false;
        const bool object = m_text[m_at++] == '{';
        for (std::size_t index = 0; m_at < m_text.size(); ++index) {
            blanks();
            if (m_at >= m_text.size() || m_text[m_at] == '}' || m_text[m_at] == ']') return false;
            std::string name = std::to_string(index);
            if (object) {
                name = string();
                blanks();
                ++m_at;  // the colon
                blanks();
            }
            if (name == key) return true;
            skipValue();
            blanks();
            if (m_at < m_text.size() && m_text[m_at] == ',') ++m_at;
        }
        return false;
    }

    const std::string& m_text;
    std::size_t m_at = 0;
};

/// What a second look at text that already parsed finds and the parser does not mind: a key that stands twice in one
/// object, and nesting no file of ours has.
class Survey {
public:
    explicit Survey(const std::string& text)
    {
        struct Level {
            bool object;
            std::set<std::string> keys;
        };
        std::vector<Level> levels;
        bool key = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (c == '{' || c == '[') {
                levels.push_back({c == '{', {}});
                key = c == '{';
                if (levels.size() > kDeepest && !m_tooDeep) m_tooDeep = i;
            } else if (c == '}' || c == ']') {
                levels.pop_back();
                key = false;
            } else if (c == ',') {
                key = levels.back().object;
            } else if (c == '"') {
                const std::size_t start = i++;
                while (text[i] != '"') i += text[i] == '\\' ? 2 : 1;
                if (!key) continue;
                const json name = json::parse(text.substr(start, i + 1 - start));
                if (!levels.back().keys.insert(name.get<std::string>()).second && !m_twice) m_twice = {start, name.get<std::string>()};
                key = false;
            }
        }
    }
    const std::optional<std::pair<std::size_t, std::string>>& twice() const { return m_twice; }
    std::optional<std::size_t> tooDeep() const { return m_tooDeep; }

private:
    std::optional<std::pair<std::size_t, std::string>> m_twice;
    std::optional<std::size_t> m_tooDeep;
};

/// Where the number stands that no floating-point value can hold: the parser names it, but not its place.
std::size_t overflowing(const std::string& text)
{
    const std::string digits = "-0123456789";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"';) i += text[i] == '\\' ? 2 : 1;
        } else if (digits.find(text[i]) != std::string::npos) {
            const std::size_t end = std::min(text.find_first_not_of("-+.eE0123456789", i), text.size());
            // Whatever is not finite is refused by the parser; at the top level it stands alone.
            if (!json::accept(text.substr(i, end - i))) return i;
            i = end - 1;
        }
    }
    return 0;
}

Error at(const std::string& name, const std::string& text, std::size_t byte, const std::string& reason)
{
    const TextPosition position = positionAt(text, byte);
    return {ErrorCode::InvalidInput,
            {tr("{0}, line {1}, column {2}: this is not valid JSON ({3})."),
             {name, std::to_string(position.line), std::to_string(position.column), reason}},
            "JSON: " + reason};
}

}  // namespace

TextPosition positionAt(const std::string& text, std::size_t byte)
{
    TextPosition position;
    for (std::size_t i = 0; i < byte && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++position.line;
            position.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++position.column;
        }
    }
    return position;
}

Result<JsonDocument> JsonDocument::parse(const std::string& bytes, const std::string& name)
{
    JsonDocument document;
    document.m_text = asUtf8(bytes);
    document.m_name = name;
    try {
        document.m_root = json::parse(document.m_text);
    } catch (const json::parse_error& error) {
        return at(name, document.m_text, error.byte > 0 ? error.byte - 1 : 0, reasonOf(error));
    } catch (const json::out_of_range& error) {
        return at(name, document.m_text, overflowing(document.m_text), validUtf8(error.what()));
    } catch (const json::exception& error) {
        return at(name, document.m_text, 0, validUtf8(error.what()));
    }
    const Survey survey(document.m_text);
    if (survey.tooDeep()) {
        const TextPosition position = positionAt(document.m_text, *survey.tooDeep());
        return Error{ErrorCode::InvalidInput,
                     {tr("{0}, line {1}, column {2}: this is nested deeper than any file of this kind."),
                      {name, std::to_string(position.line), std::to_string(position.column)}},
                     "JSON too deep"};
    }
    if (survey.twice()) {
        const TextPosition position = positionAt(document.m_text, survey.twice()->first);
        return Error{ErrorCode::InvalidInput,
                     {tr("{0}, line {1}, column {2}: the key \"{3}\" stands there a second time. Remove one of them."),
                      {name, std::to_string(position.line), std::to_string(position.column), survey.twice()->second}},
                     "duplicate key"};
    }
    return document;
}

TextPosition JsonDocument::positionOf(const std::vector<std::string>& path) const
{
    return positionAt(m_text, Finder(m_text).find(path).value_or(0));
}

std::string JsonDocument::place(const std::vector<std::string>& path) const
{
    const TextPosition position = positionOf(path);
    return m_name + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::string jsonText(const json& value) { return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n"; }

}  // namespace monban
