// SPDX-License-Identifier: MIT
#include "core/observe/configuration_text.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool startsWith(const std::string& text, std::size_t at, std::string_view what)
{
    return text.compare(at, what.size(), what) == 0;
}

std::u16string units(std::string_view bytes, bool bigEndian)
{
    std::u16string text;
    text.reserve(bytes.size() / 2);
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const auto second = static_cast<unsigned char>(bytes[i + 1]);
        text += static_cast<char16_t>(bigEndian ? first << 8 | second : second << 8 | first);
    }
    return text;
}

std::string bytes(const std::u16string& text, bool bigEndian)
{
    std::string result;
    result.reserve(text.size() * 2);
    for (const char16_t unit : text) {
        const char low = static_cast<char>(unit & 0xFF);
        const char high = static_cast<char>(unit >> 8);
        result += bigEndian ? high : low;
        result += bigEndian ? low : high;
    }
    return result;
}

/// Just past the `>` of the tag that begins at this place.
std::size_t tagEnd(const std::string& text, std::size_t start)
{
    char quote = 0;
    for (std::size_t i = start; i < text.size(); ++i) {
        if (quote != 0) {
            if (text[i] == quote) quote = 0;
        } else if (text[i] == '"' || text[i] == '\'') {
            quote = text[i];
        } else if (text[i] == '>') {
            return i + 1;
        }
    }
    return text.size();
}

bool selfClosing(const std::string& text, std::size_t end) { return end >= 2 && text[end - 2] == '/'; }

/// Past a comment, CDATA section, processing instruction or DOCTYPE at this place; nothing if it is a tag.
std::optional<std::size_t> skipped(const std::string& text, std::size_t at)
{
    static constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
        {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};
    for (const auto& [open, close] : kOthers) {
        if (!startsWith(text, at, open)) continue;
        const auto end = text.find(close, at + open.size());
        return end == std::string::npos ? text.size() : end + close.size();
    }
    return std::nullopt;
}

/// Where the element's closing tag begins, for one that is not self-closing.
std::size_t closingTag(const std::string& text, std::size_t start)
{
    int depth = 0;
    for (std::size_t at = start; at < text.size();) {
        at = text.find('<', at);
        if (at == std::string::npos) break;
        if (const auto other = skipped(text, at)) {
            at = *other;
            continue;
        }
        const std::size_t end = tagEnd(text, at);
        if (text[at + 1] == '/') {
            if (--depth == 0) return at;
        } else if (!selfClosing(text, end)) {
            ++depth;
        }
        at = end;
    }
    return text.size();
}

std::size_t elementEnd(const std::string& text, std::size_t start)
{
    const std::size_t end = tagEnd(text, start);
    return selfClosing(text, end) ? end : tagEnd(text, closingTag(text, start));
}

/// The value of an attribute between its quotes, within the start tag.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};
std::optional<Span> attributeValue(const std::string& text, std::size_t start, const std::string& name)
{
    const std::size_t end = tagEnd(text, start);
    std::size_t at = text.find_first_of(" \t\r\n/>", start + 1);
    while (at < end) {
        at = text.find_first_not_of(kBlank, at);
        if (at >= end || text[at] == '/' || text[at] == '>') break;
        const std::size_t nameEnd = text.find_first_of(" \t\r\n=", at);
        const std::size_t quote = text.find_first_of("\"'", nameEnd);
        if (quote >= end) break;
        const std::size_t close = text.find(text[quote], quote + 1);
        if (text.compare(at, nameEnd - at, name) == 0) return Span{quote + 1, close};
        at = close + 1;
    }
    return std::nullopt;
}

}  // namespace

Result<ConfigurationText> ConfigurationText::parse(const std::string& file)
{
    ConfigurationText result;
    const auto has = [&](std::string_view mark) { return std::string_view(file).substr(0, mark.size()) == mark; };
    using namespace std::string_view_literals;
    std::size_t mark = 0;
    if (has("\xEF\xBB\xBF"sv)) result.m_encoding = Encoding::Utf8Bom, mark = 3;
    else if (has("\xFF\xFE"sv)) result.m_encoding = Encoding::Utf16LeBom, mark = 2;
    else if (has("\xFE\xFF"sv)) result.m_encoding = Encoding::Utf16BeBom, mark = 2;
    else if (has("<\0"sv)) result.m_encoding = Encoding::Utf16Le;
    else if (has("\0<"sv)) result.m_encoding = Encoding::Utf16Be;
    const std::string_view content = std::string_view(file).substr(mark);
    switch (result.m_encoding) {
        case Encoding::Utf8:
        case Encoding::Utf8Bom:
            result.m_text = content;
            break;
        case Encoding::Utf16Le:
        case Encoding::Utf16LeBom:
            result.m_text = utf8FromUtf16(units(content, false));
            break;
        case Encoding::Utf16Be:
        case Encoding::Utf16BeBom:
            result.m_text = utf8FromUtf16(units(content, true));
            break;
    }
    const auto line = result.m_text.find('\n');
    if (line != std::string::npos) result.m_lineEnd = line > 0 && result.m_text[line - 1] == '\r' ? "\r\n" : "\n";
    const auto read = result.read();
    if (!read) return read.error();
    return result;
}

