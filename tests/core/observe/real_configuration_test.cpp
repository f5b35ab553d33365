// SPDX-License-Identifier: MIT
// applicationHost.config as it is met on servers: every encoding, comments and CDATA between everything, locations over
// one another, thousands of lines; and broken in the ways files break, each said with its line.
#include <gtest/gtest.h>

#include <chrono>

#include "core/base/utf8.h"
#include "core/observe/application_host.h"

namespace monban {
namespace {

/// The shape IIS 10 writes, with what people and tools add: comments with markup in them, two groups of one name,
/// attributes in single quotes and over several lines, entities, a CDATA section, another program's element.
const std::string kServer = R"(<?xml version="1.0" encoding="UTF-8"?>
<!--
    IIS configuration sections. <site name="not a site" id="9"><bindings><binding protocol="https" /></bindings></site>
-->
<configuration>
    <configSections>
        <sectionGroup name="system.applicationHost">
            <section name="sites" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
        </sectionGroup>
        <sectionGroup name="system.webServer">
            <sectionGroup name="security">
                <section name="access" overrideModeDefault="Deny" />
            </sectionGroup>
        </sectionGroup>
    </configSections>
    <?other program="x" ?>
    <system.applicationHost>
        <sites>
            <!-- <site name="commented out" id="8" /> -->
            <site name="Default Web Site" id="1">
                <application path="/"><virtualDirectory path="/" physicalPath="%SystemDrive%\inetpub\wwwroot" /></application>
                <bindings>
                    <binding protocol="http" bindingInformation="*:80:" />
                    <binding
                        protocol='https'
                        bindingInformation='*:443:'
                        sslFlags='0' />
                    <!-- a second one --><binding protocol="https" bindingInformation="[2001:db8::7]:8443:" />
                    <binding protocol="net.tcp" bindingInformation="808:*" />
                    <binding protocol="net.pipe" bindingInformation="*" />
                </bindings>
                <![CDATA[ <bindings><binding protocol="ftp" bindingInformation="*:21:" /></bindings> ]]>
                <limits connectionTimeout="00:02:00" />
            </site>
            <site name="O&apos;Brien &amp; S&#246;hne &#x9580;" id="2" serverAutoStart="false">
                <bindings>
                    <binding protocol="https" bindingInformation="*:443:www.example.test" sslFlags="33" />
                </bindings>
            </site>
            <siteDefaults><logFile logFormat="W3C" /></siteDefaults>
        </sites>
        <otherPrograms xmlns:x="urn:x"><x:site name="neither" id="7" /></otherPrograms>
    </system.applicationHost>
    <system.webServer>
        <security><authentication /></security>
    </system.webServer>
    <location path="" overrideMode="Allow">
        <system.webServer><security><access sslFlags="None" /></security></system.webServer>
    </location>
    <location path="Default Web Site" overrideMode="Deny">
        <system.webServer>
            <security>
                <!-- <access sslFlags="Ssl" /> -->
                <access sslFlags="Ssl,&#x20;SslNegotiateCert" />
            </security>
        </system.webServer>
    </location>
    <location path="default web site/APP/">
        <system.webServer><security><access sslFlags="Ssl, SslNegotiateCert, SslRequireCert" /></security></system.webServer>
    </location>
    <location path="Default Web Site/app/images" overrideMode="Allow">
        <system.webServer><security><access sslFlags="None" /></security></system.webServer>
        <system.webServer><handlers /></system.webServer>
    </location>
    <location path="Default Web Site/apple">
        <system.webServer><security><access sslFlags="104" /></security></system.webServer>
    </location>
    <location path="Default Web Site/empty" />
</configuration>
)";

std::string utf16(const std::string& text, bool big, bool mark)
{
    std::string file = mark ? (big ? "\xFE\xFF" : "\xFF\xFE") : "";
    for (const char16_t unit : utf16FromUtf8(text)) {
        const char low = static_cast<char>(unit & 0xFF);
        const char high = static_cast<char>(unit >> 8);
        file += big ? high : low;
        file += big ? low : high;
    }
    return file;
}

std::string withLineEnds(const std::string& text, const std::string& end)
{
    std::string result;
    for (const char c : text) c == '\n' ? result += end : result += c;
    return result;
}

/// Every form the same file may have on a disk.
std::vector<std::string> forms(const std::string& text)
{
    const std::string windows = withLineEnds(text, "\r\n");
    return {text, windows, "\xEF\xBB\xBF" + windows, utf16(windows, false, true), utf16(windows, true, true), utf16(windows, false, false), utf16(windows, true, false)};
}

void checkSites(const std::vector<Site>& sites)
{
    ASSERT_EQ(sites.size(), 2u);
    const Site& first = sites[0];
    EXPECT_EQ(first.name, "Default Web Site");
    EXPECT_EQ(first.physicalPath, "C:\\inetpub\\wwwroot");
    ASSERT_EQ(first.bindings.size(), 5u);
    EXPECT_EQ(first.bindings[1].information, "*:443:");
    EXPECT_EQ(first.bindings[2].address, "[2001:db8::7]");
    EXPECT_EQ(first.bindings[2].port, 8443);
    EXPECT_FALSE(first.bindings[3].port) << "808:* has another shape";
    EXPECT_EQ(first.bindings[4].information, "*");
    EXPECT_EQ(first.state, "Started");
    const Site& second = sites[1];
    EXPECT_EQ(second.name, "O'Brien & Söhne 門");
    EXPECT_EQ(second.state, "Stopped");
    EXPECT_EQ(second.bindings.at(0).sslFlags, 33u);
    EXPECT_EQ(second.bindings.at(0).host, "www.example.test");
}

TEST(RealConfiguration, IsReadInEveryFormItMayHave)
{
    for (const std::string& file : forms(kServer)) {
        const auto sites = sitesFromConfiguration(file);
        ASSERT_TRUE(sites) << inEnglish(sites.error().message);
        checkSites(*sites);
    }
}

TEST(RealConfiguration, GivesEachPathTheNearestFlags)
{
    const auto at = [](const std::string& path) { return accessAt(kServer, path)->flags; };
    EXPECT_EQ(at(""), 0u);
    EXPECT_EQ(at("Default Web Site"), 8u + 32);
    EXPECT_EQ(at("Default Web Site/other"), 8u + 32);
    EXPECT_EQ(at("Default Web Site/app"), 104u);
    EXPECT_EQ(at("DEFAULT WEB SITE/App/deep/er"), 104u);
    EXPECT_EQ(at("Default Web Site/app/images"), 0u);
    EXPECT_EQ(at("Default Web Site/app/images/x.png"), 0u);
    EXPECT_EQ(at("Default Web Site/apple"), 104u);
    EXPECT_EQ(at("Default Web Site/app-two"), 8u + 32) << "a name that begins alike is another path";
    EXPECT_EQ(at("Default Web Site/empty"), 8u + 32);
    EXPECT_EQ(at("O'Brien & Söhne 門"), 0u);
}

TEST(RealConfiguration, IsChangedInOnePlaceInEveryForm)
{
    const Binding added = bindingFrom("https", "*:9443:", 1);
    for (const std::string& file : forms(kServer)) {
        auto changed = withBinding(file, "O'Brien & Söhne 門", added);
        ASSERT_TRUE(changed);
        changed = withAccess(*changed, "Default Web Site/app/images", 8);
        ASSERT_TRUE(changed);
        changed = withAccess(*changed, "Default Web Site/new", 104);
        ASSERT_TRUE(changed);
        const auto sites = sitesFromConfiguration(*changed);
        ASSERT_TRUE(sites);
        EXPECT_EQ(sites->at(1).bindings.size(), 2u);
        EXPECT_EQ(accessAt(*changed, "Default Web Site/app/images")->flags, 8u);
        EXPECT_EQ(accessAt(*changed, "Default Web Site/new/x")->flags, 104u);
        auto back = withoutBinding(*changed, "O'Brien & Söhne 門", added);
        ASSERT_TRUE(back);
        back = withAccess(*back, "Default Web Site/app/images", 0);
        ASSERT_TRUE(back);
        back = withAccess(*back, "Default Web Site/new", std::nullopt);
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, file) << "byte for byte";
    }
}

