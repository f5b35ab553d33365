// SPDX-License-Identifier: MIT
#include "core/observe/application_host.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

class Appcmd : public ShellFolder {
protected:
    std::vector<Site> sites() { return *sitesFromConfiguration(*backend().configuration()); }
    Access access(const std::string& path) { return *accessAt(*backend().configuration(), path); }
};

TEST_F(Appcmd, ListsSites)
{
    EXPECT_EQ(type("appcmd list site").text,
              "SITE \"Default Web Site\" (id:1,bindings:http/*:80:,state:Started)\n"
              "SITE \"O'Brien & co\" (id:2,bindings:,state:Stopped)\n");
    EXPECT_EQ(type("appcmd list sites \"default web site\"").text,
              "SITE \"Default Web Site\" (id:1,bindings:http/*:80:,state:Started)\n");
    EXPECT_EQ(type("appcmd list site /state:Stopped /text:name").text, "O'Brien & co\n");
    EXPECT_EQ(type("appcmd list site -id:2 -text:site.name").text, "O'Brien & co\n");
    EXPECT_TRUE(
        says(type("appcmd list site \"Default Web Site\" /config"), "<site name=\"Default Web Site\" id=\"1\">"));
    EXPECT_TRUE(says(type("appcmd list site /xml"),
                     "<SITE SITE.NAME=\"O'Brien &amp; co\" SITE.ID=\"2\" bindings=\"\" state=\"Stopped\" />"));
    const Reply missing = type("appcmd list site nowhere");
    EXPECT_EQ(missing.exitCode, 1168);
    EXPECT_EQ(missing.text, "ERROR ( message:Cannot find SITE object with identifier \"nowhere\". )\n");
}

TEST_F(Appcmd, ChangesBindingsAllOrNothing)
{
    const std::string before = *backend().configuration();
    const Reply mixed = run("appcmd", {"set", "site", "/site.name:Default Web Site",
                                       "/+bindings.[protocol='https',bindingInformation='*:443:']",
                                       "/-bindings.[protocol='https',bindingInformation='*:9:']"});
    EXPECT_EQ(mixed.exitCode, 1168);
    EXPECT_EQ(*backend().configuration(), before);
    EXPECT_EQ(run("appcmd", {"set", "site", "/site.name:Default Web Site",
                             "/+bindings.[protocol='https',bindingInformation='*:443:',sslFlags='1']",
                             "/bindings.[protocol='https',bindingInformation='*:443:'].sslFlags:97", "/commit:apphost"})
                  .exitCode,
              0);
    EXPECT_EQ(sites()[0].bindings.at(1), bindingFrom("https", "*:443:", 97));
    EXPECT_EQ(run("appcmd", {"set", "site", "Default Web Site", "-/-bindings.[x]"}).exitCode, 87);
}

TEST_F(Appcmd, TakesQuotesInEveryForm)
{
    for (const std::string& element : {std::string("[protocol='https',bindingInformation='*:443:a']"),
                                       std::string("[protocol=https,bindingInformation=*:443:a]"),
                                       std::string("[protocol=\"https\",bindingInformation=\"*:443:a\"]"),
                                       std::string("[ bindingInformation = '*:443:a' , protocol = 'https' ]"),
                                       std::string("[@protocol='https',@bindingInformation='*:443:a']")}) {
        EXPECT_EQ(run("APPCMD.EXE", {"SET", "SITE", "/SITE.NAME:\"O'Brien & co\"", "/+bindings." + element}).exitCode,
                  0)
            << element;
        EXPECT_EQ(sites()[1].bindings, std::vector{bindingFrom("https", "*:443:a", 0)}) << element;
        EXPECT_EQ(run("appcmd", {"set", "site", "O'Brien & co", "/-bindings." + element}).exitCode, 0) << element;
        EXPECT_TRUE(sites()[1].bindings.empty());
    }
    EXPECT_EQ(
        run("appcmd", {"set", "site", "O'Brien & co", "/+bindings.[protocol='https',bindingInformation='*:443:it''s']"})
            .exitCode,
        0);
    EXPECT_EQ(sites()[1].bindings[0].host, "it's");
    EXPECT_NE(run("appcmd", {"set", "site", "O'Brien & co", "/+bindings.[protocol='https']"}).exitCode, 0);
    EXPECT_NE(run("appcmd", {"set", "site", "O'Brien & co", "/+bindings.[protocol='https',bindingInformation='*:1:"})
                  .exitCode,
              0);
}

