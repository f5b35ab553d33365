// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace monban {

/// A moment in UTC, whole seconds. Which clock it was read from is the caller's business: a practice server has its own.
using Time = std::chrono::sys_seconds;

/// `2026-11-23T00:00:00Z`. Years beyond 9999 (a hostile certificate) are clamped to 9999-12-31T23:59:59Z.
std::string rfc3339(Time time);
/// Any RFC 3339 date-time, with an offset and fractions (dropped); nothing if it is not one.
std::optional<Time> timeFromRfc3339(std::string_view text);

/// The clock of the computer this program runs on.
Time hostTime();

}  // namespace monban
