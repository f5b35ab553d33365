// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/utf8.h"

namespace monban::windows {

/// What Windows takes at any length: an absolute path behind \\?\, where nothing is resolved any more
/// (learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation). A path that is short enough for a folder
/// (247 characters) stays as it is, for that form is the one every file system driver knows.
std::wstring extendedPath(const fs::path& path);

}  // namespace monban::windows
