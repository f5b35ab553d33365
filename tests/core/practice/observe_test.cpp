// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "core/observe/application_host.h"
#include "core/practice/interpreter.h"
#include "core/practice/practice_server.h"
#include "core/practice/snapshot.h"
#include "core/practice/starting_configuration.h"
#include "tests/core/practice/practice_folder.h"

namespace monban::practice {
namespace {

class ObserveTest : public PracticeFolder {
protected:
    ObserveTest() { EXPECT_TRUE(backend().writeConfiguration(kStartingConfiguration)); }
    Facts observe() { return (*PracticeServer::open(m_folder))->observe({}); }
    void unlock()
    {
        std::string file = kStartingConfiguration;
        const std::string section = "<section name=\"access\" overrideModeDefault=\"Deny\"";
        file.replace(file.find(section), section.size(), "<section name=\"access\" overrideModeDefault=\"Allow\"");
        EXPECT_TRUE(backend().writeConfiguration(file));
    }
    void add(const std::string& key, const std::string& name, const std::string& type, const std::string& data)
    {
        EXPECT_TRUE(backend().setRegistryValue(key, name, {type, data}));
    }
};

constexpr const char* kWebConfig =
    "<configuration><system.webServer><security><access sslFlags=\"SslNegotiateCert\"/></security></system.webServer></configuration>";

TEST_F(ObserveTest, TakesTheSitesOwnFilesIntoAccount)
{
    EXPECT_EQ(observe().sites->at(0).physicalPath, "C:\\inetpub\\wwwroot");
    writeFile("inetpub/wwwroot/web.config", kWebConfig);
    EXPECT_TRUE(observe().sites->at(0).webConfigs.at(0).locked);
    EXPECT_EQ(observe().sites->at(0).access.at(0).flags, 0u);
    unlock();
    const Facts facts = observe();
    const Access& access = facts.sites->at(0).access.at(0);
    EXPECT_EQ(access.flags, access_flags::kNegotiateCert);
    EXPECT_EQ(access.webConfig, "C:\\inetpub\\wwwroot\\web.config");
    const auto snapshot = readSnapshot(backend());
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(accessFor(snapshot->sites.at(0), "/page"), access_flags::kNegotiateCert) << "what is served obeys it as well";
}

TEST_F(ObserveTest, LooksIntoPlainFoldersToo)
{
    writeFile("inetpub/wwwroot/Images/Private/web.config", kWebConfig);
    const auto seen = observe().sites->at(0);
    ASSERT_EQ(seen.webConfigs.size(), 1u);
    EXPECT_EQ(seen.webConfigs[0].path, "Default Web Site/Images/Private");
    const auto locked = readSnapshot(backend());
    ASSERT_TRUE(locked);
    const Site& site = locked->sites.at(0);
    EXPECT_EQ(configurationTrouble(site, "/images/private/page"), 0x80070021u);
    EXPECT_EQ(configurationTrouble(site, "/images/privateer"), 0u);
    EXPECT_EQ(configurationTrouble(site, "/"), 0u);
    unlock();
    const auto unlocked = readSnapshot(backend());
    EXPECT_EQ(configurationTrouble(unlocked->sites.at(0), "/Images/Private/"), 0u);
    EXPECT_EQ(accessFor(unlocked->sites.at(0), "/Images/Private/page"), access_flags::kNegotiateCert);
    EXPECT_EQ(accessFor(unlocked->sites.at(0), "/Images/page"), 0u);
    writeFile("inetpub/wwwroot/Images/web.config", "<configuration");
    EXPECT_EQ(configurationTrouble(readSnapshot(backend())->sites.at(0), "/Images/Private/"), 0x8007000du);
}

/// One rule for what http://ca.practice/ answers: certutil, the observer and whatever is fetched for a plan.
TEST_F(ObserveTest, ReachesThePracticeCaByEverySpellingOfItsAddress)
{
    const TestKey key = testKey();
    const Bytes list = testCrl(testX509("Practice Root", key).get(), key);
    writeFile("ca/ia1.crl", std::string(textOf(list)));
    auto server = *PracticeServer::open(m_folder);
    const std::map<std::string, bool> addresses = {
        {"http://ca.practice/crl/ia1.crl", true},    {"http://CA.Practice:80/crl/ia1.crl", true}, {"HTTP://ca.practice:/crl/ia1.crl", true},
        {"http://ca.practice:81/crl/ia1.crl", false}, {"http://ca.practice/crl/a/ia1.crl", false}, {"http://ca.practice/ia1.crl", false},
        {"http://ca.practice/crl/ia1.crl?x", false},
    };
    for (const auto& [url, reached] : addresses) {
        const Facts facts = server->observe({{url}, {}});
        EXPECT_EQ(bool(facts.distributionPoints.at(0).crl), reached) << url;
        EXPECT_EQ(bool(server->fetch(url, limitsForList({}))), reached) << url;
        EXPECT_EQ(interpret(backend(), {"certutil", {"-urlcache", "-f", url}, {}}).exitCode == 0, reached) << url;
    }
}

TEST_F(ObserveTest, SeesSharedConfiguration)
{
    EXPECT_EQ(*observe().sharedConfiguration, std::nullopt);
    writeFile("inetsrv/config/redirection.config",
              "<configuration><configurationRedirection enabled=\"true\" path=\"\\\\farm\\iis\" /></configuration>");
    EXPECT_EQ(*observe().sharedConfiguration, "\\\\farm\\iis");
    writeFile("inetsrv/config/redirection.config", "<configuration>\n<configurationRedirection enabled=\"true\"\n</configuration>");
    const Facts broken = observe();
    ASSERT_FALSE(broken.sharedConfiguration);
    EXPECT_NE(inEnglish(broken.sharedConfiguration.error().message).find("line "), std::string::npos);
}

TEST_F(ObserveTest, SeesValuesThatOnlyLookLikeThoseOfSchannel)
{
    const std::string schannel = kSchannelKey;
    add(schannel, "sendtrustedissuerlist", "REG_DWORD", "1");
    add(schannel, "EventLogging", "REG_DWORD", "7");
    add(schannel, "SendTrustedIssuers", "REG_DWORD", "1");
    add(schannel, "ClientAuthTrustMode", "REG_SZ", "1");
    add(schannel + "\\Protocols\\TLS 1.2\\Server", "SendTrustedIssuerList", "REG_DWORD", "1");
    add(R"(HKLM\SYSTEM\CurrentControlSet\Control\Lsa)", "ClientAuthTrustMode", "REG_DWORD", "2");
    const Facts facts = observe();
    EXPECT_EQ(facts.schannel->sendTrustedIssuerList, 1u) << "the registry ignores case";
    EXPECT_EQ(facts.schannel->clientAuthTrustMode, std::nullopt) << "of another type it does nothing";
    std::vector<std::string> names;
    for (const RegistryEntry& entry : facts.schannel->otherValues) names.push_back(entry.key.substr(entry.key.rfind('\\') + 1) + ":" + entry.name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"Lsa:ClientAuthTrustMode", "SCHANNEL:ClientAuthTrustMode", "SCHANNEL:EventLogging",
                                               "SCHANNEL:SendTrustedIssuers", "Server:SendTrustedIssuerList"}));
}

