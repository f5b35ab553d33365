// SPDX-License-Identifier: MIT
// Console text in the code pages that Windows' programs write, cut anywhere and with anything in it.
#include <windows.h>

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "core/base/utf8.h"
#include "core/platform/windows/oem_text.h"
#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

std::string decoded(unsigned codePage, std::string_view bytes)
{
    OemText text(codePage);
    std::string result = text.add(bytes);
    return result + text.finish();
}

std::string decodedInPieces(unsigned codePage, std::string_view bytes, std::size_t piece)
{
    OemText text(codePage);
    std::string result;
    for (std::size_t at = 0; at < bytes.size(); at += piece) result += text.add(bytes.substr(at, piece));
    return result + text.finish();
}

/// What Windows itself writes for a text in that code page.
std::string encoded(unsigned codePage, const std::string& text)
{
    const std::wstring units = wide(text);
    std::string bytes(units.size() * 4, '\0');
    const int count = WideCharToMultiByte(codePage, 0, units.data(), static_cast<int>(units.size()), bytes.data(), static_cast<int>(bytes.size()), nullptr,
                                          nullptr);
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
}

std::string randomBytes(std::size_t count, std::uint64_t seed)
{
    std::mt19937_64 engine(seed);
    std::string bytes;
    while (bytes.size() < count) bytes += static_cast<char>(engine() & 0xFF);
    return bytes;
}

const std::string kJapanese = "SSL 証明書を正常に追加しました\r\nアプリケーション ID : ｶﾅ ①ソ表\\能 ～\r\n";

TEST(OemText, ReadsJapaneseHoweverItIsCut)
{
    const std::string bytes = encoded(932, kJapanese);
    ASSERT_EQ(bytes.substr(0, 6), "SSL \x8F\xD8") << "this Windows has no code page 932";
    ASSERT_EQ(decoded(932, bytes), kJapanese);
    for (std::size_t piece = 1; piece < 9; ++piece) EXPECT_EQ(decodedInPieces(932, bytes, piece), kJapanese) << piece;
}

TEST(OemText, HandsOnWhatIsCompleteAndKeepsHalfACharacter)
{
    OemText text(932);
    EXPECT_EQ(text.add("ab\x8F"), "ab");
    EXPECT_EQ(text.add("\xD8"), "証");
    EXPECT_EQ(text.add("\x8F"), "");
    EXPECT_EQ(text.finish(), "\\x8f");
    EXPECT_EQ(text.finish(), "");
}

TEST(OemText, ReadsEveryByteOfTheWesternCodePages)
{
    for (const unsigned codePage : {437u, 850u}) {
        std::string bytes;
        for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
        const std::string text = decoded(codePage, bytes);
        EXPECT_EQ(utf16FromUtf8(text).size(), 256u) << codePage;
        EXPECT_EQ(encoded(codePage, text), bytes) << codePage;
        EXPECT_EQ(text.substr(0, 128), bytes.substr(0, 128)) << codePage;
    }
    EXPECT_EQ(decoded(437, "\x81\x84 \xE1"), "üä ß");
}

TEST(OemText, ReadsUtf8HoweverItIsCut)
{
    const std::string text = "Zertifikat für 門番 \U0001F6AA\n";
    for (std::size_t piece = 1; piece < 9; ++piece) EXPECT_EQ(decodedInPieces(CP_UTF8, text, piece), text) << piece;
}

TEST(OemText, ShowsAByteThatStandsForNothing)
{
    EXPECT_EQ(decoded(932, "a\x80z"), "a\\x80z");
    EXPECT_EQ(decoded(932, "\xA0\xFD\xFE\xFF"), "\\xa0\\xfd\\xfe\\xff");
    EXPECT_EQ(decoded(932, "\x81\xAD!"), "\\x81\\xad!") << "a pair that is not assigned";
    EXPECT_EQ(decoded(932, std::string_view("\x81\x00z", 3)), std::string_view("\\x81\x00z", 6));
    EXPECT_EQ(decoded(CP_UTF8, "a\xC0\x80\xFFz"), "a\\xc0\\x80\\xffz");
    EXPECT_EQ(decoded(CP_UTF8, "\xED\xA0\x80"), "\\xed\\xa0\\x80") << "half of a surrogate pair";
    EXPECT_EQ(decoded(CP_UTF8, "\xE8\xA8"), "\\xe8\\xa8");
}

TEST(OemText, LeavesALineBreakAfterHalfACharacter)
{
    EXPECT_EQ(decoded(932, "\x8F\nnext"), "\\x8f\nnext");
    EXPECT_EQ(decoded(932, "\x8F\r\nnext"), "\\x8f\r\nnext");
    EXPECT_EQ(decoded(CP_UTF8, "\xE8\nnext"), "\\xe8\nnext");
}

TEST(OemText, ShowsTheBytesOfACodePageThatWindowsLacks) { EXPECT_EQ(decoded(12345, "plain \x81\x41 \xFF"), "plain \\x81A \\xff"); }

TEST(OemText, GivesTheSameTextForGarbageHoweverItIsCut)
{
    for (const unsigned codePage : {437u, 850u, 932u, 936u, 949u, 950u, 65001u}) {
        const std::string bytes = randomBytes(20'000, codePage);
        const std::string whole = decoded(codePage, bytes);
        EXPECT_TRUE(isUtf8(whole)) << codePage;
        for (const std::size_t piece : {1u, 2u, 3u, 7u, 4095u, 4096u, 4097u})
            EXPECT_EQ(decodedInPieces(codePage, bytes, piece), whole) << codePage << ", pieces of " << piece;
    }
}

TEST(OemText, TakesTimeOnlyInProportionToTheText)
{
    // Eight times as much takes eight times as long, and nothing near the 64 times of a quadratic decoder.
    const auto timeFor = [](std::size_t size) {
        const std::string bytes = randomBytes(size, 1);
        const auto start = std::chrono::steady_clock::now();
        EXPECT_GT(decodedInPieces(932, bytes, 1000).size(), size);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    timeFor(100'000);
    const double small = timeFor(500'000);
    const double large = timeFor(4'000'000);
    EXPECT_LT(large, small * 30 + 0.5);
}

}  // namespace
}  // namespace monban::windows
