// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace monban {

/// One thing that is no longer as it was approved.
struct Deviation {
    struct Line {
        std::string fact;      ///< "ssl_records[ipport=0.0.0.0:443].ctl_store"
        std::string expected;
        std::string found;
    };
    EarlierRuns::Approved approved;
    State now;
    std::vector<Line> lines;
    Message author;  ///< who is likely to have done it, and how that comes about
};

/// What differs. A certificate that no approved record uses any more, and what cannot be read, is not judged.
std::vector<Deviation> deviations(const std::vector<EarlierRuns::Approved>& approved, const Facts& facts);

/// The finding for a thing that does not come back.
constexpr const char* kNotPutBack = "not-put-back";

/// Puts back what differs, certificates first. A record whose certificate somebody has renewed since keeps the newer one and
/// gets the rest. What cannot come back, or belongs to another program by now, stays and is named.
Plan planPutBack(const PlanInput& input);

/// Where a certificate's bytes lie for certutil to bring it back.
std::string keptCertificate(const std::string& folder, const std::string& thumbprint);

}  // namespace monban
