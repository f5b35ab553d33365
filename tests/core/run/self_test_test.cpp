// SPDX-License-Identifier: MIT
#include "core/run/self_test.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_server.h"

namespace monban {
namespace {

using Outcome = SelfTestCheck::Outcome;

const std::string kThumbprint(40, 'a');

/// A server whose programs print what the test says, by a word of their command line.
class SelfTests : public testing::Test {
protected:
    SelfTests()
    {
        m_server.answer = [this](const Action& action) -> Result<Output> {
            const Command& command = std::get<Command>(action);
            const std::string line = windowsCommandLine(command);
            for (const auto& [word, output] : m_outputs)
                if (line.find(word) != std::string::npos) return output;
            return Output{0, ""};
        };
        m_server.facts = support::freshFacts();
        m_outputs.insert_or_assign("list site", Output{0, "SITE \"Default Web Site\" (id:1,bindings:http/*:80:,state:Started)\r\n"});
        m_outputs.insert_or_assign("list config", Output{0, "<access sslFlags=\"None\" />"});
    }

    SelfTestCheck check(const std::string& id, const std::vector<std::string>& libraries = {})
    {
        m_test = selfTest(m_server, libraries, {});
        for (const SelfTestCheck& one : m_test.checks)
            if (one.id == id) return one;
        ADD_FAILURE() << "no check " << id;
        return {};
    }
    void withRecord()
    {
        SslRecord record;
        record.endpoint = "0.0.0.0:443";
        record.thumbprint = kThumbprint;
        m_server.facts.records = {std::vector{record}, support::kNow};
    }
    void withStore(const std::string& name)
    {
        Certificate certificate = support::serverCertificate();
        certificate.thumbprintSha1 = kThumbprint;
        m_server.facts.stores[name] = {std::vector{StoredCertificate{certificate, "", KeyState::None}}, support::kNow};
    }

