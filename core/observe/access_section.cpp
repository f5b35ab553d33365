// SPDX-License-Identifier: MIT
#include "core/observe/access_section.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr const char* kNotAccess = tr(
    "applicationHost.config cannot be read: the element at line {0}, column {1} has sslFlags=\"{2}\", where None, Ssl, "
    "SslNegotiateCert, SslRequireCert, SslMapCert or Ssl128 was expected. Correct that line or restore a backup "
    "(appcmd restore backup).");

std::string parentOf(const std::string& key)
{
    const auto slash = key.rfind('/');
    return slash == std::string::npos ? std::string() : key.substr(0, slash);
}

/// overrideModeDefault of the section's declaration; without one the section counts as locked, as IIS ships it.
bool lockedByDefault(const ConfigurationText& text)
{
    bool locked = true;
    for (const pugi::xml_node group : text.configuration().child("configSections").children("sectionGroup")) {
        if (std::string_view(group.attribute("name").value()) != "system.webServer") continue;
        for (const pugi::xml_node security : group.children("sectionGroup"))
            for (const pugi::xml_node section : security.children("section")) {
                if (std::string_view(section.attribute("name").value()) != "access") continue;
                const bool hostOnly = equalsIgnoringCase(section.attribute("allowDefinition").value(), "AppHostOnly");
                locked = hostOnly || !equalsIgnoringCase(section.attribute("overrideModeDefault").value(), "Allow");
            }
    }
    return locked;
}

}  // namespace

std::string locationKey(std::string_view path)
{
    while (!path.empty() && path.front() == '/') path.remove_prefix(1);
    while (!path.empty() && path.back() == '/') path.remove_suffix(1);
    return path == "." ? std::string() : lowerAscii(path);
}

std::string siteOf(const std::string& locationKey) { return locationKey.substr(0, locationKey.find('/')); }

std::vector<pugi::xml_node> elementsBelow(pugi::xml_node scope, const std::vector<const char*>& path)
{
    std::vector<pugi::xml_node> nodes{scope};
    for (const char* name : path) {
        std::vector<pugi::xml_node> next;
        for (const pugi::xml_node node : nodes)
            for (const pugi::xml_node child : node.children(name)) next.push_back(child);
        nodes = std::move(next);
    }
    return nodes;
}

std::vector<pugi::xml_node> accessElements(pugi::xml_node scope)
{
    return elementsBelow(scope, {"system.webServer", "security", "access"});
}

Result<AccessSection> AccessSection::read(const ConfigurationText& text)
{
    AccessSection section;
    section.m_locks[""] = lockedByDefault(text);
    if (const auto done = section.take(text, text.configuration(), ""); !done) return done.error();
    section.takeLock(text.configuration(), "");
    for (const pugi::xml_node location : text.configuration().children("location")) {
        const std::string path = location.attribute("path").value();
        if (const auto done = section.take(text, location, path); !done) return done.error();
        section.takeLock(location, locationKey(path));
    }
    return section;
}

Result<Done> AccessSection::take(const ConfigurationText& text, pugi::xml_node scope, const std::string& path)
{
    const std::string key = locationKey(path);
    for (const pugi::xml_node access : accessElements(scope)) {
        const auto attribute = access.attribute("sslFlags");
        if (!attribute) continue;
        const auto flags = accessFromText(attribute.value());
        if (!flags) return text.damagedAt(access, kNotAccess, attribute.value());
        // Of several location elements for one path the last one decides.
        const bool known = m_own.contains(key);
        m_own[key] = Access{path, *flags, false, {}, {}};
        if (!known && key.find('/') != std::string::npos) m_below[siteOf(key)].push_back(key);
    }
    return Done{};
}

/// A location that names the section may unlock or lock it for the files below; lockItem and lockAttributes lock the
/// one element (learn.microsoft.com, "How to use locking in IIS configuration").
void AccessSection::takeLock(pugi::xml_node scope, const std::string& key)
{
    const auto elements = accessElements(scope);
    if (elements.empty()) return;
    if (std::string_view(scope.name()) == "location") {
        const std::string_view mode = scope.attribute("overrideMode").value();
        const std::string_view allow = scope.attribute("allowOverride").value();
        if (equalsIgnoringCase(mode, "Allow") || (mode.empty() && equalsIgnoringCase(allow, "true")))
            m_locks[key] = false;
        if (equalsIgnoringCase(mode, "Deny") || (mode.empty() && equalsIgnoringCase(allow, "false")))
            m_locks[key] = true;
    }
    for (const pugi::xml_node access : elements) {
        const std::string attributes = lowerAscii(access.attribute("lockAttributes").value());
        const bool all = attributes == "*" || attributes.find("sslflags") != std::string::npos;
        if (all || equalsIgnoringCase(access.attribute("lockItem").value(), "true")) m_locks[key] = true;
    }
}

std::uint32_t AccessSection::inEffect(std::string key) const
{
    for (;; key = parentOf(key)) {
        const auto found = m_own.find(key);
        if (found != m_own.end()) return found->second.flags;
        if (key.empty()) return 0;
    }
}

const Access* AccessSection::own(const std::string& key) const
{
    const auto found = m_own.find(key);
    return found == m_own.end() ? nullptr : &found->second;
}

std::vector<std::string> AccessSection::below(const std::string& siteKey) const
{
    const auto found = m_below.find(siteKey);
    return found == m_below.end() ? std::vector<std::string>() : found->second;
}

bool AccessSection::isLocked(const std::string& key) const
{
    for (std::string at = key;; at = parentOf(at)) {
        const auto found = m_locks.find(at);
        if (found != m_locks.end()) return found->second;
        if (at.empty()) return true;
    }
}

void AccessSection::override(const std::string& key, const WebConfig& file)
{
    Access access{file.path, file.flags, false, file.file, std::nullopt};
    const auto found = m_own.find(key);
    if (found != m_own.end()) {
        access.path = found->second.path;
        access.serverFlags = found->second.webConfig.empty() ? found->second.flags : found->second.serverFlags;
        found->second = access;
        return;
    }
    m_own[key] = access;
    if (key.find('/') != std::string::npos) m_below[siteOf(key)].push_back(key);
}

}  // namespace monban
