// SPDX-License-Identifier: MIT
#include "core/platform/windows/kept_text.h"

#include <gtest/gtest.h>

#include "core/base/utf8.h"

namespace monban::windows {
namespace {

TEST(KeptText, KeepsAShortTextWhole)
{
    KeptText kept(100);
    kept.add("one ");
    kept.add("two");
    EXPECT_EQ(kept.text(), "one two");
    kept.add(std::string(93, 'x'));
    EXPECT_EQ(kept.text(), "one two" + std::string(93, 'x')) << "exactly what may be kept";
}

TEST(KeptText, KeepsTheBeginningAndTheEndOfALongOne)
{
    for (const std::size_t piece : {1u, 7u, 100u, 5000u}) {
        std::string all;
        for (int i = 0; i < 3000; ++i) all += std::to_string(i) + "\n";
        KeptText kept(100);
        for (std::size_t at = 0; at < all.size(); at += piece) kept.add(std::string_view(all).substr(at, piece));
        const std::string text = kept.text();
        EXPECT_LE(text.size(), 100u) << piece;
        EXPECT_GE(text.size(), 90u) << piece;
        EXPECT_TRUE(text.starts_with(all.substr(0, 50) + "\n[…]\n")) << piece << text;
        EXPECT_TRUE(text.ends_with("2998\n2999\n")) << piece << text;
    }
}

TEST(KeptText, CutsNoCharacterInParts)
{
    for (std::size_t start = 0; start < 4; ++start)
        for (std::size_t most = 40; most < 60; ++most) {
            KeptText kept(most);
            kept.add(std::string(start, 'x'));
            for (int i = 0; i < 200; ++i) kept.add(i % 2 ? "門" : "\U0001F6AA番");
            EXPECT_TRUE(isUtf8(kept.text())) << start << " " << most;
            EXPECT_LE(kept.text().size(), most);
        }
}

}  // namespace
}  // namespace monban::windows
