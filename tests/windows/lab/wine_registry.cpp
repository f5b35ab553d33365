// SPDX-License-Identifier: MIT
#include "tests/windows/lab/wine_registry.h"

#include <windows.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"
#include "core/practice/registry_keys.h"

namespace monban::lab {
namespace {

using practice::RegistryValue;
using windows::narrow;
using windows::wide;
using windows::windowsError;

constexpr std::pair<const char*, DWORD> kTypes[] = {
    {"REG_NONE", REG_NONE},   {"REG_SZ", REG_SZ},       {"REG_EXPAND_SZ", REG_EXPAND_SZ}, {"REG_BINARY", REG_BINARY},
    {"REG_DWORD", REG_DWORD}, {"REG_QWORD", REG_QWORD}, {"REG_MULTI_SZ", REG_MULTI_SZ},
};
/// Between the strings of a REG_MULTI_SZ, as reg.exe writes it.
constexpr const char* kBetween = "\\0";

struct CloseKey {
    void operator()(HKEY key) const { ::RegCloseKey(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<HKEY>, CloseKey>;

Error noSuchKey(const std::string& key)
{
    return {ErrorCode::NotFound, {"no registry key {0}", {key}}, "no key " + key};
}

struct Place {
    HKEY hive;
    std::wstring path;
};
std::optional<Place> placeOf(const std::string& typed)
{
    static const std::pair<const char*, HKEY> kHives[] = {{"hklm", HKEY_LOCAL_MACHINE},
                                                          {"hkcu", HKEY_CURRENT_USER},
                                                          {"hkcr", HKEY_CLASSES_ROOT},
                                                          {"hku", HKEY_USERS},
                                                          {"hkcc", HKEY_CURRENT_CONFIG}};
    const std::string key = practice::keyName(typed);
    const auto slash = key.find('\\');
    for (const auto& [name, hive] : kHives)
        if (equalsIgnoringCase(key.substr(0, slash), name))
            return Place{hive, slash == std::string::npos ? std::wstring() : wide(key.substr(slash + 1))};
    return std::nullopt;
}

Result<Key> opened(const std::string& key, REGSAM access)
{
    const auto place = placeOf(key);
    if (!place) return noSuchKey(key);
    HKEY handle = nullptr;
    const LSTATUS error = ::RegOpenKeyExW(place->hive, place->path.c_str(), 0, access | KEY_WOW64_64KEY, &handle);
    if (error == ERROR_FILE_NOT_FOUND) return noSuchKey(key);
    if (error != ERROR_SUCCESS) return windowsError("RegOpenKeyEx " + key, static_cast<std::uint32_t>(error));
    return Key(handle);
}

std::string textFrom(const Bytes& bytes)
{
    std::wstring text(bytes.size() / sizeof(wchar_t), L'\0');
    if (!text.empty()) std::memcpy(text.data(), bytes.data(), text.size() * sizeof(wchar_t));
    while (!text.empty() && text.back() == L'\0') text.pop_back();
    std::string all;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(L'\0', at), text.size());
        all += (at == 0 ? "" : kBetween) + narrow(text.substr(at, end - at));
        at = end + 1;
    }
    return all;
}

RegistryValue valueFrom(DWORD type, const Bytes& bytes)
{
    RegistryValue value;
    value.type = "REG_NONE";
    for (const auto& [name, number] : kTypes)
        if (number == type) value.type = name;
    std::uint64_t number = 0;
    if ((type == REG_DWORD && bytes.size() == 4) || (type == REG_QWORD && bytes.size() == 8)) {
        std::memcpy(&number, bytes.data(), bytes.size());
        value.data = std::to_string(number);
    } else if (type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ) {
        value.data = textFrom(bytes);
    } else {
        value.data = hex(bytes);
    }
    return value;
}

void append(Bytes& bytes, const void* data, std::size_t size)
{
    const auto* const begin = static_cast<const std::uint8_t*>(data);
    bytes.insert(bytes.end(), begin, begin + size);
}

void append(Bytes& bytes, const std::string& text)
{
    const std::wstring units = wide(text);
    append(bytes, units.c_str(), (units.size() + 1) * sizeof(wchar_t));
}

/// Type and bytes as Windows keeps them; nothing for data that does not fit the type.
std::optional<std::pair<DWORD, Bytes>> rawFrom(const RegistryValue& value)
{
    DWORD type = REG_NONE;
    for (const auto& [name, number] : kTypes)
        if (value.type == name) type = number;
    Bytes bytes;
    if (type == REG_DWORD || type == REG_QWORD) {
        std::uint64_t number = 0;
        const char* const end = value.data.data() + value.data.size();
        if (std::from_chars(value.data.data(), end, number).ptr != end || value.data.empty()) return std::nullopt;
        append(bytes, &number, type == REG_DWORD ? 4 : 8);  // x64 is little-endian, as the registry is
    } else if (type == REG_SZ || type == REG_EXPAND_SZ) {
        append(bytes, value.data);
    } else if (type == REG_MULTI_SZ) {
        for (std::size_t at = 0; at < value.data.size();) {
            const std::size_t end = std::min(value.data.find(kBetween, at), value.data.size());
            append(bytes, value.data.substr(at, end - at));
            at = end + 2;
        }
        append(bytes, std::string());
    } else {
        auto given = bytesFromHex(value.data);
        if (!given) return std::nullopt;
        bytes = std::move(*given);
    }
    return std::pair(type, std::move(bytes));
}

}  // namespace

Result<std::optional<RegistryValue>> WineRegistry::value(const std::string& key, const std::string& name) const
{
    const auto all = values(key);
    if (!all && all.error().code == ErrorCode::NotFound) return std::optional<RegistryValue>();
    if (!all) return all.error();
    const auto found = practice::valueNamed(*all, name);
    return found == all->end() ? std::optional<RegistryValue>() : std::optional(found->second);
}

Result<WineRegistry::Values> WineRegistry::values(const std::string& key) const
{
    const auto handle = opened(key, KEY_READ);
    if (!handle) return handle.error();
    Values values;
    std::wstring name(16'384, L'\0');  // the longest name a value can have
    Bytes data(65'536);
    for (DWORD i = 0;;) {
        DWORD nameLength = static_cast<DWORD>(name.size());
        DWORD size = static_cast<DWORD>(data.size());
        DWORD type = REG_NONE;
        const LSTATUS error =
            ::RegEnumValueW(handle->get(), i, name.data(), &nameLength, nullptr, &type, data.data(), &size);
        if (error == ERROR_NO_MORE_ITEMS) return values;
        if (error == ERROR_MORE_DATA && size > data.size()) {
            data.resize(size);
            continue;
        }
        if (error != ERROR_SUCCESS) return windowsError("RegEnumValue " + key, static_cast<std::uint32_t>(error));
        values[narrow(name.substr(0, nameLength))] = valueFrom(type, Bytes(data.begin(), data.begin() + size));
        ++i;
    }
}

Result<std::vector<std::string>> WineRegistry::subkeys(const std::string& key) const
{
    const auto handle = opened(key, KEY_READ);
    if (!handle && handle.error().code == ErrorCode::NotFound) return std::vector<std::string>();
    if (!handle) return handle.error();
    std::vector<std::string> names;
    wchar_t name[256];  // one more than the longest name of a key
    for (DWORD i = 0;; ++i) {
        DWORD length = 256;
        const LSTATUS error = ::RegEnumKeyExW(handle->get(), i, name, &length, nullptr, nullptr, nullptr, nullptr);
        if (error == ERROR_NO_MORE_ITEMS) return names;
        if (error != ERROR_SUCCESS) return windowsError("RegEnumKeyEx " + key, static_cast<std::uint32_t>(error));
        names.push_back(narrow(std::wstring(name, length)));
    }
}

Result<Done> WineRegistry::set(const std::string& key, const std::string& name, const RegistryValue& value) const
{
    const auto place = placeOf(key);
    if (!place) return noSuchKey(key);
    HKEY handle = nullptr;
    LSTATUS error = ::RegCreateKeyExW(place->hive, place->path.c_str(), 0, nullptr, 0, KEY_WRITE | KEY_WOW64_64KEY, nullptr,
                                      &handle, nullptr);
    if (error != ERROR_SUCCESS) return windowsError("RegCreateKeyEx " + key, static_cast<std::uint32_t>(error));
    const Key made(handle);
    if (value.type.empty()) return Done{};
    const auto raw = rawFrom(value);
    if (!raw) return Error{ErrorCode::InvalidInput, {"{0} is no {1}", {value.data, value.type}}, "data of another type"};
    error = ::RegSetValueExW(handle, wide(name).c_str(), 0, raw->first, raw->second.data(),
                             static_cast<DWORD>(raw->second.size()));
    if (error != ERROR_SUCCESS) return windowsError("RegSetValueEx " + key, static_cast<std::uint32_t>(error));
    return Done{};
}

Result<bool> WineRegistry::removeValue(const std::string& key, const std::string& name) const
{
    const auto handle = opened(key, KEY_WRITE);
    if (!handle && handle.error().code == ErrorCode::NotFound) return false;
    if (!handle) return handle.error();
    const LSTATUS error = ::RegDeleteValueW(handle->get(), wide(name).c_str());
    if (error == ERROR_FILE_NOT_FOUND) return false;
    if (error != ERROR_SUCCESS) return windowsError("RegDeleteValue " + key, static_cast<std::uint32_t>(error));
    return true;
}

Result<bool> WineRegistry::removeKey(const std::string& key) const
{
    const auto place = placeOf(key);
    if (!place || place->path.empty()) return false;  // a hive stays
    const LSTATUS error = ::RegDeleteTreeW(place->hive, place->path.c_str());
    if (error == ERROR_FILE_NOT_FOUND) return false;
    if (error != ERROR_SUCCESS) return windowsError("RegDeleteTree " + key, static_cast<std::uint32_t>(error));
    return true;
}

}  // namespace monban::lab
