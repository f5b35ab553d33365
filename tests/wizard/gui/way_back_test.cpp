// SPDX-License-Identifier: MIT
#include <wx/checklst.h>
#include <wx/listbox.h>

#include <algorithm>
#include <iostream>

#include "core/practice/practice_server.h"
#include "core/report/status_json.h"
#include "core/run/planning.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

/// The jobs that lead back, on a server that the console has set up.
class WayBackWindow : public WindowTest {
protected:
    std::unique_ptr<Server> server() const { return std::move(*practice::PracticeServer::open(m_folder)); }
    Facts facts() const { return server()->observe({}); }
    std::vector<JournalRun> runs() const { return journalOf(*server()).runs()->runs; }

    Outcome setUpByConsole(std::optional<std::chrono::seconds> revertAfter = {})
    {
        Answers answers;
        answers.certificate.file = ca("server.p12");
        answers.root.file = ca("ia1.der");
        const Materials materials = readMaterials(answers, Secret(password()), {});
        const auto there = server();
        Plan plan = planOn(*there, answers, materials, {}).plan;
        plan.revertAfter = revertAfter;
        Progress progress;
        Outcome outcome = execute(plan, *there, materials, progress, {});
        EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
        return outcome;
    }
    bool isOffered(const std::string& job) { return waitUntil([&] { return isCalm() && wxWindow::FindWindowByName(job, &page()); }); }
    /// Presses a job of the start page and waits for its page.
    void begin(const std::string& job, const std::string& pageWord)
    {
        ASSERT_TRUE(isOffered(job)) << job;
        const wxWindow* before = &frame();
        press(job);
        ASSERT_TRUE(waitUntil([&] { return m_work->window() && &frame() != before && isCalm() && word() == pageWord; })) << word() << " " << refusal() << " calm " << isCalm() << " current " << session().isCurrent() << " busy " << frame().isBusy() << " same " << (&frame() == before) << " kind " << name(session().kind());
    }
    void runHere()
    {
        frame().stayAfterRun(true);
        next();
        ASSERT_TRUE(waitUntil([this] { return isCalm() && !page().runs(); })) << refusal();
    }
};

TEST_F(WayBackWindow, AFreshServerOffersNone)
{
    for (const char* job : {"undo", "remove", "retire", "put-back", "go-on", "undo-cut", "undo-unkept"}) EXPECT_FALSE(wxWindow::FindWindowByName(job, &page())) << job;
}

TEST_F(WayBackWindow, ARunIsChosenAndTakenBack)
{
    setUpByConsole();
    ASSERT_TRUE(isOffered("undo"));
    looksRightInBothLanguages();
    begin("undo", "undo");
    auto* list = find<wxListBox>("runs");
    EXPECT_EQ(list->GetCount(), 1u);
    EXPECT_EQ(list->GetSelection(), 0);
    EXPECT_NE(commands().find("netsh"), std::string::npos) << "the plan is shown before it runs: " << commands();
    looksRightInBothLanguages();
    runHere();
    EXPECT_TRUE(facts().records->empty());
    EXPECT_TRUE(runs().back().undone);
    EXPECT_EQ(page().state().first, Mark::Done);
    next();
    ASSERT_TRUE(reaches("finish"));
    EXPECT_EQ(page().state().first, Mark::Done);
    looksRightInBothLanguages();
}

TEST_F(WayBackWindow, WhatSomebodyChangedSinceIsNamedAndStays)
{
    setUpByConsole();
    const auto there = server();
    SslRecord record = facts().records->front();
    record.timeoutMilliseconds = 5000;
    ASSERT_TRUE(there->run(SetHttpRecord{record.family, record.endpoint, record}, {}, [](const std::string&) {}, {}));
    begin("undo", "undo");
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), "undo");
    EXPECT_NE(refusal().find("0.0.0.0:443"), std::string::npos) << refusal();
    EXPECT_FALSE(runs().back().undone);
}

TEST_F(WayBackWindow, TheSetUpIsTakenOffASite)
{
    setUpByConsole();
    begin("remove", "remove");
    looksRightInBothLanguages();
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_FALSE(refusal().empty()) << "who gets in has to be agreed to";
    tick("agreed");
    runHere();
    EXPECT_TRUE(facts().records->empty());
    EXPECT_EQ(runs().back().kind, PlanKind::Removal);
    openPage("finish");
    EXPECT_EQ(page().state().first, Mark::Done);
}

TEST_F(WayBackWindow, WhatWasChangedIsPutBackWithOneClick)
{
    setUpByConsole();
    const auto there = server();
    const SslRecord approved = facts().records->front();
    SslRecord record = approved;
    record.ctlStore.clear();
    record.flags = 0;
    ASSERT_TRUE(there->run(SetHttpRecord{record.family, record.endpoint, record}, {}, [](const std::string&) {}, {}));
    begin("put-back", "drift");
    looksRightInBothLanguages();
    runHere();
    EXPECT_EQ(facts().records->front(), approved);
    openPage("start");
    EXPECT_TRUE(waitUntil([this] { return isCalm() && !wxWindow::FindWindowByName("put-back", &page()); }));
}

