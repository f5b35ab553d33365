// SPDX-License-Identifier: MIT
#pragma once
#include <windows.h>

#include <cstdint>

#include "core/base/time.h"

namespace monban::windows {

/// Of tenths of a microsecond since 1601, as Windows counts.
inline Time timeFrom(std::uint64_t ticks)
{
    constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;
    return Time(std::chrono::seconds(static_cast<std::int64_t>(ticks / 10'000'000) - kSecondsTo1970));
}
inline Time timeFrom(const FILETIME& time)
{
    return timeFrom((static_cast<std::uint64_t>(time.dwHighDateTime) << 32) | time.dwLowDateTime);
}

}  // namespace monban::windows
