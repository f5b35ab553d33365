// SPDX-License-Identifier: MIT
#pragma once
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

/// Fills in what the chapters leave to one place: the states before, done or unknown, and the undo.
void settle(Plan& plan, const Facts& facts);

}  // namespace monban
