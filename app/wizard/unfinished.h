// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "app/wizard/draft.h"
#include "core/plan/request_pending.h"

namespace monban::wizard {

/// Work that the start page offers to go on with.
struct Unfinished {
    enum class Of { Session, Draft, Server };
    Of of = Of::Draft;
    Answers answers;
    Message what;  ///< what waits, in words
    friend bool operator==(const Unfinished&, const Unfinished&) = default;
};

/// What there is: the answers of this session, or else those that were kept; and requests that wait on the server and
/// that neither of them is about.
std::vector<Unfinished> unfinishedWork(const Answers& now, const Draft& draft, const std::vector<PendingRequest>& pending);

}  // namespace monban::wizard
