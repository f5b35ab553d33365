// SPDX-License-Identifier: MIT
#include "core/run/journal.h"

#include <gtest/gtest.h>

#include <regex>

#include "core/practice/practice_server.h"
#include "core/run/execute.h"
#include "core/run/planning.h"
#include "tests/core/run/quick_server.h"

namespace monban {
namespace {

/// Two runs, of which the later file falls into bad hands.
class SpoiltJournal : public testing::Test {
protected:
    SpoiltJournal()
    {
        Answers first = m_original.answers;
        first.require.mode = RequireAnswers::Mode::Accept;
        for (const Answers& answers : {first, m_original.answers}) {
            const auto outcome = execute(planOn(*m_server, answers, m_original.materials, {}).plan, *m_server, m_original.materials, m_progress, {});
            EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
            m_names.push_back(outcome.run.value_or(""));
        }
        m_file = m_server->journalFolder() / (m_names.back() + ".json");
        m_whole = *readText(m_file);
    }
    /// The other run is read, this one is named as what it is, and nothing is taken back from it.
    void expectSaid(const std::string& text)
    {
        ASSERT_TRUE(replaceFile(m_file, text));
        const Journal journal = journalOf(*m_server);
        const auto runs = journal.runs();
        ASSERT_TRUE(runs);
        ASSERT_EQ(runs->runs.size(), 1u) << text.size();
        EXPECT_EQ(runs->runs.front().run, m_names.front());
        ASSERT_EQ(runs->unreadable.size(), 1u);
        EXPECT_EQ(runs->unreadable.front().run, m_names.back());
        EXPECT_FALSE(runs->unreadable.front().error.message.empty());
        EXPECT_FALSE(runToUndo(journal, "")) << "a later run may have to go first";
        EXPECT_FALSE(runToUndo(journal, m_names.back()));
        EXPECT_TRUE(runToUndo(journal, m_names.front()));
        // What is left of it approves nothing and is no interrupted run.
        const auto earlier = earlierRuns(*runs, m_server->journalFolder());
        for (const auto& approved : earlier.approved) EXPECT_EQ(approved.run, m_names.front());
    }

