// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/observe/facts.h"
#include "core/plan/step.h"

namespace monban {

/// One expectation as a page shows it: what it is about, how it shall be and how it was last seen. The same states that
/// skip, verify and undo a step, in the reader's words.
struct LiveLine {
    enum class State {
        Good,
        Different,
        Unreadable,  ///< seen says why
        Waiting,     ///< it cannot be said yet what it shall be
    };
    Message what;
    Message wanted;
    Message seen;
    State state = State::Different;
};

/// The lines of a step. Of a http.sys record those that client certificates depend on, and every other that differs.
std::vector<LiveLine> liveLines(const Step& step, const Facts& facts);

/// The chapter's name as a rail or heading shows it, and its number in the procedure.
Message title(Chapter chapter);
const char* number(Chapter chapter);

}  // namespace monban
