// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::lab {

/// The registry of this Windows (of Wine, that is) as the practice programs' back-end sees one: its calls of the same
/// meaning. Keys as "HKLM\…" or with the hive's long name.
class WineRegistry {
public:
    using Values = std::map<std::string, practice::RegistryValue>;

    Result<std::optional<practice::RegistryValue>> value(const std::string& key, const std::string& name) const;
    Result<Values> values(const std::string& key) const;
    Result<std::vector<std::string>> subkeys(const std::string& key) const;
    Result<Done> set(const std::string& key, const std::string& name, const practice::RegistryValue& value) const;
    Result<bool> removeValue(const std::string& key, const std::string& name) const;
    Result<bool> removeKey(const std::string& key) const;
};

}  // namespace monban::lab