    support::QuickServer m_original{windows_build::kServer2022};
    std::unique_ptr<Server> m_server = std::move(*practice::PracticeServer::open(m_original.folder));
    Progress m_progress;
    std::vector<std::string> m_names;
    fs::path m_file;
    std::string m_whole;
};

TEST_F(SpoiltJournal, CutAtAnyByteItIsSaidAndNothingRunsFromIt)
{
    const std::size_t end = m_whole.find_last_of('}');
    constexpr std::size_t kStride = 17;  // coprime to its indentation: every kind of place is met
    for (std::size_t length = 0; length <= end && !HasFailure(); length += kStride) expectSaid(m_whole.substr(0, length));
    for (std::size_t length = end > 40 ? end - 40 : 0; length <= end && !HasFailure(); ++length) expectSaid(m_whole.substr(0, length));
}

TEST_F(SpoiltJournal, SomebodyElsesTextIsNobodysRun)
{
    for (const std::string& text : {std::string("[]"), std::string("{}"), std::string("null"), std::string("\xFF\xFE{\0}", 5), std::string("MZ\x90\0\3", 5), std::string(100'000, '['),
                                    std::string(R"({"run": "0002", "started": "yesterday", "ended": null, "outcome": "done", "undone": false, "steps": []})"),
                                    std::string(R"({"run": "0002", "started": "2026-01-01T00:00:00Z", "ended": null, "outcome": "done", "undone": "no", "steps": []})"),
                                    std::string(R"({"run": "0002", "started": "2026-01-01T00:00:00Z", "ended": null, "outcome": "done", "undone": false, "steps": [{"id": "x"}]})")})
        expectSaid(text);
    std::string other = m_whole;
    for (const char* part : {"\"before\": [", "\"wanted\": ["})
        if (const auto at = other.find(part); at != std::string::npos) other.insert(at + std::string(part).size(), "{\"kind\": \"format-disk\"},");
    expectSaid(other);
}

TEST_F(SpoiltJournal, ARunByAnotherNameThanItsFilesIsNoRun)
{
    // A copy that somebody made; and one that would be written back into a folder of its choice.
    for (const char* name : {"0001 - Copy", "../../elsewhere"}) {
        const std::string text = *readText(m_file, 10'000'000);
        const fs::path copy = m_file.parent_path() / "9999.json";
        ASSERT_TRUE(replaceFile(copy, std::regex_replace(text, std::regex("\"run\": \"[^\"]*\""), "\"run\": \"" + std::string(name) + "\"")));
        const auto runs = journalOf(*m_server).runs();
        ASSERT_TRUE(runs);
        ASSERT_EQ(runs->unreadable.size(), 1u);
        EXPECT_EQ(runs->unreadable.front().run, "9999");
        EXPECT_TRUE(removeFile(copy));
    }
}

TEST_F(SpoiltJournal, OddAnswersInItAreNoReasonToLoseTheRun)
{
    std::string odd = m_whole;
    const auto at = odd.find("\"answers\": {");
    ASSERT_NE(at, std::string::npos);
    odd.insert(at + std::string("\"answers\": {").size(), "\"nobody knows\": 1,");
    ASSERT_TRUE(replaceFile(m_file, odd));
    const auto runs = journalOf(*m_server).runs();
    ASSERT_TRUE(runs && runs->unreadable.empty());
    EXPECT_FALSE(runs->runs.back().answers) << "then nothing can be gone on with, and all can be taken back";
}

/// Runs as a journal has them, without a server.
class Remembered : public testing::Test {
protected:
    static State bindingOf(std::optional<std::uint32_t> flags) { return BindingState{"Default Web Site", "https", "*:443:", flags}; }
    void ran(const State& before, const State& after, PlanKind kind = PlanKind::SetUp, const char* outcome = "done")
    {
        JournalRun run;
        run.run = "000" + std::to_string(m_runs.runs.size() + 1);
        run.ended = hostTime();
        run.outcome = outcome;
        run.kind = kind;
        JournalStep& step = run.steps.emplace_back();
        step.id = "bind.site";
        step.before.push_back(before);
        step.wanted.push_back(after);
        step.after.push_back(after);
        step.outcome = "done";
        m_runs.runs.push_back(std::move(run));
    }
    std::optional<std::uint32_t> found() const { return std::get<BindingState>(earlierRuns(m_runs, "journal").changed.begin()->second.found).sslFlags; }
    std::size_t approved() const { return earlierRuns(m_runs, "journal").approved.size(); }

    JournalRuns m_runs;
};

TEST_F(Remembered, WhatTheOwnerMadeInBetweenIsHis)
{
    ran(bindingOf({}), bindingOf(0));
    EXPECT_FALSE(found());
    ran(bindingOf(0), bindingOf({}), PlanKind::Removal);
    EXPECT_EQ(approved(), 0u) << "a site whose set-up was taken off is its owner's";
    ran(bindingOf(8), bindingOf(0));  // he had made it again, another way
    EXPECT_EQ(found(), 8u);
    EXPECT_EQ(approved(), 1u);
}

TEST_F(Remembered, PuttingBackSaysNothingOfBefore)
{
    ran(bindingOf({}), bindingOf(0), PlanKind::PutBack);
    EXPECT_TRUE(earlierRuns(m_runs, "journal").changed.empty()) << "it was there all the time, and somebody had taken it away";
}

TEST_F(Remembered, ARecordIsMadeAnewOnlyWhereARunMayHaveLeftItAway)
{
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    const auto stateOf = [&](bool present) { return RecordState{record.family, record.endpoint, present ? std::optional(record) : std::nullopt}; };
    const auto cut = [&] { return earlierRuns(m_runs, "journal").cutRecords.size(); };
    ran(stateOf(true), stateOf(true), PlanKind::SetUp, "failed");
    EXPECT_EQ(cut(), 0u) << "it stood when the run ended: who removed it later had a reason";
    EXPECT_EQ(earlierRuns(m_runs, "journal").unfinishedRecords.size(), 1u) << "the store it named may be to be cleared";
    m_runs.runs.back().steps.front().after.clear();
    EXPECT_EQ(cut(), 1u) << "nobody knows how the step ended";
    m_runs.runs.back().steps.front().after = {stateOf(false)};
    EXPECT_EQ(cut(), 1u);
    ran(stateOf(false), stateOf(true), PlanKind::SetUp, "failed");
    EXPECT_EQ(cut(), 0u);
}

TEST_F(Remembered, WhatIsBeingTakenBackWasApprovedByNobody)
{
    ran(bindingOf({}), bindingOf(0));
    EXPECT_EQ(approved(), 1u);
    ran(bindingOf(0), bindingOf(8), PlanKind::SetUp, kUndoing);
    EXPECT_EQ(approved(), 0u);
}

}  // namespace
}  // namespace monban
