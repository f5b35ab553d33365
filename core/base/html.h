// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace monban {

/// Anybody's text as HTML text or a quoted attribute value: no markup and no control character gets through.
std::string htmlText(std::string_view text);

}  // namespace monban
