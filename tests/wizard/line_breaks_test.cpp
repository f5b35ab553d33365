// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/line_breaks.h"

#include <gtest/gtest.h>

namespace monban::wizard {
namespace {

/// Ten pixels for a Western character, twenty for a Japanese one.
int measure(const std::wstring& text)
{
    int width = 0;
    for (const wchar_t c : text) width += c >= 0x2E80 ? 20 : 10;
    return width;
}

std::wstring broken(const std::wstring& text, int width) { return brokenToWidth(text, width, measure); }

TEST(LineBreaks, LeavesWhatFits)
{
    EXPECT_EQ(broken(L"short text", 100), L"short text");
    EXPECT_EQ(broken(L"", 100), L"");
    EXPECT_EQ(broken(L"two\nlines", 100), L"two\nlines");
}

TEST(LineBreaks, BreaksWesternTextAtBlanks) { EXPECT_EQ(broken(L"the quick brown fox", 100), L"the quick\nbrown fox"); }

TEST(LineBreaks, BreaksJapaneseBetweenCharacters) { EXPECT_EQ(broken(L"証明書を登録する", 100), L"証明書を登\n録する"); }

TEST(LineBreaks, BeginsNoLineWithAClosingMarkAndEndsNoneWithAnOpeningOne)
{
    EXPECT_EQ(broken(L"証明書です。次", 100), L"証明書で\nす。次");
    EXPECT_EQ(broken(L"証明書は「個人」", 100), L"証明書は\n「個人」");
}

TEST(LineBreaks, DividesAWordThatIsLongerThanALine) { EXPECT_EQ(broken(L"0123456789abcdef x", 100), L"0123456789\nabcdef x"); }

TEST(LineBreaks, EndsWhereNotEvenOneCharacterFits)
{
    EXPECT_EQ(broken(L"証", 5), L"証");
    EXPECT_EQ(broken(L"証明", 5), L"証\n明");
}

}  // namespace
}  // namespace monban::wizard
