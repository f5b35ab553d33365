// SPDX-License-Identifier: MIT
#pragma once
#include <set>
#include <string>
#include <vector>

#include "core/observe/server.h"
#include "core/plan/plan.h"
#include "core/run/journal.h"

namespace monban {

/// What has to be looked at beyond the server's own state to see how those things are.
Lookups lookupsFor(const std::vector<State>& states);
Lookups lookupsFor(const Plan& plan);
Lookups lookupsFor(const JournalRun& run);

/// What the runs in that folder that stand have made. One that cannot be read says nothing.
EarlierRuns earlierRuns(const Journal& journal);

/// A plan with the facts it rests on.
struct Planned {
    Facts facts;
    Plan plan;
};

/// Observes and plans. Which files matter is known only once the sites are (a site's own folder): where the first plan
/// names files that were not read, it looks again and plans anew.
Planned planOn(Server& server, const Answers& answers, const Materials& materials, const std::set<std::string>& accepted, PlanKind kind = PlanKind::SetUp);

}  // namespace monban
