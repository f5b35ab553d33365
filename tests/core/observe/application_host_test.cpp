// SPDX-License-Identifier: MIT
#include "core/observe/application_host.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr const char* kFile = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- kept: <site name="in a comment"> -->
<configuration>
    <configSections>
        <sectionGroup name="system.webServer">
            <sectionGroup name="security">
                <section name="access" overrideModeDefault="Deny" />
            </sectionGroup>
        </sectionGroup>
    </configSections>

    <system.applicationHost>
        <sites>
            <site name="Default Web Site"   id="1"
                  serverAutoStart='true'>
                <application path="/">
                    <virtualDirectory path="/" physicalPath="%SystemDrive%\inetpub\wwwroot" />
                </application>
                <bindings>
                    <binding protocol="http" bindingInformation="*:80:" />
                    <binding protocol='https' bindingInformation='*:443:' sslFlags="1" />
                </bindings>
            </site>
            <site name="門番 &amp; co" id="2" serverAutoStart="false"><bindings/></site>
            <siteDefaults><logFile logFormat="W3C" /></siteDefaults>
        </sites>
    </system.applicationHost>
    <system.webServer>
        <security><access sslFlags="None" /></security>
        <unknown a="1"  b = "2"></unknown>
    </system.webServer>
    <location path="Default Web Site">
        <system.webServer>
            <security>
                <access sslFlags="Ssl, SslNegotiateCert" />
            </security>
            <other />
        </system.webServer>
    </location>
    <location path="default web site/App/" overrideMode="Allow">
        <system.webServer><security><access sslFlags="Ssl,SslNegotiateCert,SslRequireCert" /></security></system.webServer>
    </location>
</configuration>
)";

std::string utf16(const std::string& text, bool big, bool mark)
{
    std::string bytes;
    for (const char16_t unit : utf16FromUtf8((mark ? "\xEF\xBB\xBF" : "") + text)) {
        const char low = static_cast<char>(unit & 0xFF);
        const char high = static_cast<char>(unit >> 8);
        bytes += big ? high : low;
        bytes += big ? low : high;
    }
    return bytes;
}

std::string crlf(const std::string& text)
{
    std::string result;
    for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return result;
}

void expectSites(const std::string& file)
{
    const auto sites = sitesFromConfiguration(file);
    ASSERT_TRUE(sites) << sites.error().detail;
    ASSERT_EQ(sites->size(), 2u);
    const Site& first = sites->at(0);
    EXPECT_EQ(first.name, "Default Web Site");
    EXPECT_EQ(first.id, 1);
    EXPECT_EQ(first.state, "Started");
    ASSERT_EQ(first.bindings.size(), 2u);
    EXPECT_EQ(first.bindings[1], bindingFrom("https", "*:443:", 1));
    const std::vector<Access> access{{"Default Web Site", 40, false, {}, {}}, {"default web site/App/", 104, false, {}, {}}};
    EXPECT_EQ(first.access, access);
    EXPECT_EQ(sites->at(1).name, "門番 & co");
    EXPECT_EQ(sites->at(1).state, "Stopped");
    EXPECT_EQ(sites->at(1).access, (std::vector<Access>{{"門番 & co", 0, true, {}, {}}}));
}

TEST(ApplicationHost, ReadsEveryEncodingIisMayWrite)
{
    expectSites(kFile);
    expectSites(std::string("\xEF\xBB\xBF") + kFile);
    expectSites(crlf(kFile));
    for (const bool big : {false, true})
        for (const bool mark : {false, true}) expectSites(utf16(kFile, big, mark));
}

