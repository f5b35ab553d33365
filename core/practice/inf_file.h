// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace monban::practice {

/// An INF file as certreq reads it
/// (learn.microsoft.com/windows-hardware/drivers/install/general-syntax-rules-for-inf-files): sections of `key = value`
/// lines, quotes doubled inside quotes, `;` comments, %strings%, a backslash that goes on.
class InfFile {
public:
    struct Line {
        std::string key;
        std::string value;
    };

    /// UTF-16 or UTF-8 with a byte-order mark; without one UTF-8 where it is valid, else bytes as Latin letters.
    /// Nothing where a line stands before the first section or a quote is not closed.
    static std::optional<InfFile> parse(ByteView bytes);

    bool has(const std::string& section) const;
    std::vector<Line> lines(const std::string& section) const;
    /// The value of a key, case ignored; nothing where it is absent.
    std::optional<std::string> value(const std::string& section, const std::string& key) const;

private:
    struct Section {
        std::string name;
        std::vector<Line> lines;
    };
    bool take(const std::string& line);
    std::string withStrings(const std::string& text) const;

    std::vector<Section> m_sections;
};

}  // namespace monban::practice
