// SPDX-License-Identifier: MIT
#include "core/practice/x500_name.h"

#include "core/base/utf8.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

constexpr std::pair<const char*, const char*> kTypes[] = {{"cn", "2.5.4.3"},
                                                          {"sn", "2.5.4.4"},
                                                          {"serialnumber", "2.5.4.5"},
                                                          {"c", "2.5.4.6"},
                                                          {"l", "2.5.4.7"},
                                                          {"s", "2.5.4.8"},
                                                          {"st", "2.5.4.8"},
                                                          {"street", "2.5.4.9"},
                                                          {"o", "2.5.4.10"},
                                                          {"ou", "2.5.4.11"},
                                                          {"t", "2.5.4.12"},
                                                          {"title", "2.5.4.12"},
                                                          {"description", "2.5.4.13"},
                                                          {"postalcode", "2.5.4.17"},
                                                          {"phone", "2.5.4.20"},
                                                          {"g", "2.5.4.42"},
                                                          {"givenname", "2.5.4.42"},
                                                          {"i", "2.5.4.43"},
                                                          {"initials", "2.5.4.43"},
                                                          {"e", "1.2.840.113549.1.9.1"},
                                                          {"email", "1.2.840.113549.1.9.1"},
                                                          {"dc", "0.9.2342.19200300.100.1.25"}};

std::optional<std::string> typeOf(const std::string& name)
{
    std::string lower = lowerAscii(trimmed(name));
    for (const auto& [known, oid] : kTypes)
        if (lower == known) return oid;
    if (lower.starts_with("oid.")) lower.erase(0, 4);
    const bool dotted =
        lower.find('.') != std::string::npos && lower.find_first_not_of("0123456789.") == std::string::npos;
    return dotted ? std::optional(lower) : std::nullopt;
}

/// The value from this place on, and the place of the separator after it; nothing where a quote is not closed.
std::optional<std::string> valueAt(const std::string& text, std::size_t& at)
{
    std::string value;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    const auto ends = [](char c) { return c == ',' || c == ';' || c == '+' || c == '\n' || c == '\r'; };
    if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
            if (at >= text.size()) return std::nullopt;
            if (text[at] != '"') value += text[at];
            else if (at + 1 < text.size() && text[at + 1] == '"') value += text[at++];
            else break;
        }
        ++at;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
        return at >= text.size() || ends(text[at]) ? std::optional(value) : std::nullopt;
    }
    while (at < text.size() && !ends(text[at])) {
        if (text[at] == '"') return std::nullopt;
        value += text[at++];
    }
    return trimmed(value);
}

}  // namespace

std::optional<std::vector<RelativeName>> x500Name(const std::string& text)
{
    std::vector<RelativeName> name;
    bool joined = false;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ' ' || text[at] == '\r' || text[at] == '\n' || text[at] == '\t') {
            ++at;
            continue;
        }
        const auto equals = text.find('=', at);
        const auto type = equals == std::string::npos ? std::nullopt : typeOf(text.substr(at, equals - at));
        if (!type) return std::nullopt;
        at = equals + 1;
        const auto value = valueAt(text, at);
        if (!value || value->empty()) return std::nullopt;
        if (joined && !name.empty()) name.back().emplace_back(*type, *value);
        else name.push_back({{*type, *value}});
        joined = at < text.size() && text[at] == '+';
        if (at < text.size()) ++at;
    }
    return joined ? std::nullopt : std::optional(name);
}

}  // namespace monban::practice
