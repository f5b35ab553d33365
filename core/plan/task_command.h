// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/observe/facts.h"
#include "core/plan/step.h"

namespace monban {

/// Takes back what nobody keeps (run/keep.h), also when the Monban that asks is gone.
constexpr const char* kKeepTask = "Monban\\KeepOrRevert";
constexpr const char* kKeepStep = "keep.task";
constexpr const char* kKeepTaskArguments = "undo --overdue";

/// Turns the revocation check of that endpoint on again; the endpoint is part of the name, as far as file names take it.
std::string resumeTaskName(const std::string& endpoint);

/// By schtasks. It runs from now on every so many minutes, because a start at a date would have to be written as this
/// Windows' regional settings want it; what it runs knows itself when it is due.
Command creatingTask(const Facts& facts, const ScheduledTask& task);
Command deletingTask(const Facts& facts, const std::string& name);

/// The step that makes the task, for the program that Facts::taskProgram names. Blocked for the reason why there is none, or where
/// the command is longer than the 262 characters schtasks takes.
Step taskStep(const Facts& facts, std::string id, Chapter chapter, Message title, const std::string& name, const std::string& arguments, int everyMinutes);

/// Puts a step before all others that makes kKeepTask. It is no part of the digest: what was approved is what it watches over.
/// Returns why there is none: no installed Monban, or tasks that cannot be seen.
std::optional<Error> addKeepTask(Plan& plan, const Facts& facts, Chapter chapter);

}  // namespace monban
