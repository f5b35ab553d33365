// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace monban {

/// The two languages a user can meet.
enum class Language { English, Japanese };

/// Marks an English sentence for the catalogue (xgettext looks for it) and leaves it as it is.
constexpr const char* tr(const char* english) { return english; }

/// A sentence for people: English text with {0}, {1} … and the values that go there. It is translated only where it
/// is shown, so the core says things without knowing a language, and logs stay in English.
struct Message {
    std::string text;
    std::vector<std::string> values;

    bool empty() const { return text.empty(); }
    friend bool operator==(const Message&, const Message&) = default;
};

/// Line breaks and tabs as blanks: what a certificate or a server says never begins a line of its own, in a terminal, in a
/// label or among commands that somebody copies.
std::string oneLine(std::string text);

/// The message in that language with its values filled in, each of them oneLine(); English where the catalogue lacks the sentence.
std::string inLanguage(const Message& message, Language language);
std::string inEnglish(const Message& message);

/// The catalogue's entry for one English text, or the text itself.
std::string translated(const std::string& english, Language language);

}  // namespace monban
