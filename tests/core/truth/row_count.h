// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include <iostream>

#include "tests/support/truth_table.h"

namespace monban::support {

/// Counts the rows of a table that were checked, and names those that were not: a row is skipped only by its id and
/// with a reason, and a reason that is no longer needed is an error.
class RowCount {
public:
    RowCount(std::string table, std::map<std::string, std::string> skipped)
        : m_table(std::move(table)), m_skipped(std::move(skipped))
    {
    }
    bool isChecked(const TruthRow& row)
    {
        const auto reason = m_skipped.find(row["id"]);
        if (reason == m_skipped.end()) return ++m_checked, true;
        std::cout << m_table << ".tsv: skipped " << row["id"] << " (" << reason->second << ")\n";
        ++m_seen;
        return false;
    }
    /// How many were checked.
    std::size_t finish() const
    {
        std::cout << m_table << ".tsv: " << m_checked << " rows checked, " << m_seen << " skipped\n";
        EXPECT_EQ(m_seen, m_skipped.size()) << m_table << ".tsv: a row to be skipped is not there";
        return m_checked;
    }

private:
    std::string m_table;
    std::map<std::string, std::string> m_skipped;
    std::size_t m_checked = 0;
    std::size_t m_seen = 0;
};

}  // namespace monban::support
