// SPDX-License-Identifier: MIT
#pragma once
#include <boost/filesystem/operations.hpp>

#include <functional>

#include "core/observe/server.h"
#include "tests/support/values.h"

namespace monban::support {

/// A server in memory: an action makes the states true that the test says belong to it; any can be told to fail.
class FakeServer final : public Server {
public:
    explicit FakeServer(fs::path folder) : m_folder(std::move(folder)) {}
    ~FakeServer() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    Facts facts = freshFacts();
    std::vector<Action> ran;
    /// What running that action comes to; the default does what the plan promises.
    std::function<Result<Output>(const Action&)> answer;

    std::function<Result<Done>(JournalUse)> journalGuard;
    std::function<Result<std::optional<std::string>>(const std::string& run)> backup;
    int backups = 0;

    /// Performs the steps of this plan when their actions are run.
    void obey(const Plan& plan)
    {
        m_plans.push_back(plan);
    }

    Facts observe(const Lookups&) override { return facts; }
    Result<Output> run(const Action& action, const Materials&, const OutputSink& sink, const RunLimits&) override
    {
        ran.push_back(action);
        if (answer) return answer(action);
        perform(action);
        sink("ok\n");
        return Output{0, "ok\n"};
    }
    fs::path journalFolder() const override { return m_folder; }
    Result<Done> guardJournal(JournalUse use) const override { return journalGuard ? journalGuard(use) : Done{}; }
    Result<std::optional<std::string>> keepConfiguration(const std::string& name) override
    {
        ++backups;
        return backup ? backup(name) : std::optional<std::string>();
    }

    void perform(const Action& action)
    {
        for (const Plan& plan : m_plans)
            for (const Step& step : plan.steps)
                if (step.action && *step.action == action)
                    for (const State& state : step.after) become(facts, state);
    }

private:
    fs::path m_folder;
    std::vector<Plan> m_plans;
};

inline fs::path temporaryFolder() { return fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%-%%%%"); }

}  // namespace monban::support