/// The line said for a file that is broken at the marked line; 0 where it is taken.
int lineSaid(const std::string& file)
{
    const auto sites = sitesFromConfiguration(file);
    if (sites) return 0;
    EXPECT_EQ(sites.error().code, ErrorCode::Damaged);
    const auto& values = sites.error().message.values;
    return values.empty() ? -1 : std::stoi(values[0]);
}

TEST(RealConfiguration, IsSaidToBeBrokenAtTheLineWhereItIs)
{
    const std::string good = "<configuration>\n<system.applicationHost>\n<sites>\n<site name=\"a\" id=\"1\">\n<bindings>\n"
                             "<binding protocol=\"http\" bindingInformation=\"*:80:\" />\n</bindings>\n</site>\n</sites>\n</system.applicationHost>\n</configuration>\n";
    ASSERT_EQ(lineSaid(good), 0);
    const auto broken = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        return text;
    };
    const std::pair<std::string, int> table[] = {
        {broken("</bindings>", "</binding>"), 7},
        {broken("protocol=\"http\"", "protocol=\"http"), 6},
        {broken("protocol=\"http\"", "protocol=http"), 6},
        {broken("id=\"1\"", "id=\"one\""), 4},
        {broken("id=\"1\"", ""), 4},
        {broken("name=\"a\"", ""), 4},
        {broken("\"*:80:\"", "\"*:80:\" sslFlags=\"-1\""), 6},
        {broken("\"*:80:\"", "\"*:80:\" sslFlags=\"99999999999\""), 6},
        {broken("name=\"a\"", "name=\"\xFF\""), 4},
        {broken("name=\"a\"", std::string("name=\"\0\"", 8)), 4},
    };
    for (const auto& [text, line] : table)
        for (const std::string& end : {std::string("\n"), std::string("\r\n")}) EXPECT_EQ(lineSaid(withLineEnds(text, end)), line) << text;
    EXPECT_EQ(lineSaid(utf16(broken("</bindings>", "</binding>"), false, true)), 7);
    EXPECT_GT(lineSaid(good.substr(0, good.size() / 2)), 0) << "cut off";
    EXPECT_EQ(lineSaid(good + "<configuration />\n"), 12) << "two roots";
    EXPECT_EQ(lineSaid(good + "\n\nleft over"), 14);
    EXPECT_EQ(lineSaid(good + "<!-- a comment --> <?pi ?>\n"), 0);
    EXPECT_GT(lineSaid("<web />" + good), 0);
    EXPECT_EQ(lineSaid("<?xml version=\"1.0\"?>\n<!DOCTYPE configuration [<!ENTITY x \"y\">]>\n" + good), 2) << "IIS's own reader takes no DOCTYPE";
    for (const std::string& none : {std::string(), std::string("\xEF\xBB\xBF"), std::string("\xFF\xFE"), std::string("  \r\n"), std::string("no xml"), std::string("<web />"),
                                    std::string(3, '\0'), utf16(good, false, true).substr(0, 31)})
        EXPECT_NE(lineSaid(none), 0) << none;
}

