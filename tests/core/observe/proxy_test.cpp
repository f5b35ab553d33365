// SPDX-License-Identifier: MIT
#include "core/observe/proxy.h"

#include <gtest/gtest.h>

namespace monban {
namespace {

TEST(Proxy, IsThatOfTheScheme)
{
    EXPECT_EQ(proxyFor({"proxy:8080", ""}, "ca.example"), "proxy:8080");
    EXPECT_EQ(proxyFor({"https=other:1;http=proxy.example:8080", ""}, "ca.example"), "proxy.example:8080");
    EXPECT_EQ(proxyFor({"HTTP=http://Proxy:8080/ https=x:1", ""}, "ca.example"), "proxy:8080");
    EXPECT_EQ(proxyFor({"any:3128;http=own:8080", ""}, "ca.example"), "own:8080") << "its own before the one of all";
    EXPECT_EQ(proxyFor({"[::1]:8080", ""}, "ca.example"), "[::1]:8080");
    EXPECT_EQ(proxyFor({"https=other:1", ""}, "ca.example"), std::nullopt);
    EXPECT_EQ(proxyFor({"", ""}, "ca.example"), std::nullopt);
    EXPECT_EQ(proxyFor({"http=;;", ""}, "ca.example"), std::nullopt);
}

TEST(Proxy, IsNotAskedForWhatIsToBypassIt)
{
    const auto direct = [](const char* bypass, const char* host) { return !proxyFor({"proxy:8080", bypass}, host); };
    EXPECT_TRUE(direct("ca.example", "CA.example"));
    EXPECT_FALSE(direct("ca.example", "www.ca.example"));
    EXPECT_TRUE(direct("*.example.co.jp; 10.1.*", "ca.example.co.jp"));
    EXPECT_TRUE(direct("*.example.co.jp;10.1.*", "10.1.2.3"));
    EXPECT_FALSE(direct("*.example.co.jp;10.1.*", "10.2.1.3"));
    EXPECT_TRUE(direct("<local>", "intranet"));
    EXPECT_FALSE(direct("<local>", "ca.example"));
    EXPECT_FALSE(direct("<local>", "::1")) << "an address is no local name";
    EXPECT_TRUE(direct("*", "anything.example"));
    EXPECT_TRUE(direct("*a*b*", "xxaxxaxbx"));
    EXPECT_FALSE(direct("*a*b", "xxaxxaxbx"));
    EXPECT_FALSE(direct("", "ca.example"));
}

}  // namespace
}  // namespace monban
