// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/message.h"
#include "core/model/answers.h"
#include "core/observe/state.h"
#include "core/pki/finding.h"
#include "core/plan/action.h"

namespace monban {

/// The chapters of the procedure; each word names its page, plan file, test, help topic and answers object.
enum class Chapter { Start, Certificate, Root, Import, Trust, Bind, Require, Verify, Troubleshoot };
const char* name(Chapter chapter);

enum class StepState {
    Needed,
    Done,     ///< the server is so already; running the plan skips it
    Blocked,  ///< cannot be done as things are; reason says what to do first
    Waiting,  ///< for something outside, such as the CA's answer
    Unknown,  ///< part of the server could not be read
};
const char* name(StepState state);

enum class TakesEffect { Now, NewConnections, Restart };
const char* name(TakesEffect effect);

/// One change to a server, described before it is made. A value: pages and scripts show it, execute() makes it, the
/// journal keeps it, tests compare it.
struct Step {
    std::string id;  ///< "bind.record": names the step in logs, reports and tests; never translated
    Chapter chapter = Chapter::Start;
    Message title;
    std::optional<Action> action;  ///< nothing while it is blocked or waiting for what the action would name
    std::vector<State> before;     ///< of what it changes, as observed or as an earlier step will leave it
    std::vector<State> after;      ///< what must be observed once it ran: its expectation
    TakesEffect effect = TakesEffect::Now;
    std::optional<Action> undo;    ///< nothing: cannot be undone, and every view says so
    StepState state = StepState::Needed;
    bool lacksRights = false;      ///< blocked by nothing but missing administrator rights
    Message reason;                ///< why it is blocked, waiting or unknown, or is done another way than usual
    std::string restsOn;           ///< hashes of the files it uses; part of the digest
    std::chrono::milliseconds retryFor{0};  ///< how long to try again while Windows refuses and nothing has changed
    bool ordered = false;          ///< `before` is what an earlier step of this plan leaves behind
};

/// What a plan is for.
enum class PlanKind {
    SetUp,
    Renewal,     ///< the certificate alone, in place of the one before it (renewal.h)
    Retirement,  ///< certificates and root CAs whose successors are in place go (retirement.h)
    Removal,     ///< the set-up is taken off a site (removal.h)
    Resumption,  ///< the revocation check is turned on again where it was off for a time (resumption.h)
    PutBack,     ///< what was changed since it was approved becomes as it was approved (drift.h)
    Undo,        ///< a run is taken back (run/execute.h)
};
const char* name(PlanKind kind);  ///< "set-up", "renewal" …: as the journal has it
std::optional<PlanKind> planKindNamed(const std::string& word);

/// What will be done, in order, and what a person should know before.
struct Plan {
    PlanKind kind = PlanKind::SetUp;
    Answers answers;  ///< it follows from: whoever finds the run cut off can go on
    std::optional<std::chrono::seconds> revertAfter = {};  ///< what it does is taken back unless somebody keeps it (run/keep.h)
    std::vector<Step> steps;
    std::vector<Finding> findings;  ///< about the files that were named
    std::vector<Finding> pitfalls;  ///< about the server (observe/pitfalls.h)

    bool has(StepState state) const;
    /// What it says of that pitfall (Finding::acceptedBy), in English: to see later whether it is still what somebody accepted.
    std::set<std::string> saidOf(const std::string& pitfall) const;
};

/// What the approved plan was: changes when a step, its files or what was observed of what it changes does. Whether this
/// process may run it is no part of it: a plan approved without rights is the same with them.
std::string digestOf(const Plan& plan);

/// The equivalent of an action in each shell; for those that Monban performs itself, what a person would type.
struct ByHand {
    std::optional<std::string> commandPrompt;
    std::optional<std::string> powerShell;
};
ByHand byHand(const Action& action);

/// The text of a file that is written, where it is one with a byte-order mark.
std::optional<std::string> writtenText(const WriteFile& file);

}  // namespace monban
