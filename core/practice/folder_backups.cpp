// SPDX-License-Identifier: MIT
#include "core/practice/folder_backups.h"

#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/practice/folder_names.h"

namespace monban::practice {
namespace {

constexpr const char* kConfiguration = "applicationHost.config";

}  // namespace

fs::path FolderBackups::folderOf(const std::string& name) const { return m_root / pathFromUtf8(fileNameFor(name)); }

Result<std::vector<std::string>> FolderBackups::names() const
{
    const auto folders = entriesOf(m_root);
    if (!folders) return folders.error();
    std::vector<std::string> names;
    for (const fs::path& folder : *folders) {
        boost::system::error_code trouble;
        if (!fs::is_directory(folder, trouble)) continue;
        const std::string name = utf8(folder.filename());
        const auto whole = isCut(name) ? readText(folder / kNameFile) : Result<std::string>(nameOf(name));
        if (!whole) return whole.error();
        names.push_back(*whole);
    }
    return names;
}

Result<std::string> FolderBackups::read(const std::string& name) const
{
    return readText(folderOf(name) / kConfiguration);
}

Result<Done> FolderBackups::write(const std::string& name, const std::string& xml)
{
    const fs::path folder = folderOf(name);
    if (const auto made = makeFolders(folder); !made) return made;
    if (const auto done = replaceFile(folder / kConfiguration, xml); !done) return done;
    return isCut(utf8(folder.filename())) ? replaceFile(folder / kNameFile, name) : Result<Done>(Done{});
}

Result<Done> FolderBackups::remove(const std::string& name)
{
    const fs::path folder = folderOf(name);
    boost::system::error_code trouble;
    if (!fs::is_directory(folder, trouble))
        return Error{ErrorCode::NotFound, {tr("There is no backup named {0}."), {name}}, "no backup " + name};
    fs::remove_all(folder, trouble);
    if (trouble)
        return Error{ErrorCode::Io,
                     {tr("The backup {0} could not be removed: {1}"), {name, validUtf8(trouble.message())}},
                     "remove " + utf8(folder) + ": " + trouble.message()};
    return Done{};
}

}  // namespace monban::practice