TEST(RealConfiguration, OfTenThousandSitesIsReadInItsTime)
{
    const auto seconds = [](int count) {
        std::string text = "<configuration><system.applicationHost><sites>\n";
        for (int i = 1; i <= count; ++i)
            text += "<site name=\"s" + std::to_string(i) + "\" id=\"" + std::to_string(i) + "\"><bindings>\n<binding protocol=\"http\" bindingInformation=\"*:80:\" />\n</bindings></site>\n";
        text += "</sites></system.applicationHost>\n";
        for (int i = 1; i <= count; ++i)
            text += "<location path=\"s" + std::to_string(i) + "/app\"><system.webServer><security><access sslFlags=\"Ssl\" /></security></system.webServer></location>\n";
        text += "</configuration>";
        const auto begin = std::chrono::steady_clock::now();
        const auto sites = sitesFromConfiguration(text);
        const double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        EXPECT_TRUE(sites);
        EXPECT_EQ(sites->size(), static_cast<std::size_t>(count));
        EXPECT_EQ(sites->back().access.size(), 2u);
        return time;
    };
    seconds(500);
    const double small = seconds(2'000);
    EXPECT_LT(seconds(10'000), small * 5 * 4) << "no look through all locations for each site";
}

}  // namespace
}  // namespace monban
