// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/base/utf8.h"
#include "core/observe/access_section.h"

namespace monban {

/// The bytes of a site's file by its Windows path. NotFound: there is none. Denied, Busy, Io: there is one that cannot be
/// read. Anything else: its place is not looked at.
using ReadSiteFile = std::function<Result<std::string>(const std::string& windowsPath)>;
/// The file that such a path led to. Io also for what is no file, or larger than any.
Result<std::string> readSiteText(const fs::path& file);

/// The names of the folders in a site's folder; none where it cannot be read. May be empty: then plain sub-folders are
/// not looked into.
using ListSiteFolders = std::function<std::vector<std::string>(const std::string& windowsPath)>;

/// The web.config files of a site that speak of the access section, from the site's folder downwards: one in each
/// application, virtual directory, path that has flags of its own, and folder below those that is listed. What they set
/// where the section is not locked is put into that section, since IIS obeys the file nearest to the page.
std::vector<WebConfig> readWebConfigs(const Site& site, AccessSection& section, const ReadSiteFile& readFile,
                                      const ListSiteFolders& listFolders);

/// The folder that `inetsrv\config\redirection.config` sends IIS to (shared configuration); nothing where it does not.
/// Errors: Damaged, naming the line.
Result<std::optional<std::string>> sharedConfigurationFrom(const std::string& redirectionConfig);

}  // namespace monban
