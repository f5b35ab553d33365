// SPDX-License-Identifier: MIT
#include "app/wizard/session.h"

#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>

#include "app/wizard/practice_host.h"
#include "core/base/file.h"
#include "core/practice/fault.h"
#include "core/practice/folder_backend.h"

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

TEST_F(SessionTest, GoesAwayWhileItLooksWithoutAWordToAnybody)
{
    m_session->look();
    m_session.reset();
    EXPECT_TRUE(m_mailbox.runUntil([] { return true; }));
}

}  // namespace
}  // namespace monban::wizard
