// SPDX-License-Identifier: MIT
#include "core/tls/name_lookup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace monban {
namespace {

using namespace std::chrono_literals;

TEST(NameLookup, AnAddressIsItsOwnAnswer)
{
    for (const char* address : {"127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"}) {
        const Found found = lookUp(address, 443, std::chrono::steady_clock::now(), {});
        EXPECT_TRUE(found.isAnswered) << address;
        ASSERT_EQ(found.endpoints.size(), 1U) << address;
        EXPECT_EQ(found.endpoints.front().address().to_string(), address);
        EXPECT_EQ(found.endpoints.front().port(), 443);
    }
}

TEST(NameLookup, ThatIsNotWaitedForSaysSo)
{
    std::stop_source stop;
    stop.request_stop();
    const Found found = lookUp("localhost", 443, std::chrono::steady_clock::now() + 1min, stop.get_token());
    EXPECT_EQ(found.isAnswered, !found.endpoints.empty());  // it may have been quicker
    EXPECT_FALSE(lookUp("name.invalid", 443, std::chrono::steady_clock::now() + 30s, {}).endpoints.size());
}

// Threads that came and went like this crashed or hung a Windows program (base/left_thread.h).
TEST(NameLookup, ManyAtOnce)
{
    std::atomic<int> answered = 0;
    {
        std::vector<std::jthread> visitors;
        for (int i = 0; i < 16; ++i)
            visitors.emplace_back([&] {
                for (int n = 0; n < 25; ++n)
                    if (!lookUp("localhost", 443, std::chrono::steady_clock::now() + 1min, {}).endpoints.empty()) ++answered;
            });
    }
    EXPECT_EQ(answered, 400);
}

}  // namespace
}  // namespace monban
