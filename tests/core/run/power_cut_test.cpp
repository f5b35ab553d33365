// SPDX-License-Identifier: MIT
// The power goes at every moment: the process gets SIGKILL before and after every step and before every look into or writing
// of the journal. Whoever comes back goes on, or takes back, and the server is right either way.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "core/practice/folder_names.h"
#include "core/practice/practice_server.h"
#include "core/report/status_json.h"
#include "core/run/execute.h"
#include "tests/core/run/paths.h"

namespace monban {
namespace {

using nlohmann::json;

/// Counts the moments at which the power could go, and at one of them lets it go.
class Mortal final : public Server {
public:
    Mortal(const fs::path& folder, int cut) : m_server(std::move(*practice::PracticeServer::open(folder))), m_cut(cut) {}
    Facts observe(const Lookups& lookups) override { return m_server->observe(lookups); }
    Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits) override
    {
        moment();
        auto output = m_server->run(action, materials, sink, limits);
        moment();
        return output;
    }
    fs::path journalFolder() const override { return m_server->journalFolder(); }
    Result<Done> guardJournal(JournalUse) const override
    {
        moment();
        return Done{};
    }

private:
    void moment() const
    {
        if (++m_moments == m_cut) std::raise(SIGKILL);
    }

    std::unique_ptr<Server> m_server;
    int m_cut;
    mutable int m_moments = 0;
};

class PowerCut : public testing::TestWithParam<support::Path> {
protected:
    PowerCut() : m_path(GetParam()) {}

    json status()
    {
        const auto server = std::move(*practice::PracticeServer::open(m_path.folder()));
        json shown = statusJson(server->observe({}), Language::English);
        shown["machine"].erase("clock");
        shown["keys"] = practice::entriesOf(m_path.folder() / "keys")->size();
        // http.sys and the stores keep no order, and what comes back comes last.
        for (const char* part : {"ssl_records", "sites"}) sort(shown[part]);
        for (auto& store : shown["stores"]) sort(store);
        // A request has a new key each time it is made.
        const auto pending = shown["stores"].find("REQUEST");
        if (pending != shown["stores"].end())
            for (json& one : *pending)
                for (const char* part : {"serial", "thumbprint_sha1", "thumbprint_sha256", "not_before", "not_after"}) one.erase(part);
        return shown;
    }
    static void sort(json& list)
    {
        if (list.is_array()) std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return a.dump() < b.dump(); });
    }

    Outcome apply(int cut = 0)
    {
        Mortal server(m_path.folder(), cut);
        const Planned planned = m_path.plan(server);
        Progress progress;
        return execute(planned.plan, server, m_path.materials(), progress, {});
    }
    /// Nothing where no run is left to take back.
    std::optional<Outcome> undo(int cut = 0)
    {
        Mortal server(m_path.folder(), cut);
        const Journal journal = journalOf(server);
        auto run = runToUndo(journal, "");
        if (!run || !*run || (*run)->run == m_path.runBefore()) return std::nullopt;
        const auto back = planUndo(**run, journal, server.observe(lookupsFor(**run)));
        EXPECT_TRUE(back);
        Progress progress;
        return back ? executeUndo(std::move(**run), *back, server, progress, {}) : Outcome{};
    }
    /// True when the process was killed at that moment, false when it came to its end before.
    template <class Work>
    bool dies(Work work)
    {
        const pid_t child = fork();
        if (child == 0) {
            work();
            _exit(0);
        }
        int ended = 0;
        EXPECT_EQ(waitpid(child, &ended, 0), child);
        const bool killed = WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL;
        EXPECT_TRUE(killed || (WIFEXITED(ended) && WEXITSTATUS(ended) == 0)) << "ended with " << ended;
        return killed;
    }
    void expectSame(const json& wanted, const std::string& where)
    {
        const json now = status();
        EXPECT_TRUE(now == wanted) << where << ": " << json::diff(wanted, now).dump().substr(0, 2000);
    }
    std::size_t standingRuns()
    {
        const auto runs = Journal(m_path.folder() / "journal").runs();
        EXPECT_TRUE(runs && runs->unreadable.empty());
        return runs ? static_cast<std::size_t>(std::ranges::count_if(runs->runs, [&](const JournalRun& run) { return !run.undone && run.run != m_path.runBefore(); })) : 0;
    }

    std::size_t openRuns()
    {
        const auto runs = Journal(m_path.folder() / "journal").runs();
        return runs ? static_cast<std::size_t>(std::ranges::count_if(runs->runs, [](const JournalRun& run) { return !run.undone && !run.ended; })) : 0;
    }

    support::PreparedPath m_path;
};

TEST_P(PowerCut, WhoComesBackGoesOnOrTakesBack)
{
    m_path.reset();
    const json before = status();
    ASSERT_EQ(apply().outcome, RunOutcome::Done);
    const json after = status();
    int cuts = 0;
    for (int cut = 1; !HasFailure(); ++cut) {
        const std::string where = std::string(GetParam().name) + ", cut " + std::to_string(cut);
        m_path.reset();
        if (!dies([&] { (void)apply(cut); })) break;
        ++cuts;
        const fs::path left = support::scratchFolder();
        fs::copy(m_path.folder(), left, fs::copy_options::recursive);

        (void)undo();
        expectSame(before, where + ", taken back");
        EXPECT_EQ(standingRuns(), 0u) << where;

        // Which pitfalls there are depends on the server as it is found: half mended, it makes another plan.
        if (!m_path.answers().troubleshoot.mend.empty()) {
            fs::remove_all(left);
            continue;
        }
        fs::remove_all(m_path.folder());
        fs::copy(left, m_path.folder(), fs::copy_options::recursive);
        const Outcome gone = apply();
        EXPECT_EQ(gone.outcome, RunOutcome::Done) << where << ": " << inEnglish(gone.reason);
        expectSame(after, where + ", gone on with");
        EXPECT_LE(standingRuns(), 1u) << where << ": one undo has to take back all of it";
        EXPECT_EQ(openRuns(), 0u) << where;
        (void)undo();
        expectSame(before, where + ", gone on with and taken back");
        fs::remove_all(left);
    }
    std::cout << GetParam().name << ": " << cuts << " cuts\n";
    EXPECT_GT(cuts, 8);
}

TEST_P(PowerCut, AnUndoThatIsCutOffIsBegunAgain)
{
    m_path.reset();
    const json before = status();
    ASSERT_EQ(apply().outcome, RunOutcome::Done);
    const fs::path applied = support::scratchFolder();
    fs::copy(m_path.folder(), applied, fs::copy_options::recursive);
    int cuts = 0;
    for (int cut = 1; !HasFailure(); ++cut) {
        const std::string where = std::string("undo of ") + GetParam().name + ", cut " + std::to_string(cut);
        fs::remove_all(m_path.folder());
        fs::copy(applied, m_path.folder(), fs::copy_options::recursive);
        if (!dies([&] { (void)undo(cut); })) break;
        ++cuts;
        (void)undo();
        expectSame(before, where);
        EXPECT_EQ(standingRuns(), 0u) << where;
    }
    fs::remove_all(applied);
    std::cout << "undo of " << GetParam().name << ": " << cuts << " cuts\n";
    EXPECT_GT(cuts, 6);
}

INSTANTIATE_TEST_SUITE_P(Paths, PowerCut, testing::ValuesIn(support::paths().begin(), support::paths().end()),
                         [](const auto& parameter) { return "path" + std::to_string(parameter.index); });

}  // namespace
}  // namespace monban
