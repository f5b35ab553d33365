// SPDX-License-Identifier: MIT
#include "core/plan/endpoint.h"

#include <gtest/gtest.h>

#include "core/plan/chapters.h"
#include "tests/support/values.h"

namespace monban {
namespace {

std::string saidOfHost(const std::string& text)
{
    const auto endpoint = hostEndpoint(text);
    return endpoint ? "accepted" : inEnglish(endpoint.error().message);
}
std::string saidOfAddress(const std::string& text)
{
    const auto endpoint = addressEndpoint(text);
    return endpoint ? "accepted" : inEnglish(endpoint.error().message);
}
bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

TEST(Endpoint, SaysWhatAWrongHostNameIs)
{
    EXPECT_EQ(saidOfHost("www.example.com:443"), "accepted");
    EXPECT_PRED2(has, saidOfHost("1.2.3.4:443"), "is an IP address");
    EXPECT_PRED2(has, saidOfHost("[2001:db8::1]:443"), "is an IP address");
    EXPECT_PRED2(has, saidOfHost("2001:db8::1"), "is an IP address");
    EXPECT_PRED2(has, saidOfHost("https://www.example.com/"), "address of a page");
    EXPECT_PRED2(has, saidOfHost("https://www.example.com"), "address of a page");
    EXPECT_PRED2(has, saidOfHost("https://www.example.com:443"), "address of a page");
    EXPECT_PRED2(has, saidOfHost("www.example.com:443/app"), "address of a page");
    EXPECT_PRED2(has, saidOfHost("www.example.com."), "ends with a dot");
    EXPECT_PRED2(has, saidOfHost("www.example.com.:443"), "ends with a dot");
    EXPECT_PRED2(has, saidOfHost("日本語.example:443"), "xn--wgv71a119e.example");
    EXPECT_PRED2(has, saidOfHost("www.example.com"), "with a port");
    EXPECT_PRED2(has, saidOfHost("www.example.com:99999"), "with a port");
    EXPECT_PRED2(has, saidOfHost("www.example.com:"), "with a port");
}

TEST(Endpoint, SaysWhatAWrongAddressIs)
{
    EXPECT_EQ(saidOfAddress("0.0.0.0:443"), "accepted");
    EXPECT_EQ(saidOfAddress("[::]:443"), "accepted");
    EXPECT_PRED2(has, saidOfAddress("[fe80::1%3]:443"), "zone");
    EXPECT_PRED2(has, saidOfAddress("[fe80::1%eth0]:443"), "zone");
    EXPECT_PRED2(has, saidOfAddress("192.0.2.1"), "lacks the port");
    EXPECT_PRED2(has, saidOfAddress("[2001:db8::1]"), "lacks the port");
    EXPECT_PRED2(has, saidOfAddress("2001:db8::1"), "lacks the port");
    EXPECT_PRED2(has, saidOfAddress("www.example.com:443"), "bind.hostname");
    EXPECT_PRED2(has, saidOfAddress("*:443"), "0.0.0.0:443");
    for (const char* odd : {"1.2.3:443", "0x7f.0.0.1:443", "2130706433:443", "1.2.3.4.5:443", "01.2.3.4:443", "1.2.3.256:443", "1..2.3:443"})
        EXPECT_NE(saidOfAddress(odd), "accepted") << odd;
    EXPECT_PRED2(has, saidOfAddress("https://0.0.0.0:443/"), "0.0.0.0:443");
}

TEST(Site, IsTheOneWhoseNameReadsTheSame)
{
    Answers answers;
    Facts facts = support::freshFacts();
    const Materials materials;
    const auto chosen = [&](const std::string& name) {
        answers.bind.site = name;
        const auto site = chosenSite({answers, materials, facts, {}});
        return site ? site->name : "none";
    };
    for (const char* pasted : {"default web site", "\u200EDefault Web Site", "Default\u00A0Web\u00A0Site ", "Ｄｅｆａｕｌｔ　Ｗｅｂ　Ｓｉｔｅ"})
        EXPECT_EQ(chosen(pasted), "Default Web Site") << pasted;
    EXPECT_EQ(chosen("Default Web Sit"), "none");
    Site twin = facts.sites->front();
    twin.name = "Default Web Site\u200E";
    facts.sites->push_back(twin);
    EXPECT_EQ(chosen("Default Web Site\u200E"), twin.name) << "the very name comes first";
    EXPECT_EQ(chosen("Default Web Site"), "Default Web Site");
    EXPECT_EQ(chosen("Default　Web Site"), "none") << "two read the same: nothing is guessed";
}

}  // namespace
}  // namespace monban
