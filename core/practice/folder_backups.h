// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban::practice {

/// The backups of IIS's configuration (`appcmd add backup`): a folder for each name. Takes no lock.
class FolderBackups {
public:
    explicit FolderBackups(fs::path root) : m_root(std::move(root)) {}

    Result<std::vector<std::string>> names() const;
    Result<std::string> read(const std::string& name) const;
    Result<Done> write(const std::string& name, const std::string& xml);
    /// Errors: NotFound.
    Result<Done> remove(const std::string& name);

private:
    fs::path folderOf(const std::string& name) const;

    fs::path m_root;
};

}  // namespace monban::practice
