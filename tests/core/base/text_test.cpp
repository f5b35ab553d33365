// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/base/message.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

TEST(Utf8, GoesThroughUtf16AndBack)
{
    const std::string text = "a\xC3\xA9\xE9\x96\x80\xE7\x95\xAA\xF0\x9F\x9A\xAA";
    EXPECT_EQ(utf8FromUtf16(utf16FromUtf8(text)), text);
    EXPECT_EQ(utf8(pathFromUtf8(text)), text);
}

TEST(Utf8, ReplacesWhatIsInvalid)
{
    EXPECT_EQ(validUtf8("a\xFFz"), "a\xEF\xBF\xBDz");
    EXPECT_FALSE(isUtf8("\xC0\xAF")) << "an overlong slash";
    EXPECT_FALSE(isUtf8("\xED\xA0\x80")) << "a surrogate";
    EXPECT_EQ(utf8FromUtf16(u"\xD800z"), "\xEF\xBF\xBDz");
}

TEST(Hex, RoundTrips)
{
    const Bytes bytes{0, 1, 0xAB, 0xFF};
    EXPECT_EQ(hex(bytes), "0001abff");
    EXPECT_EQ(bytesFromHex("0001ABff"), bytes);
    EXPECT_FALSE(bytesFromHex("0"));
    EXPECT_FALSE(bytesFromHex("0g"));
}

TEST(Message, FillsValuesAndKeepsWhatHasNone)
{
    EXPECT_EQ(inEnglish({"{1} of {0}, {2}", {"a", "{1}"}}), "{1} of a, {2}");
    EXPECT_EQ(inEnglish({"one\n{0}", {"CN=a\r\nhostile\tline"}}), "one\nCN=a  hostile line") << "what comes from outside begins no line";
    EXPECT_EQ(inLanguage({tr("This part was not read."), {}}, Language::Japanese), "この部分はまだ読み取っていません。");
}

TEST(Secret, LeavesNothingWithTheCaller)
{
    std::string text = "correct horse battery staple";
    const char* const where = text.data();
    const Secret secret(std::move(text));
    EXPECT_EQ(std::string(where, 28), std::string(28, '\0'));
    EXPECT_TRUE(secret.clone().use([](std::string_view shown) { return shown == "correct horse battery staple"; }));
}

}  // namespace
}  // namespace monban
