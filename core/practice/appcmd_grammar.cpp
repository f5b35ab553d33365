// SPDX-License-Identifier: MIT
#include "core/base/utf8.h"
#include "core/practice/appcmd.h"

namespace monban::practice::appcmd {
namespace {

/// The first character of that kind outside of brackets and of quotes within them.
std::size_t outside(const std::string& text, char wanted)
{
    bool bracket = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (bracket && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == '[') {
            bracket = true;
        } else if (c == ']') {
            bracket = false;
        } else if (c == wanted && !bracket) {
            return i;
        }
    }
    return std::string::npos;
}

/// Quotes around a whole value: the C runtime took them away on Windows, another shell may have left them.
std::string withoutQuotes(const std::string& text)
{
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.front() == text.back())
        return text.substr(1, text.size() - 2);
    return text;
}

/// `protocol='https',bindingInformation='*:443:'`: values bare or quoted, a quote inside doubled or after a backslash.
std::optional<std::vector<std::pair<std::string, std::string>>> attributesFrom(const std::string& text)
{
    std::vector<std::pair<std::string, std::string>> attributes;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto equals = text.find('=', at);
        if (equals == std::string::npos) return std::nullopt;
        std::string name = lowerAscii(text.substr(at, equals - at));
        while (!name.empty() && name.front() == ' ') name.erase(0, 1);
        while (!name.empty() && name.back() == ' ') name.pop_back();
        if (!name.empty() && name.front() == '@') name.erase(0, 1);
        std::string value;
        at = equals + 1;
        while (at < text.size() && text[at] == ' ') ++at;
        if (at < text.size() && (text[at] == '\'' || text[at] == '"')) {
            const char quote = text[at++];
            for (;; ++at) {
                if (at >= text.size()) return std::nullopt;
                const bool escaped =
                    at + 1 < text.size() && text[at + 1] == quote && (text[at] == quote || text[at] == '\\');
                if (escaped) ++at;
                else if (text[at] == quote) break;
                value += text[at];
            }
            ++at;
        } else {
            const auto end = std::min(text.find(',', at), text.size());
            value = text.substr(at, end - at);
            at = end;
        }
        if (name.empty()) return std::nullopt;
        attributes.emplace_back(std::move(name), std::move(value));
        while (at < text.size() && text[at] == ' ') ++at;
        if (at < text.size() && text[at++] != ',') return std::nullopt;
    }
    return attributes;
}

std::string singular(const std::string& object)
{
    for (const char* plural :
         {"sites", "apps", "vdirs", "apppools", "configs", "wps", "requests", "modules", "backups", "traces"})
        if (object == plural) return object.substr(0, object.size() - 1);
    return object;
}

}  // namespace

Line parse(const std::vector<std::string>& arguments)
{
    Line line;
    for (const std::string& argument : arguments) {
        const bool option = argument.size() > 1 && (argument[0] == '/' || argument[0] == '-');
        if (option) {
            const std::string text = argument.substr(1);
            const auto colon = outside(text, ':');
            if (colon == std::string::npos) line.options.push_back({text, std::nullopt});
            else line.options.push_back({text.substr(0, colon), withoutQuotes(text.substr(colon + 1))});
        } else if (line.verb.empty()) {
            line.verb = lowerAscii(argument);
        } else if (line.object.empty()) {
            line.object = singular(lowerAscii(argument));
        } else if (!line.identifier) {
            line.identifier = withoutQuotes(argument);
        } else if (line.stray.empty()) {
            line.stray = argument.empty() ? "\"\"" : argument;
        }
    }
    return line;
}

const Option* find(const Line& line, const std::string& name)
{
    for (const Option& option : line.options)
        if (equalsIgnoringCase(option.name, name)) return &option;
    return nullptr;
}

std::optional<CollectionEdit> collectionEdit(const std::string& name)
{
    CollectionEdit edit;
    std::string text = name;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        edit.sign = text[0];
        text.erase(0, 1);
    }
    const auto open = text.find('[');
    const auto close = text.rfind(']');
    if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
    edit.collection = lowerAscii(text.substr(0, open));
    if (!edit.collection.empty() && edit.collection.back() == '.') edit.collection.pop_back();
    const auto attributes = attributesFrom(text.substr(open + 1, close - open - 1));
    if (!attributes) return std::nullopt;
    edit.attributes = *attributes;
    const std::string rest = text.substr(close + 1);
    if (rest.size() > 1 && rest[0] == '.') edit.attribute = lowerAscii(rest.substr(1));
    // "+" and "-" name a whole element, an edit names an attribute of one.
    if ((edit.sign != 0) != rest.empty()) return std::nullopt;
    if (edit.sign == 0 && edit.attribute.empty()) return std::nullopt;
    return edit;
}

}  // namespace monban::practice::appcmd
