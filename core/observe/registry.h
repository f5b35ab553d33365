// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace monban {

struct RegistryValue {
    std::string type;  ///< "REG_DWORD", "REG_SZ", "REG_BINARY" …
    std::string data;  ///< decimal for REG_DWORD and REG_QWORD, hex for REG_BINARY, text otherwise
    friend bool operator==(const RegistryValue&, const RegistryValue&) = default;
};

/// A registry that is only looked into: Windows' own, or that of a practice server. Keys as `HKLM\SYSTEM\…`, case ignored.
class RegistryReader {
public:
    virtual ~RegistryReader() = default;
    /// Errors: NotFound (no such key), Denied.
    virtual Result<std::map<std::string, RegistryValue>> values(const std::string& key) = 0;
    virtual Result<std::vector<std::string>> subkeys(const std::string& key) = 0;
};

}  // namespace monban
