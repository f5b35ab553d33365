// SPDX-License-Identifier: MIT
#include "core/practice/registry_keys.h"

namespace monban::practice {

std::string keyName(const std::string& key)
{
    std::string name = key;
    while (!name.empty() && name.back() == '\\') name.pop_back();
    static constexpr std::pair<const char*, const char*> kHives[] = {{"hkey_local_machine", "HKLM"},
                                                                     {"hkey_current_user", "HKCU"},
                                                                     {"hkey_classes_root", "HKCR"},
                                                                     {"hkey_users", "HKU"},
                                                                     {"hkey_current_config", "HKCC"}};
    const std::string hive = lowerAscii(name.substr(0, name.find('\\')));
    for (const auto& [longName, shortName] : kHives)
        if (hive == longName) return shortName + name.substr(hive.size());
    return name;
}

std::string folded(const std::string& key) { return lowerAscii(keyName(key)); }

bool isBelow(const std::string& key, const std::string& parent)
{
    return key.size() > parent.size() && key.compare(0, parent.size(), parent) == 0 && key[parent.size()] == '\\';
}

}  // namespace monban::practice
