// SPDX-License-Identifier: MIT
#include "app/wizard/markdown.h"

#include <cctype>
#include <sstream>

namespace monban::wizard {
namespace {

std::string escaped(const std::string& text)
{
    std::string html;
    for (const char c : text) {
        if (c == '<') html += "&lt;";
        else if (c == '>') html += "&gt;";
        else if (c == '&') html += "&amp;";
        else html += c;
    }
    return html;
}

/// `code` and **strong** within a line.
std::string spans(const std::string& line)
{
    std::string html;
    bool isCode = false;
    bool isStrong = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '`') {
            html += isCode ? "</tt>" : "<tt>";
            isCode = !isCode;
        } else if (!isCode && line.compare(i, 2, "**") == 0) {
            html += isStrong ? "</b>" : "<b>";
            isStrong = !isStrong;
            ++i;
        } else {
            html += escaped(std::string(1, line[i]));
        }
    }
    return html + (isCode ? "</tt>" : "") + (isStrong ? "</b>" : "");
}

/// How long the mark of a numbered item is: "1. " has three characters; 0 where the line is none.
std::size_t numberMark(const std::string& line)
{
    std::size_t i = 0;
    while (i < line.size() && std::isdigit(static_cast<unsigned char>(line[i]))) ++i;
    return i > 0 && line.compare(i, 2, ". ") == 0 ? i + 2 : 0;
}

class Writer {
public:
    void add(const std::string& line)
    {
        if (line.starts_with("```")) {
            open(m_block == "pre" ? "" : "pre");
        } else if (m_block == "pre") {
            m_html += escaped(line) + "\n";
        } else if (line.empty()) {
            open("");
        } else if (line[0] == '#') {
            const auto level = line.find_first_not_of('#');
            open("");
            const std::string tag = "h" + std::to_string(level == 1 ? 2 : 4);
            m_html += "<" + tag + ">" + spans(line.substr(line.find_first_not_of("# "))) + "</" + tag + ">";
        } else if (line.starts_with("- ")) {
            open("ul");
            m_html += "<li>" + spans(line.substr(2));
        } else if (const std::size_t mark = numberMark(line)) {
            open("ol");
            m_html += "<li>" + spans(line.substr(mark));
        } else {
            if (m_block.empty()) open("p");
            m_html += spans(line.substr(line.find_first_not_of(' '))) + " ";
        }
    }
    std::string end()
    {
        open("");
        return "<html><body>" + m_html + "</body></html>";
    }

private:
    void open(const std::string& block)
    {
        if (block == m_block && block != "p") return;
        if (!m_block.empty()) m_html += "</" + m_block + ">";
        m_block = block;
        if (!m_block.empty()) m_html += "<" + m_block + ">";
    }

    std::string m_html;
    std::string m_block;
};

}  // namespace

std::string htmlFromMarkdown(const std::string& text)
{
    Writer writer;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        writer.add(line);
    }
    return writer.end();
}

}  // namespace monban::wizard
