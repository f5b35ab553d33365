// SPDX-License-Identifier: MIT
#include "core/practice/inf_file.h"

#include "core/base/utf8.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

std::string textFrom(ByteView bytes)
{
    const std::string_view text = textOf(bytes);
    if (text.starts_with("\xEF\xBB\xBF")) return validUtf8(text.substr(3));
    const bool little = text.starts_with("\xFF\xFE");
    if (little || text.starts_with("\xFE\xFF")) {
        std::u16string units;
        for (std::size_t i = 2; i + 1 < bytes.size(); i += 2)
            units += static_cast<char16_t>(little ? bytes[i + 1] << 8 | bytes[i] : bytes[i] << 8 | bytes[i + 1]);
        return utf8FromUtf16(units);
    }
    if (isUtf8(text)) return std::string(text);
    // An "ANSI" file of a western server: its letters are those of Latin-1.
    std::u16string units;
    for (const std::uint8_t byte : bytes) units += static_cast<char16_t>(byte);
    return utf8FromUtf16(units);
}

/// The line without its comment; quotes keep a semicolon.
std::string withoutComment(const std::string& line)
{
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') quoted = !quoted;
        if (line[i] == ';' && !quoted) return line.substr(0, i);
    }
    return line;
}

/// The value without its quotes, a doubled quote inside as one; nothing where a quote is not closed.
std::optional<std::string> withoutQuotes(const std::string& value)
{
    std::string text;
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '"') {
            text += value[i];
        } else if (quoted && i + 1 < value.size() && value[i + 1] == '"') {
            text += '"';
            ++i;
        } else {
            quoted = !quoted;
        }
    }
    return quoted ? std::nullopt : std::optional(text);
}

}  // namespace

std::optional<InfFile> InfFile::parse(ByteView bytes)
{
    InfFile file;
    const std::string text = textFrom(bytes);
    std::string joined;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        std::string line = trimmed(withoutComment(text.substr(at, end - at)));
        at = end + 1;
        if (!line.empty() && line.back() == '\\') {
            joined += line.substr(0, line.size() - 1);
            continue;
        }
        line = joined + line;
        joined.clear();
        if (!line.empty() && !file.take(line)) return std::nullopt;
    }
    if (!joined.empty() && !file.take(joined)) return std::nullopt;
    for (Section& section : file.m_sections)
        if (!equalsIgnoringCase(section.name, "Strings"))
            for (Line& line : section.lines) line.value = file.withStrings(line.value);
    return file;
}

bool InfFile::take(const std::string& line)
{
    if (line.front() == '[') {
        const auto close = line.find(']');
        if (close == std::string::npos) return false;
        m_sections.push_back({trimmed(line.substr(1, close - 1)), {}});
        return true;
    }
    if (m_sections.empty()) return false;
    const auto equals = line.find('=');
    const auto key = withoutQuotes(trimmed(line.substr(0, equals)));
    const auto value =
        equals == std::string::npos ? std::optional(std::string()) : withoutQuotes(trimmed(line.substr(equals + 1)));
    if (!key || !value) return false;
    m_sections.back().lines.push_back({*key, *value});
    return true;
}

std::string InfFile::withStrings(const std::string& text) const
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = text[i] == '%' ? text.find('%', i + 1) : std::string::npos;
        if (end == i + 1) {  // %% is a percent sign
            result += '%';
            i = end;
            continue;
        }
        const auto string = end == std::string::npos ? std::nullopt : value("Strings", text.substr(i + 1, end - i - 1));
        if (string) {
            result += *string;
            i = end;
        } else {
            result += text[i];
        }
    }
    return result;
}

bool InfFile::has(const std::string& section) const
{
    for (const Section& one : m_sections)
        if (equalsIgnoringCase(one.name, section)) return true;
    return false;
}

std::vector<InfFile::Line> InfFile::lines(const std::string& section) const
{
    std::vector<Line> lines;
    for (const Section& one : m_sections)
        if (equalsIgnoringCase(one.name, section)) lines.insert(lines.end(), one.lines.begin(), one.lines.end());
    return lines;
}

std::optional<std::string> InfFile::value(const std::string& section, const std::string& key) const
{
    for (const Line& line : lines(section))
        if (equalsIgnoringCase(line.key, key)) return line.value;
    return std::nullopt;
}

}  // namespace monban::practice
