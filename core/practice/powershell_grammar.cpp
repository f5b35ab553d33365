// SPDX-License-Identifier: MIT
#include "core/practice/powershell_grammar.h"

#include "core/base/utf8.h"

namespace monban::practice::powershell {
namespace {

class Lexer {
public:
    explicit Lexer(const std::string& text) : m_text(text) {}

    std::optional<std::vector<Statement>> run()
    {
        std::vector<Statement> statements(1);
        int depth = 0;
        while (m_good && m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == ' ' || c == '\t' || c == '\r') {
                ++m_at;
                m_joined = false;
            } else if (depth == 0 && (c == ';' || c == '\n')) {
                ++m_at;
                if (!statements.back().empty()) statements.emplace_back();
                m_joined = false;
            } else {
                Token token = next(statements.back());
                if (token.is("(") || token.is("{")) ++depth;
                if ((token.is(")") || token.is("}")) && --depth < 0) return std::nullopt;
                statements.back().push_back(std::move(token));
                m_joined = true;
            }
        }
        if (!m_good || depth != 0) return std::nullopt;
        if (statements.back().empty()) statements.pop_back();
        return statements;
    }

private:
    bool starts(std::string_view what) const { return m_text.compare(m_at, what.size(), what) == 0; }

    /// The length of a single quote here: PowerShell takes U+2018 to U+201B for one.
    std::size_t singleQuote() const
    {
        if (starts("'")) return 1;
        for (const char* curly : {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9A", "\xE2\x80\x9B"})
            if (starts(curly)) return 3;
        return 0;
    }
    std::size_t doubleQuote() const
    {
        if (starts("\"")) return 1;
        for (const char* curly : {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E"})
            if (starts(curly)) return 3;
        return 0;
    }

    std::string variable()
    {
        static constexpr std::pair<const char*, const char*> kKnown[] = {{"$env:windir", "C:\\Windows"},
                                                                         {"$env:systemroot", "C:\\Windows"},
                                                                         {"$pwd", "."},
                                                                         {"$true", "$true"},
                                                                         {"$false", "$false"}};
        for (const auto& [name, value] : kKnown) {
            const std::size_t length = std::char_traits<char>::length(name);
            if (!equalsIgnoringCase(m_text.substr(m_at, length), name)) continue;
            m_at += length;
            return value;
        }
        m_good = false;
        return {};
    }

    std::string single()
    {
        std::string text;
        for (m_at += singleQuote(); m_at < m_text.size();) {
            if (const std::size_t length = singleQuote()) {
                const std::string quote = m_text.substr(m_at, length);
                m_at += length;
                const std::size_t again = singleQuote();
                if (again == 0) return text;
                text += quote;
                m_at += again;
            } else {
                text += m_text[m_at++];
            }
        }
        m_good = false;
        return text;
    }

    std::string twice()
    {
        std::string text;
        for (m_at += doubleQuote(); m_good && m_at < m_text.size();) {
            if (const std::size_t length = doubleQuote()) {
                m_at += length;
                const std::size_t again = doubleQuote();
                if (again == 0) return text;
                text += '"';
                m_at += again;
            } else if (m_text[m_at] == '`' && m_at + 1 < m_text.size()) {
                text += m_text[m_at + 1];
                m_at += 2;
            } else if (m_text[m_at] == '$') {
                text += variable();
            } else {
                text += m_text[m_at++];
            }
        }
        m_good = false;
        return text;
    }

    Token next(const Statement& before)
    {
        const bool joined = m_joined;
        if (singleQuote() != 0) return {Token::Kind::Quoted, single(), joined};
        if (doubleQuote() != 0) return {Token::Kind::Quoted, twice(), joined};
        const char c = m_text[m_at];
        const bool member = joined && !before.empty() && before.back().is(")") && c == '.';
        if (std::string_view(";|&(){}=,\n").find(c) != std::string_view::npos || member) {
            ++m_at;
            return {Token::Kind::Symbol, std::string(1, c), joined};
        }
        std::string text;
        while (m_good && m_at < m_text.size() &&
               std::string_view(" \t\r\n;|&(){}").find(m_text[m_at]) == std::string_view::npos) {
            if (singleQuote() != 0) text += single();
            else if (doubleQuote() != 0) text += twice();
            else if (m_text[m_at] == '$') text += variable();
            else if (m_text[m_at] == '`' && m_at + 1 < m_text.size()) text += m_text[++m_at], ++m_at;
            else text += m_text[m_at++];
        }
        return {Token::Kind::Word, text, joined};
    }

    const std::string& m_text;
    std::size_t m_at = 0;
    bool m_good = true;
    bool m_joined = false;
};

}  // namespace

std::optional<std::vector<Statement>> parse(const std::string& text) { return Lexer(text).run(); }

}  // namespace monban::practice::powershell
