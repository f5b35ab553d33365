// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/shells.h"
#include "tests/support/source_folder.h"

/// The truth tables of tests/data/truth (README.md there): a reader, and the small languages of their cells, so that
/// each test that runs rows judges them in the same way.
namespace monban::support {

struct TruthRow {
    int line = 0;  ///< in the file, for messages
    std::map<std::string, std::string> cells;
    const std::string& operator[](const std::string& column) const
    {
        static const std::string none;
        const auto found = cells.find(column);
        return found == cells.end() ? none : found->second;
    }
};

struct TruthTable {
    std::vector<std::string> columns;
    std::vector<TruthRow> rows;
    std::vector<std::string> problems;  ///< of form: each names its line
};

inline std::vector<std::string> splitCell(const std::string& text, const std::string& separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t at; (at = text.find(separator, begin)) != std::string::npos; begin = at + separator.size()) {
        parts.push_back(text.substr(begin, at - begin));
    }
    parts.push_back(text.substr(begin));
    return parts;
}

/// Comment lines (#), one line of column names, then rows; every cell is filled ("-" says nothing).
inline TruthTable parseTruthTable(std::istream& in)
{
    TruthTable table;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty() && line.front() == '#') continue;
        const auto wrong = [&](const std::string& what) {
            table.problems.push_back("line " + std::to_string(number) + ": " + what);
        };
        const std::vector<std::string> cells = splitCell(line, "\t");
        if (table.columns.empty()) {
            table.columns = cells;
            continue;
        }
        if (cells.size() != table.columns.size()) {
            wrong(std::to_string(cells.size()) + " cells instead of " + std::to_string(table.columns.size()));
            continue;
        }
        TruthRow row{number, {}};
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (cells[i].empty()) wrong("nothing under " + table.columns[i]);
            else if (cells[i].front() == ' ' || cells[i].back() == ' ') wrong("blanks around " + table.columns[i]);
            row.cells[table.columns[i]] = cells[i];
        }
        table.rows.push_back(std::move(row));
    }
    if (table.columns.empty()) table.problems.push_back("no line of column names");
    return table;
}

/// name: "commands" reads tests/data/truth/commands.tsv.
inline TruthTable readTruthTable(const std::string& name)
{
    std::ifstream in(std::string(kSourceFolder) + "/tests/data/truth/" + name + ".tsv", std::ios::binary);
    TruthTable table = parseTruthTable(in);
    if (!in.eof()) table.problems.push_back(name + ".tsv cannot be read");
    return table;
}

inline std::vector<std::string> buildsOf(const TruthRow& row)
{
    if (row["builds"] == "all") return {"14393", "17763", "20348", "26100"};
    return splitCell(row["builds"], ",");
}

/// An exit code by a rule: numbers (0x for an HRESULT) with | between, "nonzero", "any". Codes compare as 32 bits.
inline bool exitMatches(const std::string& rule, std::int64_t code)
{
    if (rule == "any") return true;
    const auto low = static_cast<std::uint32_t>(code);
    if (rule == "nonzero") return low != 0;
    for (const std::string& one : splitCell(rule, "|")) {
        if (static_cast<std::uint32_t>(std::stoull(one, nullptr, 0)) == low) return true;
    }
    return false;
}

/// Runs of blanks and line breaks as one blank: column widths and line ends are not part of the truth.
inline std::string withSingleBlanks(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank) result += c;
        else if (!result.empty() && result.back() != ' ') result += ' ';
    }
    return result;
}

/// Output by a rule: pieces with && between must all be there, of pieces with || between one, !piece must not be there.
inline bool textMatches(const std::string& rule, const std::string& output)
{
    if (rule == "-") return true;
    const std::string text = withSingleBlanks(output);
    for (const std::string& piece : splitCell(rule, " && ")) {
        bool good = false;
        for (const std::string& one : splitCell(piece, "||")) {
            if (one.front() == '!') good = good || text.find(one.substr(1)) == std::string::npos;
            else good = good || text.find(one) != std::string::npos;
        }
        if (!good) return false;
    }
    return true;
}

/// {name} in a cell by its value; a brace that names nothing known (a GUID's) stays.
inline std::string withValues(std::string text, const std::map<std::string, std::string>& values)
{
    for (const auto& [name, value] : values) {
        const std::string mark = '{' + name + '}';
        for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
            text.replace(at, mark.size(), value);
        }
    }
    return text;
}

/// Program and arguments of a row of commands.tsv. Values are put in after the splitting, so they may hold anything.
inline std::vector<std::string> commandOf(const TruthRow& row, const std::map<std::string, std::string>& values)
{
    std::vector<std::string> words = parseWindowsCommandLine(row["command"]);
    for (std::string& word : words) word = withValues(word, values);
    return words;
}

/// One fact to be seen after a command: subject[key].field = one of values.
struct TruthEffect {
    std::string subject;
    std::string key;
    std::string field;
    std::vector<std::string> values;
};

/// The effects of a cell; empty for "none". problem is set where the cell is not of that form.
inline std::vector<TruthEffect> effectsOf(const std::string& cell, std::string& problem)
{
    std::vector<TruthEffect> effects;
    if (cell == "none") return effects;
    for (const std::string& text : splitCell(cell, "; ")) {
        const std::size_t close = text.rfind(']');
        const std::size_t equals = text.find('=', close == std::string::npos ? 0 : close);
        if (equals == std::string::npos) {
            problem = "no value in: " + text;
            continue;
        }
        TruthEffect effect;
        std::string left = text.substr(0, equals);
        const std::size_t open = left.find('[');
        if (open != std::string::npos && close != std::string::npos) {
            effect.key = left.substr(open + 1, close - open - 1);
            const std::string after = left.substr(close + 1);
            if (!after.empty() && after.front() != '.') problem = "not a field: " + text;
            if (!after.empty()) effect.field = after.substr(1);
            left.resize(open);
        }
        effect.subject = left;
        effect.values = splitCell(text.substr(equals + 1), "|");
        effects.push_back(std::move(effect));
    }
    return effects;
}

}  // namespace monban::support
