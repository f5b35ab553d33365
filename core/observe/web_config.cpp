// SPDX-License-Identifier: MIT
#include "core/observe/web_config.h"

#include <algorithm>
#include <set>

#include "core/base/file.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

/// A configuration path and the folder its files lie in.
struct Place {
    std::string path;
    std::string folder;
};

std::string joined(std::string folder, const std::string& rest)
{
    while (!folder.empty() && (folder.back() == '\\' || folder.back() == '/')) folder.pop_back();
    return folder + "\\" + rest;
}

/// The folder of a path below the site: that of the nearest application or virtual directory, and the rest.
std::string folderOf(const Site& site, const std::string& path)
{
    std::size_t length = site.name.size();
    std::string folder = site.physicalPath;
    for (const VirtualFolder& candidate : site.folders) {
        const std::string& above = candidate.path;
        const bool covers = path.size() >= above.size() && equalsIgnoringCase(path.substr(0, above.size()), above) &&
                            (path.size() == above.size() || path[above.size()] == '/');
        if (covers && above.size() >= length) {
            length = above.size();
            folder = candidate.physicalPath;
        }
    }
    if (folder.empty() || path.size() <= length + 1) return folder;
    std::string rest = path.substr(length + 1);
    std::replace(rest.begin(), rest.end(), '/', '\\');
    return joined(folder, rest);
}

// A site may hold a whole file server; beyond this nothing more is looked into.
constexpr std::size_t kMostFolders = 2000;
constexpr std::ptrdiff_t kDeepest = 32;

std::ptrdiff_t depthOf(const std::string& path) { return std::count(path.begin(), path.end(), '/'); }

/// Adds the folders that lie in those of the places, and so on. One that an application or virtual directory hides
/// behind its name is none of the site's paths.
void addFoldersIn(std::vector<Place>& places, const ListSiteFolders& listFolders)
{
    std::set<std::string> known;
    for (const Place& place : places) known.insert(lowerAscii(place.path));
    for (std::size_t i = 0; i < places.size() && places.size() < kMostFolders; ++i) {
        const Place above = places[i];
        if (depthOf(above.path) >= kDeepest) continue;
        for (const std::string& name : listFolders(above.folder))
            if (known.insert(lowerAscii(above.path + "/" + name)).second && places.size() < kMostFolders)
                places.push_back({above.path + "/" + name, joined(above.folder, name)});
    }
}

/// Shallow paths first, so that a file nearer to the page is read later and wins.
std::vector<Place> placesOf(const Site& site, const AccessSection& section, const ListSiteFolders& listFolders)
{
    std::vector<std::string> paths{site.name};
    for (const VirtualFolder& folder : site.folders) paths.push_back(folder.path);
    for (const std::string& key : section.below(locationKey(site.name))) paths.push_back(section.own(key)->path);
    std::vector<Place> places;
    for (std::string& path : paths) {
        while (!path.empty() && path.back() == '/') path.pop_back();
        while (!path.empty() && path.front() == '/') path.erase(0, 1);
        std::string folder = folderOf(site, path);
        if (!folder.empty()) places.push_back({std::move(path), std::move(folder)});
    }
    if (listFolders) addFoldersIn(places, listFolders);
    const auto key = [](const Place& place) { return std::pair(depthOf(place.path), lowerAscii(place.path)); };
    std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) { return key(a) < key(b); });
    places.erase(std::unique(places.begin(), places.end(),
                             [](const Place& a, const Place& b) { return equalsIgnoringCase(a.path, b.path); }),
                 places.end());
    return places;
}

Message damaged(const std::string& file, const Error& error)
{
    // Every error of ConfigurationText begins with line and column.
    if (error.code != ErrorCode::Damaged || error.message.values.size() < 2) return error.message;
    return {tr("{0} cannot be read: it is damaged at line {1}, column {2}. IIS answers every request below it with error "
               "500.19. Correct that line."),
            {file, error.message.values[0], error.message.values[1]}};
}

Message notAccess(const std::string& file, const ConfigurationText& text, pugi::xml_node access)
{
    return damaged(file, text.damagedAt(access, "{0}{1}"));
}

/// The settings of one file: those of its own folder first, then of its location elements.
std::vector<WebConfig> settingsIn(const Place& place, const std::string& file, const std::string& bytes)
{
    const auto text = ConfigurationText::parse(bytes);
    if (!text) return {{place.path, file, 0, 0, false, true, damaged(file, text.error())}};
    std::vector<WebConfig> settings;
    const auto take = [&](pugi::xml_node scope, const std::string& path) {
        for (const pugi::xml_node access : accessElements(scope)) {
            if (!access.attribute("sslFlags")) continue;
            WebConfig setting{path, file, 0, 0, false, false, {}};
            if (const auto flags = accessFromText(access.attribute("sslFlags").value())) setting.flags = *flags;
            else setting.problem = notAccess(file, *text, access), setting.broken = true;
            settings.push_back(std::move(setting));
        }
    };
    take(text->configuration(), place.path);
    for (const pugi::xml_node location : text->configuration().children("location")) {
        const std::string below = locationKey(location.attribute("path").value());
        take(location, below.empty() ? place.path : place.path + "/" + below);
    }
    return settings;
}

}  // namespace

Result<std::string> readSiteText(const fs::path& file)
{
    auto text = readText(file);
    if (text) return text;
    const ErrorCode code = text.error().code;
    const bool isTold = code == ErrorCode::NotFound || code == ErrorCode::Denied || code == ErrorCode::Busy;
    return Error{isTold ? code : ErrorCode::Io, text.error().message, text.error().detail};
}

std::vector<WebConfig> readWebConfigs(const Site& site, AccessSection& section, const ReadSiteFile& readFile,
                                      const ListSiteFolders& listFolders)
{
    std::vector<WebConfig> found;
    for (const Place& place : placesOf(site, section, listFolders)) {
        const std::string file = joined(place.folder, "web.config");
        const auto bytes = readFile(file);
        if (!bytes) {
            // Most sites have none; a folder on the network is not looked at either.
            const ErrorCode code = bytes.error().code;
            if (code == ErrorCode::Denied || code == ErrorCode::Busy || code == ErrorCode::Io)
                found.push_back({place.path, file, 0, 0, false, false, bytes.error().message});
            continue;
        }
        for (WebConfig& setting : settingsIn(place, file, *bytes)) {
            const std::string key = locationKey(setting.path);
            setting.locked = section.isLocked(key);
            setting.serverFlags = section.inEffect(key);
            if (setting.problem.empty() && !setting.locked) section.override(key, setting);
            found.push_back(std::move(setting));
        }
    }
    return found;
}

Result<std::optional<std::string>> sharedConfigurationFrom(const std::string& redirectionConfig)
{
    const auto text = ConfigurationText::parse(redirectionConfig);
    if (!text) {
        const Error& error = text.error();
        if (error.message.values.size() < 2) return error;
        return Error{ErrorCode::Damaged,
                     {tr("redirection.config cannot be read: it is damaged at line {0}, column {1}. Whether IIS shares its "
                         "configuration with other servers is unknown; correct that line or restore a backup (appcmd restore "
                         "backup)."),
                      {error.message.values[0], error.message.values[1]}},
                     error.detail};
    }
    std::optional<std::string> shared;
    for (const pugi::xml_node node : text->configuration().children("configurationRedirection")) {
        const std::string_view enabled = node.attribute("enabled").value();
        if (equalsIgnoringCase(enabled, "true") || enabled == "1") shared = node.attribute("path").value();
    }
    return shared;
}

}  // namespace monban
