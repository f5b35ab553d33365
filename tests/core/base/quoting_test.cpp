// SPDX-License-Identifier: MIT
#include "core/base/quoting.h"

#include <gtest/gtest.h>

#include "tests/support/shells.h"

namespace monban {
namespace {

const std::vector<std::string> kHard{
    "",           "plain",       "two words",     "tab\there",  "\"quoted\"",      "back\\slash\\",   "C:\\a b\\",
    "\\\\unc\\x", "a\\\"b",      "\\\\\"",        "%PATH%",     "100%",            "a&b|c<d>e^f",     "(x)",
    "!bang!",     "it's",        "\xE2\x80\x99q", "{0}",        "a;b,c=d",         "$env:X `n",       "@now",
    "-x:y.z",     "-a.b",        "門番 サイト",    "\xF0\x9F\x9A\xAA", "#c",       "/+bindings.[protocol='https',bindingInformation='*:443:']",
    "^",          "a^\"b",       "\"%X%\" \\",    "--%",        "~",
};

class Quoting : public testing::TestWithParam<std::string> {};

TEST_P(Quoting, TheCRuntimeGivesTheArgumentBack)
{
    const Command command{"C:\\Program Files\\x.exe", {"first", GetParam(), "last"}};
    EXPECT_EQ(support::parseWindowsCommandLine(windowsCommandLine(command)),
              (std::vector<std::string>{command.program, "first", GetParam(), "last"}));
}

TEST_P(Quoting, TheCommandPromptGivesTheArgumentBack)
{
    const Command command{"C:\\Windows\\System32\\x.exe", {"first", GetParam(), "last"}};
    const auto line = forCommandPrompt(command);
    ASSERT_TRUE(line);
    EXPECT_EQ(support::parseWindowsCommandLine(support::throughCommandPrompt(*line)),
              (std::vector<std::string>{command.program, "first", GetParam(), "last"}))
        << *line;
}

TEST_P(Quoting, PowerShellGivesTheArgumentBack)
{
    const Command command{"C:\\Windows\\System32\\x.exe", {"first", GetParam(), "last"}};
    const auto line = forPowerShell(command);
    ASSERT_TRUE(line);
    EXPECT_EQ(support::parseWindowsCommandLine(support::throughPowerShell(*line)),
              (std::vector<std::string>{command.program, "first", GetParam(), "last"}))
        << *line;
}

INSTANTIATE_TEST_SUITE_P(Hard, Quoting, testing::ValuesIn(kHard));

TEST(QuotingLineBreak, IsSaidToBeImpossibleInAShell)
{
    EXPECT_FALSE(forCommandPrompt({"x", {"a\nb"}}));
    EXPECT_FALSE(forPowerShell({"x", {"a\nb"}}));
}

TEST(QuotingProgram, WithABlankNeedsTheCallOperatorInPowerShell)
{
    EXPECT_EQ(*forPowerShell({"C:\\a b\\x.exe", {"y"}}), "& 'C:\\a b\\x.exe' y");
    EXPECT_EQ(*forCommandPrompt({"C:\\a b\\x.exe", {"y"}}), "\"C:\\a b\\x.exe\" y");
}

}  // namespace
}  // namespace monban
