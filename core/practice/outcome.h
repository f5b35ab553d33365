// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/practice/pages.h"

namespace monban::practice {

/// What becomes of a connection after a request.
enum class Next {
    KeepAlive,
    Close,   ///< once the answer is sent
    Reset,   ///< by TCP, without an answer
    Http11,  ///< only this request is refused, with HTTP_1_1_REQUIRED: the client comes again without HTTP/2
};

struct Outcome {
    std::optional<Answer> answer;  ///< nothing with Reset and Http11
    Next next = Next::KeepAlive;
};

}  // namespace monban::practice