TEST(ApplicationHost, InheritsAccessAlongThePath)
{
    EXPECT_EQ(accessAt(kFile, "Default Web Site/other")->flags, 40u);
    EXPECT_TRUE(accessAt(kFile, "Default Web Site/other")->inherited);
    EXPECT_EQ(accessAt(kFile, "DEFAULT WEB SITE/app/sub/page.aspx")->flags, 104u);
    EXPECT_FALSE(accessAt(kFile, "Default Web Site/app")->inherited);
    EXPECT_EQ(accessAt(kFile, "")->flags, 0u);
    const std::string server = *withAccess(kFile, "", 8);
    EXPECT_EQ(sitesFromConfiguration(server)->at(1).access[0], (Access{"門番 & co", 8, true, {}, {}}));
}

TEST(ApplicationHost, KnowsWhereTheFilesOfASiteLie)
{
    EXPECT_EQ(sitesFromConfiguration(kFile)->at(0).physicalPath, "C:\\inetpub\\wwwroot");
    EXPECT_EQ(sitesFromConfiguration(kFile)->at(1).physicalPath, "") << "a site without a root application";
    std::string file = kFile;
    const std::string root = "<virtualDirectory path=\"/\" physicalPath=\"%SystemDrive%\\inetpub\\wwwroot\" />";
    file.replace(file.find(root), root.size(),
                 "<virtualDirectory path='/' physicalPath='%SYSTEMROOT%\\web'/>"
                 "<virtualDirectory path='/pictures' physicalPath='D:\\pictures'/></application><application path='/shop'>"
                 "<virtualDirectory path='/' physicalPath='%shop%\\files'/>"
                 "<virtualDirectory path='/docs/' physicalPath='%programfiles%\\docs'/>");
    const Site site = sitesFromConfiguration(file)->at(0);
    EXPECT_EQ(site.physicalPath, "C:\\Windows\\web");
    EXPECT_EQ(site.folders,
              (std::vector<VirtualFolder>{{"Default Web Site/pictures", "D:\\pictures"},
                                          {"Default Web Site/shop", ""},
                                          {"Default Web Site/shop/docs", "C:\\Program Files\\docs"}}))
        << "a variable that is not known leaves the path unknown";
}

TEST(ApplicationHost, TheAccessSectionIsLockedAboveSitesUnlessALocationUnlocksIt)
{
    EXPECT_TRUE(*accessIsLocked(kFile, "Default Web Site"));
    EXPECT_FALSE(*accessIsLocked(kFile, "Default Web Site/app"));
    EXPECT_FALSE(*accessIsLocked(kFile, "Default Web Site/app/sub"));
    std::string open = kFile;
    open.replace(open.find("\"Deny\""), 6, "\"Allow\"");
    EXPECT_FALSE(*accessIsLocked(open, "Default Web Site"));
    EXPECT_TRUE(*accessIsLocked("<configuration/>", "x")) << "IIS's own default";
}

