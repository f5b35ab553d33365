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

/// What differs. A certificate that no approved record uses any more is not judged, nor is what cannot be read: unseenOf().
std::vector<Deviation> deviations(const std::vector<EarlierRuns::Approved>& approved, const Facts& facts);

/// What cannot be seen at this moment, so that nobody can say whether it differs.
struct Unseen {
    EarlierRuns::Approved approved;
    Message why;
};
std::vector<Unseen> unseenOf(const std::vector<EarlierRuns::Approved>& approved, const Facts& facts);
/// What is said where nothing differs and all could be seen.
Message asApproved(const std::vector<EarlierRuns::Approved>& approved);

/// The finding for a thing that does not come back.
constexpr const char* kNotPutBack = "not-put-back";

/// Puts back what differs, certificates first. A record whose certificate somebody has renewed since keeps the newer one and
/// gets the rest. What cannot come back, or belongs to another program by now, stays and is named.
Plan planPutBack(const PlanInput& input);

/// Where a certificate's bytes lie for certutil to bring it back.
std::string keptCertificate(const std::string& folder, const std::string& thumbprint);

}  // namespace monban
