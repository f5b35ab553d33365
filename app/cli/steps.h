// SPDX-License-Identifier: MIT
#pragma once
#include "app/cli/console.h"
#include "core/run/execute.h"

namespace monban::cli {

/// The plan for people: each step with its state, its command and why it is not plain.
void printPlan(const Console& console, const Plan& plan, const Facts& facts);

/// Whether somebody reads at a terminal, and can answer there.
bool isAtTerminal(const Console& console);

/// Shows the plan and asks; true for yes. Where nobody is asked, or nothing would run, the call itself is the approval.
bool approves(const Console& console, const Plan& plan, const Facts& facts, const char* question);

/// Shows on the terminal what happens while it happens; silent with --json.
class LiveProgress : public Progress {
public:
    explicit LiveProgress(const Console& console) : m_console(console) {}
    void started(const Plan& plan, std::size_t index) override;
    void output(std::size_t index, const std::string& text) override;
    void finished(const Plan& plan, std::size_t index, const StepResult& result) override;

private:
    const Console& m_console;
    std::string m_line;  ///< output so far of a line that is not complete
};

/// The account of a run, as JSON or for people; returns the exit code.
int report(const Console& console, const Plan& plan, const Outcome& outcome);

}  // namespace monban::cli
