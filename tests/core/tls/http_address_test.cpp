// SPDX-License-Identifier: MIT
#include "core/tls/http_address.h"

#include <gtest/gtest.h>

#include "core/base/host_name.h"

namespace monban {
namespace {

std::string parts(const std::string& url)
{
    const auto address = parseHttpAddress(url);
    if (!address) return "refused";
    return address->host + "|" + std::to_string(address->port) + "|" + address->target + "|" + address->authority();
}

std::string complaint(const std::string& url)
{
    const auto address = parseHttpAddress(url);
    return address ? "accepted" : inEnglish(address.error().message);
}

TEST(HttpAddress, IsReadAsRfc3986HasIt)
{
    EXPECT_EQ(parts("http://ca.practice/crl/ia1.der"), "ca.practice|80|/crl/ia1.der|ca.practice");
    EXPECT_EQ(parts("HTTP://CA.Example.COM:8080/A?b=C#d"), "ca.example.com|8080|/A?b=C|ca.example.com:8080");
    EXPECT_EQ(parts("http://ca"), "ca|80|/|ca");
    EXPECT_EQ(parts("http://ca?x"), "ca|80|/?x|ca");
    EXPECT_EQ(parts("http://ca:/x"), "ca|80|/x|ca");
    EXPECT_EQ(parts("http://ca:80/x"), "ca|80|/x|ca");
    EXPECT_EQ(parts("http://192.0.2.7/x"), "192.0.2.7|80|/x|192.0.2.7");
    EXPECT_EQ(parts("http://[2001:DB8::0:1]/x"), "2001:db8::1|80|/x|[2001:db8::1]");
    EXPECT_EQ(parts("http://[::1]:8080"), "::1|8080|/|[::1]:8080");
}

TEST(HttpAddress, KeepsPercentSignsAndEscapesWhatMayNotStandThere)
{
    EXPECT_EQ(parts("http://ca/a%20b%"), "ca|80|/a%20b%|ca");
    EXPECT_EQ(parts("http://ca/a b\"<>"), "ca|80|/a%20b%22%3C%3E|ca");
    EXPECT_EQ(parts("http://ca/門"), "ca|80|/%E9%96%80|ca");
    EXPECT_EQ(parts("http://ca/a@b:c"), "ca|80|/a@b:c|ca") << "an @ in the path is no user name";
}

TEST(HttpAddress, RefusesEveryOtherSchemeByName)
{
    for (const char* scheme : {"https", "ftp", "ldap", "javascript"})
        EXPECT_NE(complaint(std::string(scheme) + "://ca.test/x").find(scheme), std::string::npos) << scheme;
    EXPECT_NE(complaint("file:///etc/passwd").find("is a file"), std::string::npos);
    EXPECT_NE(complaint("C:\\pki\\ia1.der"), "accepted");
    EXPECT_NE(complaint("ca.test/ia1.der").find("begin with http://"), std::string::npos);
    EXPECT_NE(complaint("ca.test:8080/ia1.der").find("begin with http://"), std::string::npos);
    EXPECT_NE(complaint("").find("begin with http://"), std::string::npos);
    EXPECT_NE(complaint("http:/ca.test/x").find("two slashes"), std::string::npos);
}

TEST(HttpAddress, RefusesAUserNameAndNeverRepeatsThePassword)
{
    for (const char* url : {"http://me:hunter2@ca.test/x", "http://me@ca.test", "http://a@b@ca.test/", "http://ca.test:80@evil.test/"}) {
        const std::string said = complaint(url);
        EXPECT_NE(said.find("user name or password"), std::string::npos) << url;
        EXPECT_EQ(said.find("hunter2"), std::string::npos);
    }
}

TEST(HttpAddress, NeverRepeatsAPasswordWhateverElseIsWrong)
{
    for (const char* url : {"me:2hunter2@ca.test/x", "https://me:hunter2@ca.test", "file://me:hunter2@ca", "http:/me:hunter2@ca.test", "me:hunter2@ca"})
        EXPECT_EQ(complaint(url).find("hunter2"), std::string::npos) << url;
}

TEST(HttpAddress, RefusesWhatIsNoHostOrPort)
{
    for (const char* url :
         {"http://", "http:///x", "http://:80/", "http://ca:0/", "http://ca:65536/", "http://ca:8o/", "http://ca:+80/", "http://ca:-1/", "http://[::1/",
          "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/", "http://1.2.3/", "http://0x7f.1/", "http://2130706433/", "http://1.2.3.256/",
          "http://a..b/", "http://.a/", "http://a b/", "http://ca%2Etest/", "http://a\\b/", "http://ca.test./", "http://日本語.example/", "http://-a/"})
        EXPECT_NE(complaint(url), "accepted") << url;
    EXPECT_NE(complaint(std::string("http://ca/\0x", 12)), "accepted");
    EXPECT_NE(complaint("http://ca/x\r\nHost: evil"), "accepted");
    EXPECT_NE(complaint("http://ca/" + std::string(9000, 'x')), "accepted");
    EXPECT_NE(complaint("http://ca/\xFF"), "accepted");
}

std::string siteParts(const std::string& url)
{
    const auto address = parseSiteAddress(url);
    return address ? address->host + "|" + std::to_string(address->port) + "|" + address->target + "|" + address->authority() : "refused";
}

TEST(SiteAddress, IsHttpsAndMayLeaveThatOut)
{
    EXPECT_EQ(siteParts("https://www.example.co.jp/"), "www.example.co.jp|443|/|www.example.co.jp");
    EXPECT_EQ(siteParts("HTTPS://Www.Example.co.jp:8443/a?b#c"), "www.example.co.jp|8443|/a?b|www.example.co.jp:8443");
    EXPECT_EQ(siteParts("www.example.co.jp"), "www.example.co.jp|443|/|www.example.co.jp");
    EXPECT_EQ(siteParts("localhost:444/x"), "localhost|444|/x|localhost:444");
    EXPECT_EQ(siteParts("https://[::1]:443/"), "::1|443|/|[::1]");
    EXPECT_EQ(siteParts("[2001:db8::1]"), "2001:db8::1|443|/|[2001:db8::1]");
    EXPECT_EQ(siteParts("a.test/?next=http://b.test/"), "a.test|443|/?next=http://b.test/|a.test");
    for (const char* url : {"", "http://www.example.co.jp/", "ftp://x/", "https://", "https://:1/", "/path", "https://a:0/", "https://a b/", "://x"})
        EXPECT_EQ(siteParts(url), "refused") << url;
}

TEST(SiteAddress, NeverRepeatsAPassword)
{
    for (const char* url : {"https://me:hunter2@a.test/", "me:hunter2@a.test", "http://me:hunter2@a.test"}) {
        const auto address = parseSiteAddress(url);
        ASSERT_FALSE(address) << url;
        EXPECT_EQ(inEnglish(address.error().message).find("hunter2"), std::string::npos) << url;
    }
}

/// The A-labels are those of RFC 3492's and the registries' published examples.
TEST(HostName, TellsTheAsciiFormOfALetterName)
{
    EXPECT_EQ(asciiHostName("日本語.example"), "xn--wgv71a119e.example");
    EXPECT_EQ(asciiHostName("www.bücher.example"), "www.xn--bcher-kva.example");
    EXPECT_EQ(asciiHostName("3年b組金八先生.jp"), "xn--3b-ww4c5e180e575a65lsy2b.jp");
    EXPECT_EQ(asciiHostName("パフィーdeルンバ"), "xn--de-jg4avhby1noc0d");
    EXPECT_EQ(asciiHostName("www.example.com"), "www.example.com");
    EXPECT_FALSE(asciiHostName("BÜCHER.example")) << "capitals are mapped by tables we do not have";
    EXPECT_FALSE(asciiHostName("😀.example"));
    EXPECT_NE(inEnglish(*hostNameProblem("日本語.example")).find("xn--wgv71a119e.example"), std::string::npos);
}

TEST(HostName, SaysWhatIsWrongWithIt)
{
    for (const char* good : {"www.example.com", "localhost", "my_host", "a-b.c", "xn--wgv71a119e.example", "3com.com"})
        EXPECT_FALSE(hostNameProblem(good)) << good;
    const auto said = [](const std::string& host) { return hostNameProblem(host) ? inEnglish(*hostNameProblem(host)) : "accepted"; };
    EXPECT_NE(said("https://www.example.com/").find("address of a page"), std::string::npos);
    EXPECT_NE(said("www.example.com/x").find("address of a page"), std::string::npos);
    EXPECT_NE(said("www.example.com.").find("ends with a dot"), std::string::npos);
    EXPECT_NE(said("1.2.3.4").find("IP address"), std::string::npos);
    EXPECT_NE(said("[::1]").find("IP address"), std::string::npos);
    EXPECT_NE(said("::1").find("IP address"), std::string::npos);
    EXPECT_NE(said("[fe80::1%3]").find("IP address"), std::string::npos);
    EXPECT_NE(said("1.2.3.4.5").find("number"), std::string::npos);
    EXPECT_NE(said("a b").find("no \" \""), std::string::npos);
    EXPECT_NE(said("*.example.com"), "accepted");
    EXPECT_NE(said("-a.test"), "accepted");
    EXPECT_NE(said("a-.test"), "accepted");
    EXPECT_NE(said("a..test"), "accepted");
    EXPECT_NE(said(""), "accepted");
    EXPECT_NE(said(std::string(64, 'a') + ".test"), "accepted");
    std::string longName = "a";
    for (int i = 0; i < 126; ++i) longName += ".a";
    EXPECT_EQ(said(longName), "accepted") << "253 characters";
    EXPECT_NE(said(longName + "a"), "accepted");
}

}  // namespace
}  // namespace monban
