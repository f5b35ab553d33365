// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string_view>

#include "core/base/time.h"

namespace monban::practice {

/// A moment as `monban practice clock` takes it: RFC 3339, or "+30d", "-2h", "+90m", "+10s" from now. Nothing if it is
/// neither, or lies outside the years 1970 to 2999.
std::optional<Time> clockFrom(std::string_view text, Time now);

}  // namespace monban::practice
