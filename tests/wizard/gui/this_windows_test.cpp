// SPDX-License-Identifier: MIT
#include <wx/button.h>

#include <cstdlib>

#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/platform/platform.h"
#include "core/platform/this_server.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

/// The window on the Windows it runs on, in the language of that: in the lab only, which names the folder with the CA's files
/// and the one that keeps the answers from one start to the next (tests/windows/lab/by_wizard_test.py).
class ThisWindows : public WindowTest {
protected:
    void SetUp() override
    {
        const char* material = std::getenv("MONBAN_LAB_MATERIAL");
        const char* draft = std::getenv("MONBAN_LAB_DRAFT");
        if (!material || !draft) GTEST_SKIP() << "this computer is not the lab";
        m_ca = pathFromUtf8(material);
        m_folder = m_ca.parent_path();
        useLanguage(platform::language());
        auto server = platform::thisServer();
        ASSERT_TRUE(server) << server.error().detail;
        m_work = std::make_unique<Workplace>();
        ASSERT_TRUE(makeFolders(pathFromUtf8(draft)));
        m_work->useServer(std::move(*server), pathFromUtf8(draft) / "wizard.json");
        m_work->showFrame(0);
        ASSERT_TRUE(becomesCalm());
    }
    void TearDown() override { m_work.reset(); }

    /// From the page of the root to the last one.
    void goOnToTheEnd()
    {
        goTo("finish");
        for (const Step& step : session().view()->plan.steps) EXPECT_EQ(step.state, StepState::Done) << step.id;
        EXPECT_EQ(page().state().first, Mark::Done);
    }
    /// The log as a person saves it.
    std::string savedLog()
    {
        const std::string file = ca("log.txt");
        answerNextBox({wxID_OK, file});
        press("save-log");
        EXPECT_TRUE(boxHasCome());
        const auto text = readText(pathFromUtf8(file));
        EXPECT_TRUE(text);
        return text ? *text : std::string();
    }
};

/// Where programs write code page 932. On the way something is wrong with the server three times.
TEST_F(ThisWindows, IsSetUpPageByPageInJapaneseAndAfterAFaultTheSameButtonGoesOn)
{
    struct Fault {
        const char* page;
        const char* json;
        const char* shown;
    };
    constexpr Fault kFaults[] = {
        // Two of these characters end with a backslash in that code page.
        {"trust", R"({"program": "certutil", "kind": "fail", "exit_code": 5, "text": "この機能は表示できません。"})", "この機能は表示できません。"},
        {"bind", R"({"program": "netsh", "kind": "no-effect"})", "成功と報告されました"},
        {"require", R"({"program": "appcmd", "arguments": "add backup", "kind": "denied"})", "バックアップ"},
    };
    ASSERT_EQ(language(), Language::Japanese);
    EXPECT_EQ(toUtf8(find<wxButton>("forward")->GetLabelText()).find("次へ"), 0u);
    press("set-up");
    ASSERT_TRUE(reaches("certificate"));
    chooseFile("certificate-file", ca("server.p12"));
    fill("certificate-password", password());
    next();
    ASSERT_TRUE(reaches("root")) << refusal();
    chooseFile("root-file", ca("ia1.der"));
    ASSERT_TRUE(becomesCalm());
    tick("root-confirmed");
    next();
    ASSERT_TRUE(reaches("import")) << refusal();
    for (const Fault& fault : kFaults) {
        next();
        ASSERT_TRUE(reaches(fault.page)) << refusal();
        if (word() == "require") tick("agreed");
        isRefusedHere(fault.json);
        EXPECT_NE(commands().find(fault.shown), std::string::npos) << commands();
        setFaults("");
    }
    next();
    ASSERT_TRUE(reaches("verify")) << refusal();
    keep();
    goOnToTheEnd();
    const std::string log = savedLog();
    for (const char* said : {kFaults[0].shown, "証明書 \"Lab Root CA\" がストアに追加されました。", "SSL 証明書を正常に追加しました"})
        EXPECT_NE(log.find(said), std::string::npos) << log;
    openPage("trust");
    EXPECT_NE(commands().find("証明書 \"Lab Root CA\" がストアに追加されました。"), std::string::npos) << commands();
    EXPECT_EQ((log + commands()).find("\uFFFD"), std::string::npos) << log;
}

TEST_F(ThisWindows, MakesARequestAndIsClosed)
{
    press("set-up");
    ASSERT_TRUE(reaches("certificate"));
    choose("source-request");
    fill("common-name", "iisdemo.spt-demo.local");
    fill("organization", "株式会社 門番, \"Ltd.\"");
    fill("country", "JP");
    fill("request-file", ca("サーバー.req"));
    ASSERT_TRUE(becomesCalm());
    next();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && page().state().first == Mark::Waiting; })) << refusal() << commands();
    EXPECT_EQ(word(), "certificate");
    answerNextBox({wxID_OK, {}});
    press("continue-later");
    EXPECT_TRUE(boxHasCome());
    EXPECT_TRUE(waitUntil([this] { return !m_work->window(); }));
}

TEST_F(ThisWindows, GoesOnWithTheRequestWhenTheCaHasAnswered)
{
    ASSERT_EQ(word(), "start");
    press("continue");
    ASSERT_TRUE(reaches("certificate"));
    EXPECT_EQ(page().state().first, Mark::Waiting);
    EXPECT_EQ(session().answers().certificate.organization, "株式会社 門番, \"Ltd.\"");
    chooseFile("issued-file", ca("サーバー.cer"));
    ASSERT_TRUE(becomesCalm());
    next();
    ASSERT_TRUE(reaches("root")) << refusal();
    goOnToTheEnd();
}

}  // namespace
}  // namespace monban::wizard
