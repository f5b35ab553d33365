// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/console.h"

namespace CLI {
class App;
}

namespace monban::cli {

/// Ctrl+C, and whatever else ends this process's one command.
inline std::stop_source stopSource;

/// What a parsed command line will do; its result is the exit code.
using Job = std::function<int(const Console&)>;

/// Each adds its subcommand to the command line and sets `job` when it was chosen. `console` is complete only when the
/// job runs. The texts of the help are in its language already.
void addInspect(CLI::App& app, Console& console, Job& job);
void addDiagnose(CLI::App& app, Console& console, Job& job);
void addStatus(CLI::App& app, Console& console, Job& job);
void addSelfTest(CLI::App& app, Console& console, Job& job);
void addPlan(CLI::App& app, Console& console, Job& job);
void addApply(CLI::App& app, Console& console, Job& job);
void addKeep(CLI::App& app, Console& console, Job& job);
void addRequest(CLI::App& app, Console& console, Job& job);
void addUndo(CLI::App& app, Console& console, Job& job);
void addVerify(CLI::App& app, Console& console, Job& job);
/// afterDashes: what stood after `--`, for `practice run`.
void addPractice(CLI::App& app, Console& console, Job& job, const std::vector<std::string>& afterDashes);

}  // namespace monban::cli
