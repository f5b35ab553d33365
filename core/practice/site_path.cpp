// SPDX-License-Identifier: MIT
#include "core/practice/site_path.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "core/base/file.h"
#include "core/practice/folder_names.h"

namespace monban::practice {
namespace {

/// What stands in the folder itself (CONTRACTS, "Folder"): no site may be served from there or write there.
constexpr const char* kOwn[] = {"stores", "keys",  "http",    "inetsrv",      "ca",
                                "journal", "cache", "logs",    "machine.json", "registry.json",
                                "tasks.json", "answers.json", "listening.json"};

bool isSeparator(char c) { return c == '\\' || c == '/'; }

Error noSitePath(const std::string& path)
{
    return {ErrorCode::InvalidInput,
            {tr("{0} is not a path a site can have: it begins with a drive (C:\\inetpub\\wwwroot), and no part of it is "
                "\"..\" or a name Windows cannot hold."),
             {path}},
            "not a site path: " + path};
}

/// As fileNameFor() sees it, but a leading dot is fine here (.well-known): these are a site's own files.
bool holdable(const std::string& name)
{
    const std::string seen = name.starts_with('.') ? "_" + name : name;
    return isUtf8(name) && fileNameFor(seen) == seen;
}

/// The entry of that name in any case; the name as given where there is none.
fs::path entryIn(const fs::path& folder, const std::string& name)
{
    const fs::path exact = folder / pathFromUtf8(name);
    boost::system::error_code trouble;
    if (fs::exists(exact, trouble)) return exact;
    if (const auto entries = entriesOf(folder))
        for (const fs::path& entry : *entries)
            if (equalsIgnoringCase(utf8(entry.filename()), name)) return entry;
    return exact;
}

}  // namespace

Result<fs::path> sitePathIn(const fs::path& root, const std::string& windowsPath)
{
    const std::string& path = windowsPath;
    if (path.size() > 1 && isSeparator(path[0]) && isSeparator(path[1]))
        return Error{ErrorCode::Unsupported,
                     {tr("A practice server reaches no network, so what {0} answers is unknown."), {path}},
                     "a network path"};
    const char drive = path.empty() ? '\0' : lowerAscii(path.substr(0, 1))[0];
    if (path.size() < 3 || drive < 'a' || drive > 'z' || path[1] != ':' || !isSeparator(path[2]))
        return noSitePath(path);
    fs::path place = drive == 'c' ? root : root / std::string(1, drive);
    bool atTop = drive == 'c';
    for (std::size_t begin = 3; begin < path.size();) {
        const std::size_t end = std::min(path.find_first_of("\\/", begin), path.size());
        const std::string name = path.substr(begin, end - begin);
        begin = end + 1;
        if (name.empty() || name == ".") continue;
        if (name == ".." || !holdable(name)) return noSitePath(path);
        if (atTop && std::any_of(std::begin(kOwn), std::end(kOwn),
                                 [&](const char* own) { return equalsIgnoringCase(own, name); }))
            return Error{ErrorCode::Denied,
                         {tr("{0} lies where the practice server keeps its own files; a site cannot use it."), {path}},
                         "own file of the practice server: " + path};
        atTop = false;
        place = entryIn(place, name);
    }
    return place;
}

ReadSiteFile siteReader(Backend& backend)
{
    return [&backend](const std::string& windowsPath) -> Result<std::string> {
        const auto place = backend.sitePath(windowsPath);
        if (!place) return place.error();
        return readSiteText(*place);
    };
}

ListSiteFolders siteLister(Backend& backend)
{
    return [&backend](const std::string& windowsPath) {
        std::vector<std::string> names;
        const auto place = backend.sitePath(windowsPath);
        const auto entries = place ? entriesOf(*place) : Result<std::vector<fs::path>>(place.error());
        if (!entries) return names;
        for (const fs::path& entry : *entries) {
            boost::system::error_code trouble;
            const std::string name = utf8(entry.filename());
            // The practice server's own folders are no site's, even where a site's root is the drive itself.
            if (fs::is_directory(entry, trouble) && backend.sitePath(windowsPath + "\\" + name)) names.push_back(name);
        }
        return names;
    };
}

}  // namespace monban::practice