TEST_F(Appcmd, SetsAndClearsAccessWhereItIsAskedTo)
{
    EXPECT_TRUE(says(type("appcmd list config \"Default Web Site\" /section:access"), "<access />"));
    ASSERT_EQ(
        type(
            "appcmd set config \"Default Web Site/app\" /section:access /sslFlags:Ssl,SslNegotiateCert /commit:apphost")
            .exitCode,
        0);
    EXPECT_EQ(access("Default Web Site/app"), (Access{"Default Web Site/app", 40, false}));
    EXPECT_EQ(access("Default Web Site").flags, 0u);
    EXPECT_TRUE(says(type("appcmd list config \"MACHINE/WEBROOT/APPHOST/Default Web Site/app\" -section:access"),
                     "<system.webServer>\n  <security>\n    <access sslFlags=\"Ssl, SslNegotiateCert\" />\n  "
                     "</security>\n</system.webServer>\n"));
    ASSERT_EQ(type("appcmd clear config \"Default Web Site/app\" /section:access /commit:apphost").exitCode, 0);
    EXPECT_TRUE(access("Default Web Site/app").inherited);
    EXPECT_EQ(type("appcmd set config /section:access /sslFlags:8").exitCode, 0);
    EXPECT_EQ(access("Default Web Site"), (Access{"Default Web Site", 8, true}));
}

TEST_F(Appcmd, ASiteWithoutACommitMeetsTheLock)
{
    const Reply reply = type("appcmd set config \"Default Web Site\" /section:access /sslFlags:Ssl");
    EXPECT_EQ(reply.exitCode, 33);
    EXPECT_TRUE(says(reply,
                     "This configuration section cannot be used at this path. This happens when the section is locked "
                     "at a parent level."));
    EXPECT_TRUE(access("Default Web Site").inherited);
}

TEST_F(Appcmd, BacksUpAndRestores)
{
    const std::string before = *backend().configuration();
    EXPECT_EQ(type("appcmd add backup \"monban 門番\"").text, "BACKUP object \"monban 門番\" added\n");
    EXPECT_EQ(type("appcmd add backup \"MONBAN 門番\"").exitCode, 183);
    ASSERT_EQ(type("appcmd set config \"Default Web Site\" /section:access /sslFlags:Ssl /commit:apphost").exitCode, 0);
    EXPECT_EQ(type("appcmd restore backup \"monban 門番\" /stop:false").text,
              "Restored configuration from backup \"monban 門番\"\n");
    EXPECT_EQ(*backend().configuration(), before);
    EXPECT_EQ(type("appcmd list backup").text, "BACKUP \"monban 門番\"\n");
    EXPECT_EQ(type("appcmd delete backup \"monban 門番\"").text, "BACKUP object \"monban 門番\" deleted\n");
    EXPECT_EQ(type("appcmd restore backup \"monban 門番\"").exitCode, 1168);
}

TEST_F(Appcmd, SaysWhatIsWrongWithTheConfigurationOrTheRights)
{
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(type("appcmd add backup x").exitCode, 5);
    EXPECT_EQ(type("appcmd set config \"Default Web Site\" /section:access /sslFlags:Ssl /commit:apphost").exitCode, 5);
    writeFile("inetsrv/config/applicationHost.config", "<configuration>\n<broken>\n</configuration>");
    const Reply broken = type("appcmd list site");
    EXPECT_EQ(broken.exitCode, 13);
    EXPECT_TRUE(says(broken, "line 3"));
    change([](Machine& machine) { machine.iisInstalled = false; });
    EXPECT_EQ(type("appcmd list site").exitCode, 9009);
}

TEST_F(Appcmd, RefusesWhatItDoesNotKnow)
{
    for (const char* line :
         {"appcmd list apppool", "appcmd start site \"Default Web Site\"", "appcmd list site /frobnicate:1",
          "appcmd set site", "appcmd set site \"Default Web Site\"",
          "appcmd set site \"Default Web Site\" /serverAutoStart:false",
          "appcmd set config \"Default Web Site\" /section:access /commit:apphost",
          "appcmd list config \"Default Web Site\"",
          "appcmd set config \"Default Web Site\" /section:access /sslFlags:Ssl /commit:web",
          "appcmd list site Default Web Site", "appcmd restore backup"}) {
        const Reply reply = type(line);
        EXPECT_NE(reply.exitCode, 0) << line;
        EXPECT_FALSE(reply.text.empty()) << line;
    }
    EXPECT_TRUE(says(type("appcmd /?"), "APPCMD (command) (object-type)"));
}

}  // namespace
}  // namespace monban::practice
