// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/model/answers.h"
#include "core/model/materials.h"
#include "core/observe/facts.h"
#include "core/plan/step.h"

namespace monban {

/// What the journal knows of runs that stand: of what they made, and where they put it.
struct EarlierRuns {
    struct Made {
        std::string run;
        RequestState request;
    };
    std::vector<Made> requests;          ///< earliest first
    std::vector<FileState> samplePages;  ///< each with the content that was written
    /// http.sys records that a run was writing anew when it was cut off: as they had been. Where one is missing on the
    /// server, its settings are here and nowhere else.
    std::vector<SslRecord> cutRecords;
    /// Those that a run which did not come to its end had its hands on, as it found them, whether they stand or not: the
    /// stores they named may still be its to clear.
    std::vector<SslRecord> unfinishedRecords;

    /// A thing that runs have changed: as the first of them found it, and as the last of them left it.
    struct Changed {
        State found;
        State left;
    };
    std::map<std::string, Changed> changed;  ///< by subjectOf()

    /// A thing as it was last approved: a run left it so, or found it as the plan wanted it.
    struct Approved {
        State state;
        std::string run;
        Time at{};
    };
    std::vector<Approved> approved;  ///< each thing once
    std::string folder;              ///< of the journal, where a certificate can be kept for certutil
};

/// What planning looks at. Everything a chapter needs is here, so that planning stays pure.
struct PlanInput {
    const Answers& answers;
    const Materials& materials;
    const Facts& facts;
    std::set<std::string> accepted;  ///< ids of pitfalls the user accepts (`--accept`)
    EarlierRuns earlier = {};
};

/// The standard set-up: chapters import, trust, bind, require.
Plan planSetup(const PlanInput& input);

/// The plan of any kind but Undo, which the journal makes.
Plan planOf(PlanKind kind, const PlanInput& input);
/// The answers that kind reads; the rest as if it had not been answered.
Answers answersFor(PlanKind kind, const Answers& answers);

/// Fills in what the chapters leave to one place: the states before, done or unknown, and the undo. journal: its folder.
void settle(Plan& plan, const Facts& facts, const std::string& journal = {});

}  // namespace monban
