// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "core/base/utf8.h"
#include "core/observe/web_config.h"
#include "core/practice/backend.h"

namespace monban::practice {

/// Where a file that a site or a configuration names by a Windows path lies below the practice server's folder:
/// `C:\inetpub\wwwroot\web.config` is inetpub/wwwroot/web.config there; another drive is a folder of its letter.
/// Windows ignores case, so what exists is found in any spelling; what does not keeps the one given.
/// Errors: InvalidInput (no absolute path of a drive, a name Windows cannot hold, or ".."), Unsupported (a network
/// path), Denied (one of the practice server's own files).
Result<fs::path> sitePathIn(const fs::path& root, const std::string& windowsPath);

/// Reads a site's files there.
ReadSiteFile siteReader(Backend& backend);

/// Lists the folders in a site's folder there.
ListSiteFolders siteLister(Backend& backend);

}  // namespace monban::practice
