// SPDX-License-Identifier: MIT
#include <cstdlib>

#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/platform/this_server.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

/// The window on the Windows it runs on: in the lab only, which names the folder with the CA's files (tests/windows/lab).
class ThisWindows : public WindowTest {
protected:
    void SetUp() override
    {
        const char* folder = std::getenv("MONBAN_LAB_MATERIAL");
        if (!folder) GTEST_SKIP() << "this computer is not the lab";
        m_material = pathFromUtf8(folder);
        m_draft = fs::temp_directory_path() / fs::unique_path("monban-draft-%%%%-%%%%");
        useLanguage(Language::English);
        auto server = platform::thisServer();
        ASSERT_TRUE(server) << server.error().detail;
        m_work = std::make_unique<Workplace>();
        m_work->useServer(std::move(*server), m_draft / "wizard.json");
        m_work->showFrame(0);
        ASSERT_TRUE(becomesCalm());
    }
    void TearDown() override
    {
        m_work.reset();
        boost::system::error_code ignored;
        fs::remove_all(m_draft, ignored);
    }

    fs::path m_material;
    fs::path m_draft;
};

TEST_F(ThisWindows, IsSetUpPageByPage)
{
    press("set-up");
    ASSERT_TRUE(reaches("certificate"));
    chooseFile("certificate-file", utf8(m_material / "server.p12"));
    const auto typed = readText(m_material / "password.txt");
    ASSERT_TRUE(typed);
    fill("certificate-password", *typed);
    next();
    ASSERT_TRUE(reaches("root")) << refusal();
    chooseFile("root-file", utf8(m_material / "ia1.der"));
    ASSERT_TRUE(becomesCalm());
    tick("root-confirmed");
    for (const char* page : {"import", "trust", "bind", "require"}) {
        next();
        ASSERT_TRUE(reaches(page)) << refusal();
    }
    tick("agreed");
    next();
    ASSERT_TRUE(reaches("verify")) << refusal();
    for (const Step& step : session().view()->plan.steps) EXPECT_EQ(step.state, StepState::Done) << step.id;
}

}  // namespace
}  // namespace monban::wizard
