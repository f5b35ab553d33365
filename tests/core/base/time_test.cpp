// SPDX-License-Identifier: MIT
#include "core/base/time.h"

#include <gtest/gtest.h>

namespace monban {
namespace {

TEST(Rfc3339, WritesUtcSeconds) { EXPECT_EQ(rfc3339(Time{} + std::chrono::seconds(1795392000)), "2026-11-23T00:00:00Z"); }

TEST(Rfc3339, ReadsOffsetsFractionsAndLowerCase)
{
    const auto expected = timeFromRfc3339("2026-11-23T00:00:00Z");
    ASSERT_TRUE(expected);
    for (const char* text : {"2026-11-23T09:00:00+09:00", "2026-11-22t19:30:00.25-04:30", "2026-11-23 00:00:00.000z"})
        EXPECT_EQ(timeFromRfc3339(text), expected) << text;
}

TEST(Rfc3339, RefusesWhatIsNotATime)
{
    for (const char* text : {"", "2026-11-23", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T00:00:00",
                             "2026-11-23T00:00:00+9:00", "2026-11-23T00:00:00.Z", "2026-11-23T00:00:00Zx", "+30d"})
        EXPECT_FALSE(timeFromRfc3339(text)) << text;
}

TEST(Rfc3339, ClampsWhatFourDigitsCannotHold)
{
    EXPECT_EQ(rfc3339(Time{} + std::chrono::hours(24) * 365 * 20000), "9999-12-31T23:59:59Z");
}

}  // namespace
}  // namespace monban