TEST_F(ObserveTest, PowerShellMovesACertificateBetweenStores)
{
    const Bytes der = testCertificate("somebody");
    const std::string thumbprint = parseCertificate(der)->thumbprintSha1;
    ASSERT_TRUE(backend().putCertificate("ROOT", {der, thumbprint, "name", KeyState::None, {}}));
    const auto move = [&](const std::string& text) {
        return interpret(backend(), {"powershell", {"-NoProfile", "-NonInteractive", "-Command", text}, {}}).exitCode;
    };
    EXPECT_NE(move("Move-Item -LiteralPath Cert:\\LocalMachine\\ROOT\\" + thumbprint), 0);
    EXPECT_NE(move("Move-Item -LiteralPath Cert:\\LocalMachine\\CA\\" + thumbprint + " -Destination Cert:\\LocalMachine\\ROOT"), 0);
    EXPECT_EQ(backend().store("ROOT")->size(), 1u);
    EXPECT_EQ(move("Move-Item -LiteralPath Cert:\\LocalMachine\\ROOT\\" + thumbprint + " -Destination Cert:\\LocalMachine\\CA"), 0);
    EXPECT_TRUE(backend().store("ROOT")->empty());
    ASSERT_EQ(backend().store("CA")->size(), 1u);
    EXPECT_EQ(backend().store("CA")->front().friendlyName, "name");
    Machine machine = *backend().machine();
    machine.elevated = false;
    ASSERT_TRUE(backend().writeMachine(machine));
    EXPECT_NE(move("Move-Item Cert:\\LocalMachine\\CA\\" + thumbprint + " Cert:\\LocalMachine\\ROOT"), 0);
}

}  // namespace
}  // namespace monban::practice
