// SPDX-License-Identifier: MIT
#include "app/wizard/session.h"

#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "app/wizard/practice_host.h"
#include "app/wizard/request_view.h"
#include "core/base/file.h"
#include "core/practice/fault.h"
#include "core/practice/folder_backend.h"
#include "core/practice/range.h"

namespace monban::wizard {
namespace {

/// The window's thread: calls wait here until the test lets them through.
class Mailbox {
public:
    Session::Post post()
    {
        return [this](std::function<void()> call) {
            const std::lock_guard guard(m_mutex);
            m_calls.push_back(std::move(call));
            m_arrived.notify_one();
        };
    }
    bool runUntil(const std::function<bool()>& isReached)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!isReached()) {
            std::unique_lock guard(m_mutex);
            if (!m_arrived.wait_until(guard, end, [this] { return !m_calls.empty(); })) return false;
            const auto call = std::move(m_calls.front());
            m_calls.pop_front();
            guard.unlock();
            call();
        }
        return true;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<std::function<void()>> m_calls;
};

class SessionTest : public testing::Test, protected SessionListener {
protected:
    SessionTest()
    {
        m_folder = fs::temp_directory_path() / fs::unique_path("monban-session-%%%%-%%%%");
        auto made = PracticeHost::create(m_folder);
        if (!made) throw std::runtime_error(made.error().detail);
        m_host = std::move(*made);
        m_session = std::make_unique<Session>(m_host->server(), m_mailbox.post());
        m_session->setListener(this);
        Answers& answers = m_session->answers();
        answers.certificate.file = utf8(m_folder / "ca" / "server.p12");
        answers.root.file = utf8(m_folder / "ca" / "ia1.der");
        auto password = *readText(m_folder / "ca" / "password.txt");
        m_session->setPassword(Secret(password.substr(0, password.find_first_of("\r\n"))));
        m_session->answersChanged();
    }
    ~SessionTest() override
    {
        m_session.reset();
        m_host.reset();
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    void runEnded(const Outcome& outcome) override { m_ended = outcome; }

    bool becomesCurrent() { return m_mailbox.runUntil([this] { return m_session->isCurrent(); }); }
    Outcome runToEnd(Chapter chapter)
    {
        m_ended.reset();
        m_session->run(chapter);
        EXPECT_TRUE(m_mailbox.runUntil([this] { return m_ended.has_value(); }));
        return m_ended.value_or(Outcome{});
    }
    void setFault(const std::string& json)
    {
        const fs::path file = m_folder / "machine.json";
        std::string text = *readText(file);
        const auto at = text.find("\"faults\": []");
        ASSERT_NE(at, std::string::npos) << text;
        ASSERT_TRUE(replaceFile(file, text.replace(at, 12, "\"faults\": [" + json + "]")));
    }

    fs::path m_folder;
    Mailbox m_mailbox;
    std::unique_ptr<PracticeHost> m_host;
    std::unique_ptr<Session> m_session;
    std::optional<Outcome> m_ended;
};

TEST_F(SessionTest, ChaptersOneByOneLeadToAServerThatNeedsNothing)
{
    ASSERT_TRUE(becomesCurrent());
    for (const Chapter chapter : {Chapter::Import, Chapter::Trust, Chapter::Bind, Chapter::Require}) {
        EXPECT_FALSE(m_session->needed(chapter).empty()) << name(chapter);
        EXPECT_EQ(runToEnd(chapter).outcome, RunOutcome::Done) << name(chapter);
        EXPECT_TRUE(m_session->needed(chapter).empty()) << "the view that came with the end shows it: " << name(chapter);
        EXPECT_FALSE(m_session->ran(chapter).empty());
        for (const RanStep& step : m_session->ran(chapter)) EXPECT_TRUE(step.result) << step.step.id;
    }
    EXPECT_FALSE(m_session->view()->plan.has(StepState::Needed));
}

TEST_F(SessionTest, ARunWaitsForAPlanOfTheAnswersAsTheyAreNow)
{
    ASSERT_TRUE(becomesCurrent());
    m_session->answers().trust.ctlStore = "partners";
    m_session->answersChanged();
    EXPECT_FALSE(m_session->isCurrent());
    EXPECT_EQ(runToEnd(Chapter::Trust).outcome, RunOutcome::Done);
    const auto store = storeOf(m_session->view()->facts, "partners");
    ASSERT_TRUE(store);
    EXPECT_EQ(store->size(), 1u) << "not the store of the plan that was there when it was asked for";
}

TEST_F(SessionTest, AFaultIsShownAndAfterItIsMendedTheSameRunGoesOn)
{
    ASSERT_TRUE(becomesCurrent());
    setFault(R"({"program": "certutil", "kind": "no-effect", "times": 1})");
    const Outcome failed = runToEnd(Chapter::Trust);
    EXPECT_EQ(failed.outcome, RunOutcome::Failed);
    ASSERT_FALSE(m_session->ran(Chapter::Trust).empty());
    EXPECT_EQ(m_session->ran(Chapter::Trust).front().result->outcome, StepOutcome::Failed) << "exit code 0 proves nothing";
    EXPECT_EQ(runToEnd(Chapter::Trust).outcome, RunOutcome::Done);
}

TEST_F(SessionTest, CancelStopsAHangingCommandAndNothingElseRuns)
{
    ASSERT_TRUE(becomesCurrent());
    setFault(R"({"program": "certutil", "kind": "hang"})");
    m_ended.reset();
    m_session->run(Chapter::Trust);
    ASSERT_TRUE(m_mailbox.runUntil([this] { return !m_session->ran(Chapter::Trust).empty(); })) << "it has begun";
    m_session->cancel();
    ASSERT_TRUE(m_mailbox.runUntil([this] { return m_ended.has_value(); }));
    EXPECT_EQ(m_ended->outcome, RunOutcome::Cancelled);
    EXPECT_FALSE(m_session->isRunning());
}

TEST_F(SessionTest, AWrongPasswordIsSaidAndTheRightOneReadsTheFile)
{
    m_session->setPassword(Secret(std::string("wrong")));
    m_session->answersChanged();
    ASSERT_TRUE(becomesCurrent());
    ASSERT_TRUE(m_session->view()->materials->pkcs12);
    ASSERT_FALSE(*m_session->view()->materials->pkcs12);
    EXPECT_EQ(m_session->view()->materials->pkcs12->error().code, ErrorCode::WrongPassword);
    auto password = *readText(m_folder / "ca" / "password.txt");
    m_session->setPassword(Secret(password.substr(0, password.find_first_of("\r\n"))));
    m_session->answersChanged();
    ASSERT_TRUE(becomesCurrent());
    EXPECT_TRUE(*m_session->view()->materials->pkcs12);
}

TEST_F(SessionTest, TheAnswersSurviveARestartAndThePasswordDoesNot)
{
    const fs::path file = m_folder / "wizard.json";
    const Answers answers = m_session->answers();
    m_session = std::make_unique<Session>(m_host->server(), m_mailbox.post(), file);
    m_session->answers() = answers;
    auto password = *readText(m_folder / "ca" / "password.txt");
    password.resize(password.find_first_of("\r\n"));
    m_session->setPassword(Secret(std::string(password)));
    m_session->answersChanged();
    // Without a further word, a moment after the last change.
    for (int i = 0; i < 200 && !readText(file); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto text = readText(file);
    ASSERT_TRUE(text);
    EXPECT_EQ(text->find(password), std::string::npos) << *text;

    m_session = std::make_unique<Session>(m_host->server(), m_mailbox.post(), file);
    EXPECT_EQ(m_session->answers(), Answers{}) << "nobody said yet to go on with it";
    ASSERT_EQ(m_session->unfinished().size(), 1u);
    EXPECT_NE(inEnglish(m_session->unfinished()[0].what).find("server.p12"), std::string::npos);
    m_session->resume(m_session->unfinished()[0]);
    EXPECT_EQ(m_session->answers(), answers);
    EXPECT_TRUE(m_session->password().empty());
}

TEST_F(SessionTest, WhatChangedJustBeforeTheEndIsKept)
{
    const fs::path file = m_folder / "wizard.json";
    m_session = std::make_unique<Session>(m_host->server(), m_mailbox.post(), file);
    m_session->answers().root.file = "/srv/ia1.der";
    m_session->answersChanged();
    m_session.reset();
    ASSERT_TRUE(Draft(file).found());
    EXPECT_EQ(Draft(file).found()->answers.root.file, "/srv/ia1.der");
}

TEST_F(SessionTest, StartingAfreshLeavesTheAnswersToBeGoneOnWith)
{
    m_session = std::make_unique<Session>(m_host->server(), m_mailbox.post(), m_folder / "wizard.json");
    m_session->answers().root.file = "/srv/ia1.der";
    m_session->startAfresh();
    EXPECT_EQ(m_session->answers(), Answers{});
    ASSERT_EQ(m_session->unfinished().size(), 1u);
    m_session->resume(m_session->unfinished()[0]);
    EXPECT_EQ(m_session->answers().root.file, "/srv/ia1.der");
}

TEST_F(SessionTest, ARequestThatWaitsIsOfferedByTheServerItselfAndTheSetUpGoesOnWithTheAnswer)
{
    m_session->answers() = {};
    CertificateAnswers& certificate = m_session->answers().certificate;
    certificate.source = CertificateAnswers::Source::Request;
    certificate.commonName = "www.example.co.jp";
    certificate.organization = "株式会社門番";
    certificate.state = "東京都";
    certificate.country = "jp";
    certificate.dnsNames = {"www.example.co.jp", "example.co.jp"};
    certificate.ipAddresses = {"192.0.2.7"};
    certificate.keyBits = 2048;
    certificate.requestFile = utf8(m_folder / "www.req");
    m_session->answersChanged();
    ASSERT_TRUE(becomesCurrent());
    ASSERT_EQ(runToEnd(Chapter::Certificate).outcome, RunOutcome::Done);

    // The program starts anew, and the answers are lost.
    m_session = std::make_unique<Session>(m_host->server(), m_mailbox.post());
    m_session->setListener(this);
    m_session->look();
    ASSERT_TRUE(becomesCurrent());
    const auto work = m_session->unfinished();
    ASSERT_EQ(work.size(), 1u);
    EXPECT_EQ(work[0].of, Unfinished::Of::Server);
    const std::string said = inEnglish(work[0].what);
    EXPECT_NE(said.find("www.example.co.jp of 20"), std::string::npos) << said;
    m_session->resume(work[0]);
    ASSERT_TRUE(becomesCurrent());
    const auto& steps = m_session->view()->plan.steps;
    const auto request = std::ranges::find(steps, "certificate.request", &Step::id);
    ASSERT_NE(request, steps.end());
    EXPECT_EQ(request->state, StepState::Done) << "it is known as the one that was made: " << inEnglish(request->reason);
    ASSERT_EQ(m_session->unfinished().size(), 1u);
    EXPECT_EQ(m_session->unfinished()[0].of, Unfinished::Of::Session) << "one request, one offer";

    EXPECT_EQ(requestStage(*m_session->view()), RequestStage::Waiting);
    EXPECT_TRUE(requestText(*m_session->view()).starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----"));
    EXPECT_FALSE(answerProblem(*m_session->view())) << "none is named yet";
    for (const fs::path& wrong : {m_folder / "ca" / "ia1.der", m_folder / "www.req", m_folder / "ca" / "password.txt", m_folder / "nowhere.cer"}) {
        m_session->answers().certificate.issuedFile = utf8(wrong);
        m_session->answersChanged();
        ASSERT_TRUE(becomesCurrent());
        EXPECT_TRUE(answerProblem(*m_session->view())) << wrong;
        EXPECT_EQ(requestStage(*m_session->view()), RequestStage::Waiting) << wrong;
    }
    ASSERT_TRUE(practice::issue(m_folder, m_folder / "www.req", m_folder / "www.p7b"));
    m_session->answers().certificate.issuedFile = utf8(m_folder / "www.p7b");
    m_session->answersChanged();
    ASSERT_TRUE(becomesCurrent());
    EXPECT_EQ(requestStage(*m_session->view()), RequestStage::Answered) << "though no root is named yet, which another page asks for";
    ASSERT_TRUE(answeredCertificate(*m_session->view()));
    EXPECT_EQ(answeredCertificate(*m_session->view())->commonName, "www.example.co.jp");
    m_session->answers().root.file = utf8(m_folder / "ca" / "ia1.der");
    m_session->answersChanged();
    ASSERT_TRUE(becomesCurrent());
    EXPECT_EQ(runToEnd(Chapter::Import).outcome, RunOutcome::Done);
    EXPECT_TRUE(m_session->view()->pending.empty());
    EXPECT_EQ(requestStage(*m_session->view()), RequestStage::Answered);
}

TEST_F(SessionTest, GoesAwayWhileItLooksWithoutAWordToAnybody)
{
    m_session->look();
    m_session.reset();
    EXPECT_TRUE(m_mailbox.runUntil([] { return true; }));
}

}  // namespace
}  // namespace monban::wizard