/// What an edit changed, as the lines that went and the lines that came.
std::pair<std::string, std::string> difference(const std::string& before, const std::string& after)
{
    std::size_t head = 0;
    while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
    std::size_t tail = 0;
    while (tail < before.size() - head && tail < after.size() - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    return {before.substr(head, before.size() - head - tail), after.substr(head, after.size() - head - tail)};
}

TEST(ApplicationHost, AddsABindingAndChangesNothingElse)
{
    for (const std::string& file : {std::string(kFile), crlf(kFile), "\xEF\xBB\xBF" + crlf(kFile)}) {
        const auto edited = withBinding(file, "default web site", bindingFrom("https", "*:444:a&b", 33));
        ASSERT_TRUE(edited) << edited.error().detail;
        const auto [gone, come] = difference(file, *edited);
        EXPECT_EQ(gone, "");
        EXPECT_NE(come.find(R"(binding protocol="https" bindingInformation="*:444:a&amp;b" sslFlags="33" />)"),
                  std::string::npos);
        EXPECT_EQ(sitesFromConfiguration(*edited)->at(0).bindings.at(2), bindingFrom("https", "*:444:a&b", 33));
        EXPECT_EQ(*withoutBinding(*edited, "Default Web Site", bindingFrom("HTTPS", "*:444:A&b", 0)), file);
    }
    const std::string wide = utf16(crlf(kFile), false, true);
    const auto added = withBinding(wide, "門番 & co", bindingFrom("http", "*:81:", 0));
    ASSERT_TRUE(added);
    EXPECT_EQ(added->substr(0, 2), "\xFF\xFE");
    EXPECT_EQ(sitesFromConfiguration(*added)->at(1).bindings.size(), 1u);
}

TEST(ApplicationHost, FillsAnEmptyBindingsElement)
{
    const auto edited = withBinding(kFile, "門番 & co", bindingFrom("https", "[::]:443:", 0));
    ASSERT_TRUE(edited);
    EXPECT_EQ(sitesFromConfiguration(*edited)->at(1).bindings, std::vector{bindingFrom("https", "[::]:443:", 0)});
    EXPECT_NE(edited->find(R"(<binding protocol="https" bindingInformation="[::]:443:" />)"), std::string::npos);
}

TEST(ApplicationHost, RefusesWhatIsThereOrIsNot)
{
    EXPECT_EQ(withBinding(kFile, "Default Web Site", bindingFrom("http", "*:80:", 0)).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(withBinding(kFile, "none", bindingFrom("http", "*:81:", 0)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(withoutBinding(kFile, "Default Web Site", bindingFrom("http", "*:81:", 0)).error().code,
              ErrorCode::NotFound);
    EXPECT_EQ(withBindingFlags(kFile, "Default Web Site", bindingFrom("http", "*:81:", 0), 1).error().code,
              ErrorCode::NotFound);
    EXPECT_EQ(withAccess(kFile, "none/app", 8).error().code, ErrorCode::NotFound);
}

TEST(ApplicationHost, ChangesOnlyTheFlagsOfABinding)
{
    const auto edited = withBindingFlags(kFile, "Default Web Site", bindingFrom("https", "*:443:", 0), 97);
    ASSERT_TRUE(edited);
    EXPECT_EQ(difference(kFile, *edited), (std::pair<std::string, std::string>("1", "97")));
    const auto added = withBindingFlags(kFile, "Default Web Site", bindingFrom("http", "*:80:", 0), 4);
    EXPECT_EQ(difference(kFile, *added).second, "sslFlags=\"4\" ");
    EXPECT_EQ(*withBindingFlags(kFile, "Default Web Site", bindingFrom("http", "*:80:", 0), 0), kFile);
}

TEST(ApplicationHost, SetsAccessInPlaceOrInANewLocationAndTakesItBack)
{
    const auto changed = withAccess(kFile, "Default Web Site", 104);
    EXPECT_EQ(difference(kFile, *changed), (std::pair<std::string, std::string>("", ", SslRequireCert")));
    for (const std::string& file : {std::string(kFile), crlf(kFile)}) {
        const auto made = withAccess(file, "門番 & co/a\"b", 104);
        ASSERT_TRUE(made) << made.error().detail;
        EXPECT_EQ(difference(file, *made).first, "");
        EXPECT_EQ(accessAt(*made, "門番 & co/a\"b")->flags, 104u);
        EXPECT_EQ(*withAccess(*made, "門番 & co/a\"b", std::nullopt), file) << "as if it had never been";
    }
}

TEST(ApplicationHost, ClearingAccessKeepsWhatElseTheLocationHolds)
{
    const auto cleared = withAccess(kFile, "Default Web Site", std::nullopt);
    ASSERT_TRUE(cleared);
    EXPECT_NE(cleared->find("<other />"), std::string::npos);
    EXPECT_EQ(sitesFromConfiguration(*cleared)->at(0).access[0], (Access{"Default Web Site", 0, true}));
    EXPECT_EQ(accessAt(*withAccess(*cleared, "Default Web Site", 104), "Default Web Site")->flags, 104u);
    EXPECT_EQ(*withAccess(*cleared, "Default Web Site", std::nullopt), *cleared) << "nothing there: nothing changes";
}

TEST(ApplicationHost, OfSeveralLocationsForOnePathTheLastDecides)
{
    std::string file = kFile;
    file.insert(
        file.rfind("</configuration>"),
        "<location path=\"Default Web Site\"><system.webServer><security><access sslFlags=\"Ssl128\"/></security>"
        "</system.webServer></location>");
    EXPECT_EQ(accessAt(file, "Default Web Site")->flags, 256u);
    EXPECT_EQ(accessAt(*withAccess(file, "Default Web Site", 8), "Default Web Site")->flags, 8u);
    EXPECT_TRUE(accessAt(*withAccess(file, "Default Web Site", std::nullopt), "Default Web Site")->inherited);
}

TEST(ApplicationHost, SaysWhereABrokenFileIsBroken)
{
    std::string file = kFile;
    file.replace(file.find("</bindings>"), 11, "</binding>");
    const auto broken = sitesFromConfiguration(file);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::Damaged);
    EXPECT_EQ(broken.error().message.values.at(0), "22") << broken.error().detail;

    file = kFile;
    file.replace(file.find("id=\"1\""), 6, "id=\"one\"");
    EXPECT_EQ(sitesFromConfiguration(file).error().message.values.at(0), "14");
    file = kFile;
    file.replace(file.find("SslNegotiateCert"), 16, "SslNegotiate");
    EXPECT_EQ(sitesFromConfiguration(file).error().message.values.at(0), "35");
    file = kFile;
    file.insert(file.find("<siteDefaults"), "\xFF");
    EXPECT_EQ(sitesFromConfiguration(file).error().message.values.at(0), "25");
    for (const std::string& other : {std::string(), std::string("<a/>"), std::string("text"), std::string("\0\0", 2),
                                     std::string(kFile).substr(0, 700), std::string(100000, '<')}) {
        const auto result = sitesFromConfiguration(other);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::Damaged);
    }
}

TEST(ApplicationHost, ReadsThousandsOfSites)
{
    std::string file = "<configuration><system.applicationHost><sites>";
    for (int i = 1; i <= 5000; ++i)
        file += "<site name=\"s" + std::to_string(i) + "\" id=\"" + std::to_string(i) +
                "\"><bindings><binding protocol=\"http\" bindingInformation=\"*:80:h\"/></bindings></site>\n";
    file += "</sites></system.applicationHost>";
    for (int i = 1; i <= 5000; ++i)
        file +=
            "<location path=\"s" + std::to_string(i) +
            "/app\"><system.webServer><security><access sslFlags=\"Ssl\"/></security></system.webServer></location>\n";
    file += "</configuration>";
    const auto sites = sitesFromConfiguration(file);
    ASSERT_TRUE(sites);
    EXPECT_EQ(sites->size(), 5000u);
    EXPECT_EQ(sites->back().access.size(), 2u);
}

using Files = std::map<std::string, std::string>;

/// The first site, with those files on its disk.
Site siteWith(const std::string& file, const Files& files)
{
    const Error absent{ErrorCode::NotFound, {"no", {}}, ""};
    const auto sites = sitesFromConfiguration(file, [&](const std::string& path) -> Result<std::string> {
        for (const auto& [name, content] : files)
            if (equalsIgnoringCase(name, path)) return content;
        return absent;
    });
    return sites ? sites->at(0) : Site{};
}

std::string webConfig(const std::string& flags, const std::string& rest = "")
{
    return "<configuration><system.webServer><security><access sslFlags=\"" + flags +
           "\"/></security></system.webServer>" + rest + "</configuration>";
}

std::string unlocked()
{
    std::string file = kFile;
    file.replace(file.find("\"Deny\""), 6, "\"Allow\"");
    return file;
}

constexpr const char* kRootFile = "C:\\inetpub\\wwwroot\\web.config";

TEST(WebConfigs, SetTheFlagsOfTheirPathWhereTheSectionIsUnlocked)
{
    const Site site = siteWith(unlocked(), {{kRootFile, webConfig("None")}});
    EXPECT_EQ(site.access[0], (Access{"Default Web Site", 0, false, kRootFile, 40}));
    EXPECT_EQ(site.access[1].flags, 104u) << "a deeper location of the server's own file still counts";
    ASSERT_EQ(site.webConfigs.size(), 1u);
    EXPECT_FALSE(site.webConfigs[0].locked);
}

TEST(WebConfigs, ChangeNothingWhereTheSectionIsLocked)
{
    const Site site = siteWith(kFile, {{kRootFile, webConfig("None")}});
    EXPECT_EQ(site.access[0], (Access{"Default Web Site", 40, false, {}, {}}));
    ASSERT_EQ(site.webConfigs.size(), 1u);
    EXPECT_TRUE(site.webConfigs[0].locked);
    std::string item = unlocked();
    item.replace(item.find("<access sslFlags=\"Ssl, "), 7, "<access lockAttributes=\"sslFlags\"");
    EXPECT_TRUE(siteWith(item, {{kRootFile, webConfig("None")}}).webConfigs.at(0).locked);
}

TEST(WebConfigs, CountBelowTheirFolderAndInTheirLocations)
{
    const std::string app = "C:\\inetpub\\wwwroot\\App\\web.config";
    const std::string location =
        "<location path=\"open/door\"><system.webServer><security><access sslFlags=\"SslNegotiateCert\"/></security>"
        "</system.webServer></location>";
    const Site site = siteWith(unlocked(), {{app, webConfig("Ssl")}, {kRootFile, webConfig("Ssl128", location)}});
    ASSERT_EQ(site.access.size(), 3u);
    EXPECT_EQ(site.access[0].flags, access_flags::kSsl128);
    EXPECT_EQ(site.access[1], (Access{"default web site/App/", 8, false, app, 104}));
    EXPECT_EQ(site.access[2], (Access{"Default Web Site/open/door", 32, false, kRootFile, {}}));
}

TEST(WebConfigs, AreNamedWithTheLineWhereTheyAreBroken)
{
    const Site site = siteWith(unlocked(), {{kRootFile, "<configuration>\n<system.webServer>\n</configuration>"}});
    ASSERT_EQ(site.webConfigs.size(), 1u);
    EXPECT_NE(inEnglish(site.webConfigs[0].problem).find("line 3"), std::string::npos) << inEnglish(site.webConfigs[0].problem);
    const Site flags = siteWith(unlocked(), {{kRootFile, "<configuration>\n" + webConfig("Sll").substr(15)}});
    ASSERT_EQ(flags.webConfigs.size(), 1u);
    EXPECT_NE(inEnglish(flags.webConfigs[0].problem).find("line 2"), std::string::npos);
    EXPECT_EQ(flags.access[0].flags, 40u);
    EXPECT_TRUE(siteWith(unlocked(), {{kRootFile, "<configuration><system.web/></configuration>"}}).webConfigs.empty());
}

TEST(SharedConfiguration, IsReadFromItsFile)
{
    const auto read = [](const std::string& element) {
        return sharedConfigurationFrom("<?xml version=\"1.0\"?>\n<configuration><configSections/>\n" + element + "</configuration>");
    };
    EXPECT_EQ(**read("<configurationRedirection enabled=\"true\" path=\"\\\\farm\\iis\" userName=\"u\" password=\"p\"/>"), "\\\\farm\\iis");
    EXPECT_EQ(*read("<configurationRedirection enabled=\"false\" path=\"\\\\farm\\iis\"/>"), std::nullopt);
    EXPECT_EQ(*read("<configurationRedirection />"), std::nullopt);
    EXPECT_EQ(*read(""), std::nullopt);
    const auto broken = read("<configurationRedirection enabled=");
    ASSERT_FALSE(broken);
    EXPECT_NE(inEnglish(broken.error().message).find("line 3"), std::string::npos);
}

}  // namespace
}  // namespace monban
