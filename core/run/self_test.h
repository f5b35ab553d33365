// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

#include "core/base/quoting.h"
#include "core/observe/server.h"

namespace monban {

/// One thing Monban takes for granted about a Windows Server, looked at without changing anything: what it observed itself
/// against what Windows' own programs print.
struct SelfTestCheck {
    enum class Outcome {
        Passed,
        Failed,
        NotApplicable,  ///< there is nothing on this server to compare
    };
    std::string id;  ///< "netsh.records"
    Message title;
    Outcome outcome = Outcome::Passed;
    Message reason;  ///< of anything but Passed
    std::optional<Command> command;
    std::optional<int> exitCode;
    std::string output;  ///< its first kLongestSelfTestOutput bytes
};

constexpr std::size_t kLongestSelfTestOutput = 64 * 1024;

struct SelfTest {
    Facts facts;
    std::vector<SelfTestCheck> checks;
    bool passed() const;
};

/// Observes, runs commands that only read, each for at most 30 s, and compares. loadedLibraries: the files this process has
/// taken code from (platform::loadedLibraries); none where that cannot be said.
SelfTest selfTest(Server& server, const std::vector<std::string>& loadedLibraries, const std::stop_token& stop);

/// The report to send back: {"monban", "passed", "checks": [{"id", "title", "outcome", "reason", "command", "exit_code",
/// "output"}], "status": as of `monban status`}.
nlohmann::json selfTestJson(const SelfTest& test, Language language);

}  // namespace monban
