// SPDX-License-Identifier: MIT
#include "core/report/self_checks.h"

#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <nlohmann/json.hpp>

#include "core/practice/practice_server.h"
#include "core/practice/range.h"
#include "core/report/status_json.h"

namespace monban::practice {
namespace {

/// A whole practice server, CA included.
class SelfChecksTest : public testing::Test {
protected:
    SelfChecksTest() : m_folder(fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%"))
    {
        NewServer wanted;
        wanted.folder = m_folder;
        m_isMade = static_cast<bool>(create(wanted));
    }
    ~SelfChecksTest() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    fs::path m_folder;
    bool m_isMade = false;
};

TEST_F(SelfChecksTest, EveryCommandThatIsOfferedIsOneThatRuns)
{
    ASSERT_TRUE(m_isMade);
    auto server = PracticeServer::open(m_folder);
    ASSERT_TRUE(server);
    Answers answers;
    answers.root.file = utf8(m_folder / "ca" / "ia1.der");
    answers.certificate.file = answers.root.file;
    answers.trust.ctlStore = "ROOT";  // a store that is there on a new server as well
    answers.verify.address = "https://iisdemo.spt-demo.local/";
    const Facts facts = (*server)->observe({});
    const auto before = statusJson(facts, Language::English);
    for (const char* page : {"start", "certificate", "root", "import", "trust", "bind", "require", "verify", "troubleshoot", "finish"}) {
        const auto checks = selfChecks(page, answers, facts);
        EXPECT_FALSE(checks.empty()) << page;
        for (const SelfCheck& check : checks) {
            EXPECT_FALSE(check.text.empty()) << page;
            if (check.kind != SelfCheck::Kind::Command) continue;
            const auto output = (*server)->run(check.command, Materials{}, [](const std::string&) {}, {});
            ASSERT_TRUE(output) << check.text << ": " << output.error().detail;
            // Nothing is bound yet: netsh says so with exit code 1.
            const bool isOfNoRecord = check.text.find("show sslcert ipport") != std::string::npos;
            EXPECT_EQ(output->exitCode, isOfNoRecord ? 1 : 0) << check.text << "\n" << output->text;
            EXPECT_EQ(output->text.find("not known"), std::string::npos) << output->text;
        }
    }
    const auto after = statusJson((*server)->observe({}), Language::English);
    for (const char* part : {"sites", "ssl_records", "stores", "registry"}) EXPECT_EQ(after.at(part), before.at(part)) << "they only read";
}

TEST(SelfChecks, NamesFromTheAnswersAreQuoted)
{
    Answers answers;
    answers.root.file = "C:\\my files\\a&b.der";
    answers.import.store = "O'Brien; Remove-Item x";
    const Facts none;
    EXPECT_EQ(selfChecks("root", answers, none).front().text.substr(0, 14), "certutil -dump");
    EXPECT_NE(selfChecks("root", answers, none).front().text.find("\"C:\\my files\\a&b.der\""), std::string::npos);
    EXPECT_EQ(selfChecks("import", answers, none).front().text, "Get-ChildItem 'Cert:\\LocalMachine\\O''Brien; Remove-Item x'");
}

}  // namespace
}  // namespace monban::practice
