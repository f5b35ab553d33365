// SPDX-License-Identifier: MIT
#include "core/base/message.h"

#include "core/base/catalogue.h"

namespace monban {
namespace {

/// Replaces {0} … {9}; a number without a value stays as it is, so a mistake in a translation can be seen.
std::string filled(const std::string& text, const std::vector<std::string>& values)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9') {
            const auto index = static_cast<std::size_t>(text[i + 1] - '0');
            if (index < values.size()) {
                result += oneLine(values[index]);
                i += 2;
                continue;
            }
        }
        result += text[i];
    }
    return result;
}

}  // namespace

std::string oneLine(std::string text)
{
    for (char& c : text)
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    return text;
}

std::string translated(const std::string& english, Language language)
{
    if (language == Language::English || english.empty()) return english;
    static const Catalogue japanese(kJapaneseCatalogue, kJapaneseCatalogueSize);
    const auto found = japanese.find(english);
    return found ? std::string(*found) : english;
}

std::string inLanguage(const Message& message, Language language)
{
    return filled(translated(message.text, language), message.values);
}

std::string inEnglish(const Message& message) { return inLanguage(message, Language::English); }

}  // namespace monban