TEST_F(WayBackWindow, WithoutAnAnswerTheSettingsGoBack)
{
    goTo("require");
    session().setTimeToKeep(std::chrono::seconds(2));
    tick("agreed");
    next();
    ASSERT_TRUE(reaches("verify"));
    ASSERT_TRUE(session().keeping());
    EXPECT_TRUE(named("keep-bar")->IsShown());
    EXPECT_NE(facts().sites->front().access.front().flags & access_flags::kRequireCert, 0u);
    ASSERT_TRUE(waitUntil([this] { return !session().keeping() && isCalm(); }));
    EXPECT_EQ(facts().sites->front().access.front().flags & access_flags::kRequireCert, 0u);
    EXPECT_FALSE(named("keep-bar")->IsShown());
    EXPECT_FALSE(refusal().empty()) << "it says so";
    EXPECT_TRUE(runs().back().undone);
}

TEST_F(WayBackWindow, TheQuestionOutlastsAChangeOfLanguageAndHoldsBackOtherRuns)
{
    goTo("require");
    tick("agreed");
    next();
    ASSERT_TRUE(reaches("verify"));
    looksRightInBothLanguages();
    EXPECT_TRUE(named("keep-bar")->IsShown());
    EXPECT_FALSE(frame().Close()) << "not without an answer";
    EXPECT_FALSE(refusal().empty());
    press("take-back");
    ASSERT_TRUE(waitUntil([this] { return !session().keeping() && isCalm(); }));
    EXPECT_TRUE(runs().back().undone);
}

TEST_F(WayBackWindow, AWindowThatGoesTakesBackWhatWasNotKept)
{
    goTo("require");
    tick("agreed");
    next();
    ASSERT_TRUE(reaches("verify"));
    m_work.reset();
    EXPECT_TRUE(runs().back().undone);
    EXPECT_EQ(facts().sites->front().access.front().flags & access_flags::kRequireCert, 0u);
}

TEST_F(WayBackWindow, AfterACrashTheStartOffersBothWays)
{
    setUpByConsole(std::chrono::seconds(60));  // and died while it asked
    restart();
    ASSERT_TRUE(isOffered("undo-unkept"));
    looksRightInBothLanguages();
    ASSERT_TRUE(isOffered("keep-unkept"));
    press("keep-unkept");
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !wxWindow::FindWindowByName("undo-unkept", &page()); }));
    EXPECT_FALSE(runs().back().revertAfter);
}

TEST_F(WayBackWindow, ARunThatWasCutOffIsGoneOnWithOrTakenBack)
{
    setUpByConsole();
    // As the journal of a process that died after the second step.
    const auto there = server();
    const Journal journal = journalOf(*there);
    JournalRun run = runs().back();
    run.ended.reset();
    run.outcome = "running";
    ASSERT_TRUE(journal.write(run));
    restart();
    ASSERT_TRUE(isOffered("undo-cut"));
    ASSERT_TRUE(isOffered("go-on"));
    looksRightInBothLanguages();
    ASSERT_TRUE(isOffered("go-on"));
    press("go-on");
    ASSERT_TRUE(waitUntil([this] { return isCalm() && word() != "start"; }));
    EXPECT_EQ(session().answers().certificate.file, ca("server.p12")) << "the answers came from the journal";
    openPage("start");
    begin("undo-cut", "undo");
    runHere();
    EXPECT_TRUE(runs().back().undone);
    EXPECT_TRUE(facts().records->empty());
}

class RetireWindow : public WayBackWindow {
protected:
    std::string scenario() const override { return "renewal"; }
};

TEST_F(RetireWindow, AfterARenewalTheOldCertificateIsOfferedAndGoes)
{
    const wxWindow* before = &frame();
    press("renew");
    ASSERT_TRUE(waitUntil([&] { return m_work->window() && &frame() != before && isCalm() && word() == "certificate"; }));
    fill("certificate-file", ca("server.p12"));
    fill("certificate-password", password());
    next();
    ASSERT_TRUE(reaches("renew"));
    next();
    ASSERT_TRUE(reaches("verify"));
    keep();
    openPage("start");
    EXPECT_FALSE(wxWindow::FindWindowByName("retire", &page())) << "AD FS uses it still";
    const auto there = server();
    ASSERT_TRUE(there->run(SetHttpRecord{RecordFamily::IpPort, "0.0.0.0:49443", std::nullopt}, {}, [](const std::string&) {}, {}));
    session().look();
    begin("retire", "retire");
    auto* list = find<wxCheckListBox>("old-certificates");
    ASSERT_EQ(list->GetCount(), 1u);
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_FALSE(refusal().empty()) << "nothing is ticked";
    list->Check(0);
    wxCommandEvent event(wxEVT_CHECKLISTBOX, list->GetId());
    event.SetEventObject(list);
    list->GetEventHandler()->ProcessEvent(event);
    ASSERT_TRUE(becomesCalm());
    looksRightInBothLanguages();
    const std::size_t count = facts().stores.at("MY")->size();
    runHere();
    EXPECT_EQ(facts().stores.at("MY")->size(), count - 1);
    EXPECT_EQ(runs().back().kind, PlanKind::Retirement);
}

}  // namespace
}  // namespace monban::wizard
