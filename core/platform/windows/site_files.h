// SPDX-License-Identifier: MIT
#pragma once
#include "core/observe/web_config.h"

namespace monban::windows {

/// A file of a site by the path its configuration names. A path of a network share or a device is not followed
/// (Unsupported): to reach it could take minutes, and would hand this account's credentials to whoever answers.
/// Errors besides: as readSiteText.
Result<std::string> readSiteFile(const std::string& path);

/// The names of the folders in a site's folder; none where it cannot be read.
std::vector<std::string> siteFolders(const std::string& path);

}  // namespace monban::windows
