// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

namespace monban {

/// Monban itself reads and writes paths of any length. Programs that do not ask Windows for long paths, its own certutil
/// and certreq among them, take no more than MAX_PATH less the final zero: 259 UTF-16 units
/// (learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation). False for a path of another system.
bool isTooLongForPrograms(std::string_view path);

}  // namespace monban
