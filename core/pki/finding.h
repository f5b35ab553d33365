// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/message.h"

namespace monban {

enum class Severity { Error, Warning, Info };

/// Something a person should know about a file or a server: what is wrong and why it matters, and what to do.
struct Finding {
    std::string id;  ///< stable English word such as "expires-soon", for scripts and logs
    Severity severity = Severity::Warning;
    Message message;
    Message remedy;
    bool mendable = false;  ///< of a server's pitfall: a plan mends it when the answers name it (troubleshoot.mend)
    std::string acceptedBy = {};  ///< of a plan: what it holds back is done all the same once the pitfall of that id is accepted
};

const char* name(Severity severity);  ///< "error", "warning", "info"

}  // namespace monban
