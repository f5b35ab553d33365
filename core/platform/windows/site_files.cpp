// SPDX-License-Identifier: MIT
#include "core/platform/windows/site_files.h"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"

namespace monban::windows {
namespace {

constexpr std::size_t kMostFolders = 10'000;

bool isOnDrive(const std::string& path)
{
    const auto isSeparator = [](char c) { return c == '\\' || c == '/'; };
    const bool isLetter = !path.empty() && ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z'));
    return path.size() >= 3 && isLetter && path[1] == ':' && isSeparator(path[2]);
}

}  // namespace

Result<std::string> readSiteFile(const std::string& path)
{
    if (!isOnDrive(path))
        return Error{ErrorCode::Unsupported, {tr("{0} does not lie on a drive of this computer and is not looked at."), {path}}, "not on a drive"};
    return readSiteText(pathFromUtf8(path));
}

std::vector<std::string> siteFolders(const std::string& path)
{
    std::vector<std::string> names;
    boost::system::error_code trouble;
    if (!isOnDrive(path)) return names;
    for (fs::directory_iterator entry(pathFromUtf8(path), trouble), end; !trouble && entry != end && names.size() < kMostFolders; entry.increment(trouble))
        if (entry->status(trouble).type() == fs::directory_file) names.push_back(utf8(entry->path().filename()));
    return names;
}

}  // namespace monban::windows
