// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tests/support/truth_table.h"

namespace monban::support {
namespace {

TruthTable parsed(const std::string& text)
{
    std::istringstream in(text);
    return parseTruthTable(in);
}

TEST(TruthCells, ReadsRowsByTheNamesOfTheirColumnsAndSkipsComments)
{
    const TruthTable table = parsed("# about\nid\tmark\na\tobserved\r\n# more\nb\t-\n");
    ASSERT_TRUE(table.problems.empty());
    ASSERT_EQ(table.rows.size(), 2u);
    EXPECT_EQ(table.rows[0]["mark"], "observed");
    EXPECT_EQ(table.rows[1]["id"], "b");
    EXPECT_EQ(table.rows[1].line, 5);
    EXPECT_EQ(table.rows[1]["no such column"], "");
}

TEST(TruthCells, SaysWhichLineIsMalformed)
{
    EXPECT_EQ(parsed("id\tmark\na\n").problems, std::vector<std::string>{"line 2: 1 cells instead of 2"});
    EXPECT_EQ(parsed("id\tmark\na\t\n").problems, std::vector<std::string>{"line 2: nothing under mark"});
    EXPECT_EQ(parsed("id\tmark\na\t b\n").problems, std::vector<std::string>{"line 2: blanks around mark"});
    EXPECT_EQ(parsed("# nothing else\n").problems, std::vector<std::string>{"no line of column names"});
    EXPECT_FALSE(readTruthTable("no_such_table").problems.empty());
}

TEST(TruthCells, ComparesExitCodesAsThirtyTwoBits)
{
    EXPECT_TRUE(exitMatches("0|1", 1));
    EXPECT_FALSE(exitMatches("0|1", 2));
    EXPECT_TRUE(exitMatches("0x80070005", 0x80070005LL));
    EXPECT_TRUE(exitMatches("0x80070005", static_cast<std::int32_t>(0x80070005u)));
    EXPECT_FALSE(exitMatches("0x80070005", 5));
    EXPECT_TRUE(exitMatches("nonzero", -1));
    EXPECT_FALSE(exitMatches("nonzero", 0));
    EXPECT_TRUE(exitMatches("any", 77));
}

TEST(TruthCells, LooksForPiecesAlternativesAndAbsentPieces)
{
    const std::string output = "    IP:port                      : 0.0.0.0:443\r\n    Usage Check : Enabled\r\n";
    EXPECT_TRUE(textMatches("IP:port : 0.0.0.0:443 && Usage Check : Enabled", output));
    EXPECT_FALSE(textMatches("IP:port : 0.0.0.0:443 && Usage Check : Disabled", output));
    EXPECT_TRUE(textMatches("Usage Check : Disabled||Usage Check : Enabled", output));
    EXPECT_TRUE(textMatches("!Hostname:port", output));
    EXPECT_FALSE(textMatches("!IP:port", output));
    EXPECT_TRUE(textMatches("-", ""));
}

TEST(TruthCells, PutsValuesInAfterSplittingTheCommandLine)
{
    const TruthRow row{1, {{"command", "certutil -p {password} \"a b\" {4dc3e181-0} {unknown}"}}};
    const std::vector<std::string> wanted{"certutil", "-p", "two words \"quoted\"", "a b", "{4dc3e181-0}", "{unknown}"};
    EXPECT_EQ(commandOf(row, {{"password", "two words \"quoted\""}}), wanted);
}

TEST(TruthCells, ReadsEffectsWhoseKeysHoldBracketsAndEqualsSigns)
{
    std::string problem;
    const auto effects =
        effectsOf("record[[::]:443].store=MY|null; records=0; binding[Site,https,*:443:]=absent", problem);
    ASSERT_EQ(problem, "");
    ASSERT_EQ(effects.size(), 3u);
    EXPECT_EQ(effects[0].subject, "record");
    EXPECT_EQ(effects[0].key, "[::]:443");
    EXPECT_EQ(effects[0].field, "store");
    EXPECT_EQ(effects[0].values, (std::vector<std::string>{"MY", "null"}));
    EXPECT_EQ(effects[1].subject, "records");
    EXPECT_EQ(effects[1].values, std::vector<std::string>{"0"});
    EXPECT_EQ(effects[2].key, "Site,https,*:443:");
    EXPECT_TRUE(effectsOf("none", problem).empty());
    effectsOf("record[a].flags", problem);
    EXPECT_EQ(problem, "no value in: record[a].flags");
}

TEST(TruthCells, AllMeansTheFourServers)
{
    EXPECT_EQ(buildsOf({1, {{"builds", "all"}}}).size(), 4u);
    EXPECT_EQ(buildsOf({1, {{"builds", "17763,26100"}}}), (std::vector<std::string>{"17763", "26100"}));
}

}  // namespace
}  // namespace monban::support
