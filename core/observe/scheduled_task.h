// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace monban {

/// A task of Windows' Task Scheduler, of the kind Monban makes: one program, every so many minutes.
struct ScheduledTask {
    std::string name;      ///< its path without the first backslash: "Monban\KeepOrRevert"
    std::string command;   ///< the program in quotation marks, a blank, its arguments
    int everyMinutes = 0;  ///< 0: by another schedule, or switched off
    std::string user;      ///< whose rights it has: kLocalSystem, or as the scheduler keeps others
    friend bool operator==(const ScheduledTask&, const ScheduledTask&) = default;
};

/// Monban's tasks lie in this folder of the scheduler; no others are looked at.
constexpr const char* kTaskFolder = "Monban";
constexpr const char* kLocalSystem = "S-1-5-18";

/// As schtasks and the scheduler write the same program or account in several ways.
std::string taskCommand(const std::string& program, const std::string& arguments);
std::string taskUser(const std::string& account);

/// A task out of the file in which the scheduler keeps it (System32\Tasks; the schema of [MS-TSCH] 2.5). Errors: Damaged.
Result<ScheduledTask> scheduledTaskFrom(const std::string& name, ByteView xml);

}  // namespace monban