Result<Done> ConfigurationText::read()
{
    if (!isUtf8(m_text)) {
        std::size_t good = 0;
        for (std::size_t i = 1; i <= m_text.size(); ++i) {
            if (i < m_text.size() && m_text[i] != '\n') continue;
            if (!isUtf8(std::string_view(m_text).substr(good, i - good))) break;
            good = i;
        }
        return damagedAtOffset(
            good + (good > 0 ? 1 : 0),
            tr("applicationHost.config cannot be read: line {0} is not UTF-8 text. IIS cannot read it "
               "either; correct that line or restore a backup (appcmd restore backup)."));
    }
    const auto nul = m_text.find('\0');
    if (nul != std::string::npos)
        return damagedAtOffset(
            nul, tr("applicationHost.config cannot be read: a zero byte stands at line {0}, column {1}. The "
                    "file was damaged; restore a backup (appcmd restore backup)."));
    m_document = std::make_shared<pugi::xml_document>();
    const auto parsed = m_document->load_buffer(m_text.data(), m_text.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_utf8);
    if (!parsed)
        return damagedAtOffset(
            static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)),
            tr("applicationHost.config cannot be read: the XML is broken at line {0}, column {1} ({2}). IIS "
               "cannot read it either; correct that line or restore a backup (appcmd restore backup)."),
            parsed.description());
    // IIS's reader forbids it, because of what entities can do (XmlLite: DtdProcessing_Prohibit is its default).
    for (const pugi::xml_node node : m_document->children())
        if (node.type() == pugi::node_doctype)
            return damagedAtOffset(
                std::min(m_text.find("<!DOCTYPE"), m_text.size()),
                tr("applicationHost.config cannot be read: a DOCTYPE stands at line {0}, column {1}, and IIS takes none. Remove it or restore a "
                   "backup (appcmd restore backup)."));
    if (!configuration() || m_document->document_element() != configuration())
        return damagedAtOffset(0, tr("applicationHost.config cannot be read: at line {0}, column {1} the element "
                                     "<configuration> was expected. Restore a backup (appcmd restore backup)."));
    std::size_t rest = elementEnd(m_text, startOf(configuration()));
    while ((rest = m_text.find_first_not_of(kBlank, rest)) != std::string::npos) {
        const auto other = m_text[rest] == '<' ? skipped(m_text, rest) : std::nullopt;
        if (!other)
            return damagedAtOffset(rest, tr("applicationHost.config cannot be read: at line {0}, column {1} something follows the end of "
                                            "</configuration>. Remove it or restore a backup (appcmd restore backup)."));
        rest = *other;
    }
    return Done{};
}

