// SPDX-License-Identifier: MIT
#include "core/practice/folder_registry.h"

#include <algorithm>

#include "core/practice/folder_files.h"
#include "core/practice/registry_keys.h"

namespace monban::practice {

Result<std::optional<RegistryValue>> FolderRegistry::value(const std::string& key, const std::string& name) const
{
    const auto own = values(key);
    if (!own && own.error().code == ErrorCode::NotFound) return std::optional<RegistryValue>();
    if (!own) return own.error();
    const auto found = valueNamed(*own, name);
    return found == own->end() ? std::optional<RegistryValue>() : std::optional(found->second);
}

Result<std::map<std::string, RegistryValue>> FolderRegistry::values(const std::string& key) const
{
    const auto registry = readRegistry(m_file);
    if (!registry) return registry.error();
    std::map<std::string, RegistryValue> values;
    bool exists = false;
    for (const auto& [name, own] : *registry) {
        const std::string other = folded(name);
        exists = exists || other == folded(key) || isBelow(other, folded(key));
        if (other == folded(key)) values.insert(own.begin(), own.end());
    }
    if (!exists) return Error{ErrorCode::NotFound, {tr("The registry has no key {0}."), {key}}, "no key " + key};
    return values;
}

Result<std::vector<std::string>> FolderRegistry::subkeys(const std::string& key) const
{
    const auto registry = readRegistry(m_file);
    if (!registry) return registry.error();
    std::vector<std::string> names;
    for (const auto& [name, own] : *registry) {
        const std::string whole = keyName(name);
        if (!isBelow(lowerAscii(whole), folded(key))) continue;
        const std::string rest = whole.substr(folded(key).size() + 1);
        const std::string child = rest.substr(0, rest.find('\\'));
        if (std::none_of(names.begin(), names.end(), [&](const auto& known) { return equalsIgnoringCase(known, child); }))
            names.push_back(child);
    }
    return names;
}

Result<Done> FolderRegistry::set(const std::string& key, const std::string& name, const RegistryValue& value)
{
    auto registry = readRegistry(m_file);
    if (!registry) return registry.error();
    auto found = std::find_if(registry->begin(), registry->end(),
                              [&](const auto& one) { return folded(one.first) == folded(key); });
    if (found == registry->end())
        found = registry->emplace(keyName(key), std::map<std::string, RegistryValue>()).first;
    // An empty type makes the key alone, as `reg add KEY` does.
    if (!value.type.empty()) {
        const auto old = valueNamed(found->second, name);
        if (old != found->second.end()) old->second = value;
        else found->second.emplace(name, value);
    }
    return writeRegistry(m_file, *registry);
}

Result<bool> FolderRegistry::removeValue(const std::string& key, const std::string& name)
{
    auto registry = readRegistry(m_file);
    if (!registry) return registry.error();
    bool found = false;
    for (auto& [other, values] : *registry) {
        if (folded(other) != folded(key)) continue;
        const auto value = valueNamed(values, name);
        if (value == values.end()) continue;
        values.erase(value);
        found = true;
    }
    if (!found) return false;
    if (const auto done = writeRegistry(m_file, *registry); !done) return done.error();
    return true;
}

Result<bool> FolderRegistry::removeKey(const std::string& key)
{
    auto registry = readRegistry(m_file);
    if (!registry) return registry.error();
    const auto gone = std::erase_if(*registry, [&](const auto& one) {
        return folded(one.first) == folded(key) || isBelow(folded(one.first), folded(key));
    });
    if (gone == 0) return false;
    if (const auto done = writeRegistry(m_file, *registry); !done) return done.error();
    return true;
}

}  // namespace monban::practice
