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

/// What the runs that stand have made and changed. One that cannot be read says nothing.
EarlierRuns earlierRuns(const JournalRuns& journaled, const fs::path& folder);

/// A plan with what it rests on.
struct Planned {
    Facts facts;
    Plan plan;
    JournalRuns journaled;  ///< none where the journal cannot be read or believed
    EarlierRuns earlier;    ///< of these
};

/// Observes and plans. Which files matter is known only once the sites are (a site's own folder): where the first plan
/// names files that were not read, it looks again and plans anew.
Planned planOn(Server& server, const Answers& answers, const Materials& materials, const std::set<std::string>& accepted, PlanKind kind = PlanKind::SetUp);

/// The plan that takes that run back (empty: the latest that stands); without steps where there is none. What keeps the journal
/// from being read is the reason of a blocked step.
Planned planUndoOn(Server& server, const std::string& run);

}  // namespace monban
