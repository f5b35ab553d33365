// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/observe/facts.h"
#include "core/plan/action.h"
#include "core/plan/step.h"

namespace monban {

/// How a server is brought from one state of a thing back to an earlier one.
struct RestoreContext {
    const Facts& facts;            ///< for the build and the system folder
    std::string certificateFile;   ///< where a removed certificate's bytes were put, for certutil; empty: nowhere
};

/// False for what comes back by itself and so needs no undo: kept revocation lists.
bool isRestorable(const State& state);

/// The action that turns `now` into `back` (states of the same thing); nothing where it cannot be done: a private key
/// that was removed does not come back.
std::optional<Action> restoringAction(const State& back, const State& now, const RestoreContext& context);

/// http.sys takes no record whose certificate is not in its store (1312): why a record cannot be brought back to one, or nothing.
std::optional<Message> certificateGone(const State& back, const State& now, const Facts& facts);

/// Moves a certificate between LocalMachine stores. PowerShell, because certutil would need it in a file first.
Command movingCertificate(const Facts& facts, const std::string& thumbprint, const std::string& from, const std::string& to);

/// A sentence for that step: "Take the http.sys record 0.0.0.0:443 away again".
Message restoringTitle(const State& back, const State& now);

}  // namespace monban