    support::FakeServer m_server{fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%")};
    std::map<std::string, Result<Output>> m_outputs;
    SelfTest m_test;
};

TEST_F(SelfTests, AServerWithNothingOnItPasses)
{
    EXPECT_EQ(check("observe").outcome, Outcome::Passed);
    EXPECT_TRUE(m_test.passed());
    for (const Action& action : m_server.ran) EXPECT_TRUE(std::holds_alternative<Command>(action));
}

TEST_F(SelfTests, ARecordHasToBeInWhatNetshShowsAndNoOtherOne)
{
    withRecord();
    m_outputs.insert_or_assign("show sslcert", Output{0, "IP:port : 0.0.0.0:443\r\n Certificate Hash : " + kThumbprint + "\r\n"});
    EXPECT_EQ(check("netsh.records").outcome, Outcome::Passed);
    m_outputs.insert_or_assign("show sslcert", Output{0, "IP:port : 0.0.0.0:443\r\n"});
    const SelfTestCheck missing = check("netsh.records");
    EXPECT_EQ(missing.outcome, Outcome::Failed);
    EXPECT_NE(inEnglish(missing.reason).find("0.0.0.0:443"), std::string::npos);
    const std::string more(40, 'b');
    m_outputs.insert_or_assign("show sslcert", Output{0, "0.0.0.0:443 " + kThumbprint + "\nHash : " + more + "\nGUID " + std::string(41, 'c')});
    const SelfTestCheck unseen = check("netsh.records");
    EXPECT_EQ(unseen.outcome, Outcome::Failed);
    EXPECT_EQ(inEnglish(unseen.reason), "Monban does not see this, the other does: " + more);
    m_outputs.insert_or_assign("show sslcert", Output{1, ""});
    EXPECT_EQ(check("netsh.records").outcome, Outcome::Failed);
    m_server.facts.records = {std::vector<SslRecord>{}, support::kNow};
    EXPECT_EQ(check("netsh.records").outcome, Outcome::Passed) << "netsh ends with an error where it has nothing to show";
}

TEST_F(SelfTests, StoresAreReadAsEachWindowsPrintsThemAndListsAreNoCertificates)
{
    withStore("CA");
    std::string spaced = "Cert Hash(sha1): ";
    for (int i = 0; i < 20; ++i) spaced += i == 0 ? "AA" : " aa";
    m_outputs.insert_or_assign("-store CA", Output{0, spaced + "\nCRL Hash(sha1): " + std::string(40, 'd') + "\n"});
    EXPECT_EQ(check("certutil.store.CA").outcome, Outcome::Passed);
    m_outputs.insert_or_assign("-store CA", Output{0, spaced + "\n証明書ハッシュ(sha1): " + std::string(40, 'e') + "\n"});
    EXPECT_EQ(check("certutil.store.CA").outcome, Outcome::Failed);
    m_outputs.insert_or_assign("-store CA", Output{0, ""});
    EXPECT_EQ(check("certutil.store.CA").outcome, Outcome::Failed) << "a program that does nothing";
    m_outputs.insert_or_assign("-store CA", Error{ErrorCode::TimedOut, {"it hangs", {}}, "x"});
    EXPECT_EQ(inEnglish(check("certutil.store.CA").reason), "it hangs");
}

TEST_F(SelfTests, PowerShellsTableHasASubjectBesideTheThumbprint)
{
    withStore("MY");
    m_outputs.insert_or_assign("Get-ChildItem", Output{0, "Thumbprint  Subject\r\n----------  -------\r\n" + std::string(40, 'A') + "  CN=iisdemo\r\n"});
    EXPECT_EQ(check("powershell.my").outcome, Outcome::Passed);
}

TEST_F(SelfTests, SettingsAndSitesAreComparedByName)
{
    EXPECT_EQ(check("appcmd.access.1").outcome, Outcome::Passed);
    m_server.facts.sites->front().access.front().flags = access_flags::kSsl | access_flags::kNegotiateCert;
    EXPECT_EQ(check("appcmd.access.1").outcome, Outcome::Failed);
    m_outputs.insert_or_assign("list config", Output{0, "<access sslFlags=\"Ssl, SslNegotiateCert\" />"});
    EXPECT_EQ(check("appcmd.access.1").outcome, Outcome::Passed);
    m_outputs.insert_or_assign("list config", Output{0, "<access sslFlags=\"Ssl, SslNegotiateCert, SslRequireCert\" />"});
    EXPECT_EQ(check("appcmd.access.1").outcome, Outcome::Failed);
    m_outputs.insert_or_assign("list site", Output{0, "SITE \"Default Web\" (id:1)"});
    EXPECT_EQ(check("appcmd.sites").outcome, Outcome::Failed);
}

TEST_F(SelfTests, RegistryProxyAndTextAreCompared)
{
    m_server.facts.schannel->sendTrustedIssuerList = 1;
    m_outputs.insert_or_assign("SendTrustedIssuerList", Output{0, "    SendTrustedIssuerList    REG_DWORD    0x1\r\n"});
    EXPECT_EQ(check("reg.schannel").outcome, Outcome::Passed);
    m_server.facts.schannel->sendTrustedIssuerList = 0;
    EXPECT_EQ(check("reg.schannel").outcome, Outcome::Failed);
    m_server.facts.machine->proxy = Proxy{"proxy:8080", ""};
    EXPECT_EQ(check("netsh.proxy").outcome, Outcome::Failed);
    m_outputs.insert_or_assign("winhttp", Output{0, "    プロキシ サーバー:  proxy:8080\r\n"});
    EXPECT_EQ(check("netsh.proxy").outcome, Outcome::Passed);
    EXPECT_EQ(check("console.text").outcome, Outcome::Passed);
    m_outputs.insert_or_assign("winhttp", Output{0, "\xEF\xBF\xBD proxy:8080"});
    EXPECT_EQ(inEnglish(check("console.text").reason), "netsh.proxy");
}

TEST_F(SelfTests, ALibraryFromElsewhereIsNamed)
{
    EXPECT_EQ(check("libraries").outcome, Outcome::NotApplicable);
    const std::vector<std::string> own{"C:\\WINDOWS\\System32\\ntdll.dll", "c:\\windows\\WinSxS\\x\\comctl32.dll"};
    EXPECT_EQ(check("libraries", own).outcome, Outcome::Passed);
    EXPECT_EQ(inEnglish(check("libraries", {own[0], "C:\\Windows.old\\version.dll"}).reason), "C:\\Windows.old\\version.dll");
}

TEST_F(SelfTests, AReportIsOfBoundedLength)
{
    m_outputs.insert_or_assign("list site", Output{0, std::string(10'000'000, 'x') + "\"Default Web Site\""});
    EXPECT_EQ(check("appcmd.sites").outcome, Outcome::Passed) << "compared as a whole";
    EXPECT_EQ(check("appcmd.sites").output.size(), kLongestSelfTestOutput);
    const nlohmann::json report = selfTestJson(m_test, Language::Japanese);
    EXPECT_TRUE(report.at("passed"));
    EXPECT_EQ(report.at("checks").size(), m_test.checks.size());
    EXPECT_TRUE(report.at("status").contains("ssl_records"));
}

}  // namespace
}  // namespace monban
