// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::practice {

/// The registry of a practice server, in registry.json: what the back-end's calls of the same meaning do. Takes no lock.
class FolderRegistry {
public:
    explicit FolderRegistry(fs::path file) : m_file(std::move(file)) {}

    Result<std::optional<RegistryValue>> value(const std::string& key, const std::string& name) const;
    Result<std::map<std::string, RegistryValue>> values(const std::string& key) const;
    Result<std::vector<std::string>> subkeys(const std::string& key) const;
    Result<Done> set(const std::string& key, const std::string& name, const RegistryValue& value);
    Result<bool> removeValue(const std::string& key, const std::string& name);
    Result<bool> removeKey(const std::string& key);

private:
    fs::path m_file;
};

}  // namespace monban::practice
