// SPDX-License-Identifier: MIT
#include <wx/checkbox.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <boost/filesystem/operations.hpp>

#include "app/wizard/pages/verify_page.h"
#include "core/practice/practice_server.h"
#include "core/practice/range.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

class SetUpWindow : public WindowTest {
protected:
    bool isSeen(LiveLine::State wanted, std::size_t line) const
    {
        const auto lines = page().status();
        return line < lines.size() && lines[line].state == wanted;
    }
    /// A record that no site of IIS answers, of a program nobody knows.
    void bindFor(const std::string& program)
    {
        SslRecord record;
        record.endpoint = "0.0.0.0:443";
        record.appId = program;
        record.thumbprint = std::string(40, 'c');
        record.store = "MY";
        ASSERT_TRUE((*practice::PracticeServer::open(m_folder))->run(SetHttpRecord{record.family, record.endpoint, record}, {}, [](const std::string&) {}, {}));
    }
    bool isTesting() const { return dynamic_cast<const VerifyPage&>(page()).isTesting(); }
};

TEST_F(SetUpWindow, AnUnknownProgramsRecordIsTakenOverOnOnesWord)
{
    bindFor("{11111111-2222-3333-4444-555555555555}");
    goTo("bind");
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(page().state().first, Mark::Problem);
    EXPECT_FALSE(find<wxCheckBox>("accept-unknown-owner")->GetValue());
    looksRightInBothLanguages();
    tick("accept-unknown-owner");
    ASSERT_TRUE(becomesCalm());
    EXPECT_TRUE(find<wxCheckBox>("accept-unknown-owner")->GetValue());
    EXPECT_TRUE(page().runs());
    looksRightInBothLanguages();

    bindFor("{99999999-2222-3333-4444-555555555555}");
    session().look();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !find<wxCheckBox>("accept-unknown-owner")->GetValue(); })) << "another program's: that was not what was accepted";
    EXPECT_EQ(page().state().first, Mark::Problem);
    tick("accept-unknown-owner");
    ASSERT_TRUE(becomesCalm());
    tick("accept-unknown-owner");
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(page().state().first, Mark::Problem) << "not after all";
    tick("accept-unknown-owner");
    ASSERT_TRUE(becomesCalm());

    // The window that has its rights begins with what was accepted in the one before, as long as the plan is the same.
    const std::string digest = digestOf(session().view()->plan);
    for (const bool isSame : {true, false}) {
        tick("accept-unknown-owner");
        ASSERT_TRUE(becomesCalm());
        frame().expect({isSame ? digest : "another", {"unknown-owner"}});
        session().look();
        ASSERT_TRUE(waitUntil([&] { return isCalm() && (isSame ? session().isAccepted("unknown-owner") : !refusal().empty()); }));
        EXPECT_EQ(session().isAccepted("unknown-owner"), isSame);
        EXPECT_EQ(refusal().empty(), isSame) << refusal();
    }
    ASSERT_TRUE(becomesCalm());
    tick("accept-unknown-owner");
    ASSERT_TRUE(becomesCalm());
    next();
    ASSERT_TRUE(reaches("require")) << refusal();
    EXPECT_EQ(session().view()->facts.records->front().appId, "{99999999-2222-3333-4444-555555555555}") << "its settings are carried over";
}

TEST_F(SetUpWindow, AnInexperiencedPersonIsThroughAfterFourteenInteractions)
{
    press("set-up");
    ASSERT_TRUE(reaches("certificate"));
    chooseFile("certificate-file", ca("server.p12"));
    fill("certificate-password", password());
    next();
    ASSERT_TRUE(reaches("root"));
    chooseFile("root-file", ca("ia1.der"));
    ASSERT_TRUE(becomesCalm());
    tick("root-confirmed");
    next();
    ASSERT_TRUE(reaches("import"));
    next();
    ASSERT_TRUE(reaches("trust"));
    next();
    ASSERT_TRUE(reaches("bind"));
    next();
    ASSERT_TRUE(reaches("require"));
    tick("agreed");
    next();
    ASSERT_TRUE(reaches("verify"));
    keep();
    EXPECT_TRUE(waitUntil([this] { return isSeen(LiveLine::State::Good, 0); })) << "it tries by itself whether strangers are kept out";
    next();
    ASSERT_TRUE(reaches("finish"));
    std::cout << "interactions: " << interactions() << "\n";
    RecordProperty("interactions", interactions());
    EXPECT_LE(interactions(), 14);
    EXPECT_TRUE(std::ranges::all_of(session().view()->plan.steps, [](const Step& step) { return step.state == StepState::Done; }));

    // Whoever has a certificate to try looks at that as well.
    back();
    ASSERT_TRUE(reaches("verify"));
    fill("client-file", ca("client.p12"));
    fill("client-password", password());
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !isTesting(); }));
    press("test");
    EXPECT_TRUE(waitUntil([this] { return !isTesting() && isSeen(LiveLine::State::Good, 0) && isSeen(LiveLine::State::Good, 1); }));
    EXPECT_EQ(page().state().first, Mark::Done);

    // For a test that asks the server afterwards with another program.
    if (const char* kept = std::getenv("MONBAN_KEEP_SERVER")) fs::copy(m_folder, pathFromUtf8(kept), fs::copy_options::recursive);
}

