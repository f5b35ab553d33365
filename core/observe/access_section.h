// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/observe/configuration_text.h"
#include "core/observe/facts.h"

namespace monban {

/// Location paths are compared without regard to case and to slashes at either end; "." is the whole server.
std::string locationKey(std::string_view path);
/// The site's part of such a key.
std::string siteOf(const std::string& locationKey);

/// Every element of that path below the scope; a section may be split over several groups of the same name.
std::vector<pugi::xml_node> elementsBelow(pugi::xml_node scope, const std::vector<const char*>& path);
std::vector<pugi::xml_node> accessElements(pugi::xml_node scope);

/// What applicationHost.config says of system.webServer/security/access, by path, read once: the flags each path sets
/// itself, and where web.config files may set others (WINDOWS-FACTS 5.2).
class AccessSection {
public:
    /// Errors: Damaged.
    static Result<AccessSection> read(const ConfigurationText& text);

    /// Flags of the nearest path at or above that key, "" in the end: IIS's inheritance runs along the path.
    std::uint32_t inEffect(std::string key) const;
    /// What the path sets itself, or nullptr. An entry's path is spelt as the file has it.
    const Access* own(const std::string& key) const;
    /// Keys of the locations below a site, as first met.
    std::vector<std::string> below(const std::string& siteKey) const;
    /// Whether web.config files at that path may not hold the section.
    bool isLocked(const std::string& key) const;

    /// A web.config sets other flags there.
    void override(const std::string& key, const WebConfig& file);

private:
    Result<Done> take(const ConfigurationText& text, pugi::xml_node scope, const std::string& path);
    void takeLock(pugi::xml_node scope, const std::string& key);

    std::map<std::string, Access> m_own;
    std::map<std::string, std::vector<std::string>> m_below;
    std::map<std::string, bool> m_locks;  // what a location says; "" is the section's own default
};

}  // namespace monban
