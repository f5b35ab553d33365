// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/observe/registry.h"

namespace monban::windows {

/// HKEY_LOCAL_MACHINE of this Windows, its 64-bit view, read only.
class Registry final : public RegistryReader {
public:
    Result<std::map<std::string, RegistryValue>> values(const std::string& key) override;
    Result<std::vector<std::string>> subkeys(const std::string& key) override;
    /// Nothing where the key or the value is not there, or cannot be read.
    std::optional<RegistryValue> value(const std::string& key, const std::string& name);
    /// When a value of that key itself was last written, by this computer's clock. Errors: NotFound, Denied.
    Result<Time> lastWritten(const std::string& key);
};

}  // namespace monban::windows