TEST_F(SetUpWindow, AfterItsEndEveryPageIsDoneAndNextRunsNothing)
{
    goTo("finish");
    for (const char* word : {"import", "trust", "bind", "require"}) {
        openPage(word);
        EXPECT_EQ(page().state().first, Mark::Done) << word;
        EXPECT_FALSE(page().runs()) << word;
        next();
        ASSERT_TRUE(waitUntil([&] { return isCalm() && this->word() != word; })) << word << ": " << refusal();
    }
    restart();
    goTo("finish");
    EXPECT_TRUE(std::ranges::all_of(session().view()->plan.steps, [](const Step& step) { return step.state == StepState::Done; }));
}

TEST_F(SetUpWindow, ARequestWaitsForTheCaAcrossARestartOfTheProgram)
{
    const std::string requestFile = utf8(m_folder / "server.req");
    const std::string issuedFile = utf8(m_folder / "server.cer");
    press("set-up");
    ASSERT_TRUE(reaches("certificate"));
    choose("source-request");
    fill("common-name", "iisdemo.spt-demo.local");
    fill("organization", "門番, Inc. \"Test\"");
    fill("country", "JP");
    fill("request-file", requestFile);
    ASSERT_TRUE(becomesCalm());
    next();
    ASSERT_TRUE(waitUntil([&] { return isCalm() && fs::exists(pathFromUtf8(requestFile)); })) << refusal();
    EXPECT_EQ(word(), "certificate");
    EXPECT_EQ(page().state().first, Mark::Waiting);
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), "certificate") << "without the CA's answer there is nothing to go on with";
    EXPECT_FALSE(refusal().empty());
    EXPECT_EQ(focused(), "issued-file");

    restart();
    ASSERT_EQ(word(), "start");
    press("continue");
    ASSERT_TRUE(reaches("certificate"));
    EXPECT_EQ(page().state().first, Mark::Waiting);
    EXPECT_EQ(session().answers().certificate.commonName, "iisdemo.spt-demo.local");
    EXPECT_EQ(focused(), "issued-file");
    ASSERT_TRUE(practice::issue(m_folder, pathFromUtf8(requestFile), pathFromUtf8(issuedFile)));
    chooseFile("issued-file", issuedFile);
    ASSERT_TRUE(becomesCalm());
    next();
    ASSERT_TRUE(reaches("root")) << refusal();
    chooseFile("root-file", ca("ia1.der"));
    ASSERT_TRUE(becomesCalm());
    tick("root-confirmed");
    for (const char* to : {"import", "trust", "bind", "require"}) {
        next();
        ASSERT_TRUE(reaches(to)) << refusal();
    }
    tick("agreed");
    next();
    ASSERT_TRUE(reaches("verify")) << refusal();
    keep();
    EXPECT_TRUE(waitUntil([this] { return isSeen(LiveLine::State::Good, 0); }));
    next();
    ASSERT_TRUE(reaches("finish"));
    EXPECT_EQ(page().state().first, Mark::Done);
}

using BrokenServer = SetUpWindow;

TEST_F(BrokenServer, AFaultIsShownAndMendedTheSameButtonGoesOn)
{
    for (const char* word : {"import", "bind", "require"}) {
        goTo(word);
        if (word == std::string("require")) tick("agreed");
        isRefusedHere(R"({"program": "*", "kind": "no-effect"})");
        EXPECT_NE(commands().find("It reported success, but"), std::string::npos) << commands();
        isRefusedHere(R"({"program": "*", "kind": "fail", "exit_code": 5, "text": "Access is denied, says the test."})");
        EXPECT_NE(commands().find("Access is denied, says the test."), std::string::npos) << commands();
        setFaults("");
        next();
        ASSERT_TRUE(waitUntil([&] { return isCalm() && this->word() != word; })) << word << ": " << refusal();
    }
    EXPECT_EQ(word(), "verify");
}

TEST_F(BrokenServer, CancelStopsAHangingStepAndTheWindowGoesOn)
{
    goTo("trust");
    setFaults(R"({"program": "certutil", "kind": "hang"})");
    next();
    ASSERT_TRUE(waitUntil([this] { return !session().ran(Chapter::Trust).empty(); }));
    waitFor(std::chrono::milliseconds(200));
    ASSERT_TRUE(frame().isBusy()) << refusal() << commands();
    auto* cancel = dynamic_cast<wxWindow*>(wxWindow::FindWindowById(wxID_CLOSE, &frame()));
    EXPECT_EQ(cancel->GetLabel(), "Cancel");
    press(cancel);
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), "trust");
    EXPECT_NE(refusal().find("stopped"), std::string::npos) << refusal();
    EXPECT_EQ(cancel->GetLabel(), "Close");
    setFaults("");
    back();
    ASSERT_TRUE(reaches("import"));
    next();
    ASSERT_TRUE(reaches("trust"));
    next();
    ASSERT_TRUE(reaches("bind"));
}

TEST_F(BrokenServer, ClosingWhileItRunsAsksAndWaitsForTheStep)
{
    goTo("trust");
    setFaults(R"({"program": "certutil", "kind": "hang"})");
    next();
    ASSERT_TRUE(waitUntil([this] { return !session().ran(Chapter::Trust).empty(); }));
    answerNextBox({wxID_NO, {}});
    frame().Close();
    EXPECT_TRUE(boxHasCome());
    waitFor(std::chrono::milliseconds(50));
    ASSERT_TRUE(m_work->window()) << "No was the answer";
    EXPECT_TRUE(frame().isBusy());
    answerNextBox({wxID_YES, {}});
    frame().Close();
    EXPECT_TRUE(waitUntil([this] { return !m_work->window(); })) << "it closes when the step has stopped";
}

}  // namespace
}  // namespace monban::wizard