Error ConfigurationText::damagedAtOffset(std::size_t offset, const char* sentence, const std::string& extra) const
{
    offset = std::min(offset, m_text.size());
    const auto lines = std::count(m_text.begin(), m_text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    const auto lineStart = offset == 0 ? std::string::npos : m_text.rfind('\n', offset - 1);
    const std::size_t from = lineStart == std::string::npos ? 0 : lineStart + 1;
    // A person counts characters, not bytes.
    const auto column = 1 + std::count_if(m_text.begin() + static_cast<std::ptrdiff_t>(from),
                                          m_text.begin() + static_cast<std::ptrdiff_t>(offset),
                                          [](char c) { return (c & 0xC0) != 0x80; });
    const Message message{sentence, {std::to_string(lines + 1), std::to_string(column), extra}};
    return {ErrorCode::Damaged, message, inEnglish(message)};
}

Error ConfigurationText::damagedAt(pugi::xml_node node, const char* sentence, const std::string& extra) const
{
    return damagedAtOffset(startOf(node), sentence, extra);
}

/// pugixml knows where the element's name stands; the `<` is the character before it.
std::size_t ConfigurationText::startOf(pugi::xml_node element) const
{
    const auto offset = element.offset_debug();
    return offset > 0 ? static_cast<std::size_t>(offset) - 1 : 0;
}

std::string ConfigurationText::indentationOf(pugi::xml_node element) const
{
    const std::size_t start = startOf(element);
    const auto line = start == 0 ? std::string::npos : m_text.rfind('\n', start - 1);
    const std::size_t from = line == std::string::npos ? 0 : line + 1;
    const std::string before = m_text.substr(from, start - from);
    return before.find_first_not_of(" \t") == std::string::npos ? before : std::string();
}

std::string ConfigurationText::textOf(pugi::xml_node element) const
{
    const std::size_t start = startOf(element);
    return m_text.substr(start, elementEnd(m_text, start) - start);
}

Result<Done> ConfigurationText::setAttribute(pugi::xml_node element, const std::string& name, const std::string& value)
{
    const std::size_t start = startOf(element);
    if (const auto span = attributeValue(m_text, start, name)) {
        m_text.replace(span->begin, span->end - span->begin, escaped(value));
        return read();
    }
    // Before `/>` or `>`, and before the blank that stands there.
    std::size_t at = tagEnd(m_text, start);
    at -= selfClosing(m_text, at) ? 2 : 1;
    at = m_text.find_last_not_of(kBlank, at - 1) + 1;
    m_text.insert(at, " " + name + "=\"" + escaped(value) + "\"");
    return read();
}

Result<Done> ConfigurationText::append(pugi::xml_node parent, const std::vector<Element>& nested)
{
    const std::string outer = indentationOf(parent);
    const std::string step = outer.find('\t') != std::string::npos ? "\t" : "    ";
    const pugi::xml_node sibling =
        parent.find_child([](pugi::xml_node node) { return node.type() == pugi::node_element; });
    std::string indent = sibling ? indentationOf(sibling) : outer + step;
    if (indent.size() <= outer.size()) indent = outer + step;

    std::string opening;
    std::string closing;
    for (std::size_t i = 0; i < nested.size(); ++i) {
        opening += m_lineEnd + indent + "<" + nested[i].name;
        if (!nested[i].attributes.empty()) opening += " " + nested[i].attributes;
        if (i + 1 == nested.size()) {
            opening += " />";
        } else {
            opening += ">";
            closing = m_lineEnd + indent + "</" + nested[i].name + ">" + closing;
            indent += step;
        }
    }
    const std::size_t start = startOf(parent);
    const std::size_t end = tagEnd(m_text, start);
    if (selfClosing(m_text, end)) {
        const std::size_t last = m_text.find_last_not_of(kBlank, end - 3) + 1;
        m_text.replace(last, end - last, ">" + opening + closing + m_lineEnd + outer + "</" + parent.name() + ">");
        return read();
    }
    const std::size_t close = closingTag(m_text, start);
    const std::size_t last = m_text.find_last_not_of(kBlank, close - 1) + 1;
    // A parent on one line gets its closing tag on a line of its own.
    const bool sameLine = m_text.find('\n', last) >= close;
    m_text.insert(last, opening + closing + (sameLine ? m_lineEnd + outer : std::string()));
    return read();
}

Result<Done> ConfigurationText::remove(pugi::xml_node element, bool withEmptyParents)
{
    pugi::xml_node parent = element.parent();
    while (withEmptyParents && parent != configuration() && parent.parent()) {
        const std::size_t start = startOf(element);
        const std::size_t after = tagEnd(m_text, startOf(parent));
        const std::size_t end = elementEnd(m_text, start);
        const bool nothingBefore = m_text.find_first_not_of(kBlank, after) == start;
        const bool nothingAfter = m_text.find_first_not_of(kBlank, end) == closingTag(m_text, startOf(parent));
        if (!nothingBefore || !nothingAfter) break;
        element = parent;
        parent = element.parent();
    }
    const std::size_t start = startOf(element);
    std::size_t from = start == 0 ? 0 : m_text.find_last_not_of(" \t", start - 1) + 1;
    if (from > 0 && m_text[from - 1] == '\n') {
        --from;
        if (from > 0 && m_text[from - 1] == '\r') --from;
    }
    m_text.erase(from, elementEnd(m_text, start) - from);
    return read();
}

std::string ConfigurationText::escaped(const std::string& attributeValue)
{
    std::string text;
    for (const char c : attributeValue) {
        switch (c) {
            case '&':
                text += "&amp;";
                break;
            case '<':
                text += "&lt;";
                break;
            case '>':
                text += "&gt;";
                break;
            case '"':
                text += "&quot;";
                break;
            case '\t':
                text += "&#x9;";
                break;
            case '\n':
                text += "&#xA;";
                break;
            case '\r':
                text += "&#xD;";
                break;
            default:
                text += c;
        }
    }
    return text;
}

std::string ConfigurationText::file() const
{
    switch (m_encoding) {
        case Encoding::Utf8:
            return m_text;
        case Encoding::Utf8Bom:
            return "\xEF\xBB\xBF" + m_text;
        case Encoding::Utf16Le:
            return bytes(utf16FromUtf8(m_text), false);
        case Encoding::Utf16LeBom:
            return "\xFF\xFE" + bytes(utf16FromUtf8(m_text), false);
        case Encoding::Utf16Be:
            return bytes(utf16FromUtf8(m_text), true);
        case Encoding::Utf16BeBom:
            return "\xFE\xFF" + bytes(utf16FromUtf8(m_text), true);
    }
    return m_text;
}

}  // namespace monban
