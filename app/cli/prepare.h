// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/model/answers.h"
#include "core/model/materials.h"
#include "core/plan/plan.h"

namespace CLI {
class App;
}

namespace monban::cli {

/// What `plan`, `apply` and `request` are given.
struct PlanOptions {
    std::string answers;
    std::string digest;
    bool digestGiven = false;  ///< an empty one, from a script's unset variable, approves nothing
    std::vector<std::string> accepted;
    bool yes = false;
    PlanKind kind = PlanKind::SetUp;
    std::string endpoint;  ///< of a resumption, which has no answers file
    std::string hostname;
    std::string notBefore;  ///< RFC 3339: nothing is done earlier
    std::optional<int> revertAfter;  ///< seconds; 0: kept at once; nothing: as it is usual
};
void addPlanOptions(CLI::App& command, Console& console, PlanOptions& options);
/// `--renew`, `--retire`, `--remove`, `--put-back`, `--resume-revocation`: one of them, or the set-up.
void addKinds(CLI::App& command, const Console& console, PlanOptions& options);

/// Everything a plan is made of, read once.
struct Prepared {
    std::shared_ptr<Server> server;
    Answers answers;
    Materials materials;
    Facts facts;
    Plan plan;
};
/// Errors: InvalidInput (no answers where the kind needs some), those of reading them and of the server.
Result<Prepared> prepare(const Console& console, const PlanOptions& options, const std::stop_token& stop);

}  // namespace monban::cli
