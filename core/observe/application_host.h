// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/observe/facts.h"
#include "core/observe/web_config.h"

namespace monban {

/// Sites, bindings and access flags out of applicationHost.config (UTF-8 with or without byte-order mark, or UTF-16),
/// as WINDOWS-FACTS 5 describes it. Errors: Damaged, naming line and column of what cannot be read.
Result<std::vector<Site>> sitesFromConfiguration(const std::string& file);
/// The same with what the sites' own web.config files set where they may (Site::webConfigs, Access::webConfig).
Result<std::vector<Site>> sitesFromConfiguration(const std::string& file, const ReadSiteFile& readFile,
                                                 const ListSiteFolders& listFolders = {});

/// The file changed in one place, all else (comments, order, unknown elements) kept; what appcmd does on the practice
/// server. Errors: Damaged; NotFound (no such site or binding); Conflict (it is there already).
Result<std::string> withBinding(const std::string& file, const std::string& site, const Binding& binding);
Result<std::string> withoutBinding(const std::string& file, const std::string& site, const Binding& binding);
Result<std::string> withBindingFlags(const std::string& file, const std::string& site, const Binding& binding,
                                     std::uint32_t sslFlags);
/// Nothing: the path's own setting is removed and it inherits again.
/// The path "" is the whole server.
Result<std::string> withAccess(const std::string& file, const std::string& path, std::optional<std::uint32_t> flags);

/// The access flags in effect at one path ("" is the whole server), inherited or its own. Errors: Damaged.
Result<Access> accessAt(const std::string& file, const std::string& path);
/// Whether web.config files at that path may hold the access section: by default it is locked above the sites
/// (overrideModeDefault="Deny", WINDOWS-FACTS 5.2), a location may unlock it. Errors: Damaged.
Result<bool> accessIsLocked(const std::string& file, const std::string& path);

}  // namespace monban
