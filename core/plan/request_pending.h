// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/plan/plan.h"

namespace monban {

/// A certification request whose key waits in REQUEST for the CA's answer, found on the server itself: whoever made it
/// may have closed the program, or lost the answers, since.
struct PendingRequest {
    Time made{};  ///< by the server's clock
    /// What has to be answered to go on with it. Without a request file where no run of Monban made it; the CA's answer
    /// finds its key all the same.
    CertificateAnswers answers;
};

/// Those that are meant for a server, the latest first. What other programs request for the machine (a name that no
/// browser opens) is none of them.
std::vector<PendingRequest> pendingRequests(const Facts& facts, const EarlierRuns& earlier);

/// True where these answers are about that request.
bool isAbout(const CertificateAnswers& answers, const PendingRequest& pending);

}  // namespace monban
