// SPDX-License-Identifier: MIT
#include "core/platform/windows/registry.h"

#include <windows.h>

#include <cstring>
#include <memory>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/utf8.h"
#include "core/platform/windows/file_time.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

constexpr DWORD kMostEntries = 10'000;      // of one key; Schannel's has a dozen
constexpr DWORD kLongestName = 16'384;      // Windows' own limit of a value's name, with its end
constexpr DWORD kLargestValue = 64 * 1024;  // what is larger is shown cut off

struct CloseKeyOf {
    void operator()(HKEY key) const { ::RegCloseKey(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<HKEY>, CloseKeyOf>;

Result<Key> opened(const std::string& key)
{
    constexpr const char* kRoot = "HKLM\\";
    if (!key.starts_with(kRoot))
        return Error{ErrorCode::InvalidInput, {tr("Windows refused it with error {0}."), {std::to_string(ERROR_INVALID_NAME)}}, "not below HKLM: " + key};
    HKEY handle = nullptr;
    const LSTATUS status = ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide(key.substr(std::strlen(kRoot))).c_str(), 0, KEY_READ | KEY_WOW64_64KEY, &handle);
    if (status != ERROR_SUCCESS) return windowsError("RegOpenKeyEx " + key, static_cast<DWORD>(status));
    return Key(handle);
}

const char* typeName(DWORD type)
{
    switch (type) {
    case REG_NONE: return "REG_NONE";
    case REG_SZ: return "REG_SZ";
    case REG_EXPAND_SZ: return "REG_EXPAND_SZ";
    case REG_BINARY: return "REG_BINARY";
    case REG_DWORD: return "REG_DWORD";
    case REG_MULTI_SZ: return "REG_MULTI_SZ";
    case REG_QWORD: return "REG_QWORD";
    default: return "REG_BINARY";
    }
}

/// A string may lack its end, and a list of strings has several: lines of one text here.
std::string textIn(const std::vector<BYTE>& data)
{
    std::wstring text(data.size() / sizeof(wchar_t), L'\0');
    std::memcpy(text.data(), data.data(), text.size() * sizeof(wchar_t));
    while (!text.empty() && text.back() == L'\0') text.pop_back();
    for (wchar_t& unit : text)
        if (unit == L'\0') unit = L'\n';
    return narrow(text);
}

RegistryValue valueFrom(DWORD type, const std::vector<BYTE>& data)
{
    if (type == REG_DWORD && data.size() == 4) {
        DWORD number = 0;
        std::memcpy(&number, data.data(), sizeof number);
        return {"REG_DWORD", std::to_string(number)};
    }
    if (type == REG_QWORD && data.size() == 8) {
        std::uint64_t number = 0;
        std::memcpy(&number, data.data(), sizeof number);
        return {"REG_QWORD", std::to_string(number)};
    }
    if (type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ) return {typeName(type), textIn(data)};
    // A number of the wrong length is none, whatever its type says.
    return {type == REG_DWORD || type == REG_QWORD ? "REG_BINARY" : typeName(type), hex(data)};
}

}  // namespace

Result<std::map<std::string, RegistryValue>> Registry::values(const std::string& key)
{
    const auto handle = opened(key);
    if (!handle) return handle.error();
    std::map<std::string, RegistryValue> found;
    std::vector<wchar_t> name(kLongestName);
    std::vector<BYTE> data(kLargestValue);
    for (DWORD index = 0; index < kMostEntries; ++index) {
        DWORD nameLength = kLongestName;
        DWORD type = REG_NONE;
        DWORD size = kLargestValue;
        LSTATUS status = ::RegEnumValueW(handle->get(), index, name.data(), &nameLength, nullptr, &type, data.data(), &size);
        if (status == ERROR_NO_MORE_ITEMS) return found;
        if (status == ERROR_MORE_DATA) {
            nameLength = kLongestName;
            status = ::RegEnumValueW(handle->get(), index, name.data(), &nameLength, nullptr, &type, nullptr, nullptr);
            size = 0;
        }
        if (status != ERROR_SUCCESS) return windowsError("RegEnumValue " + key, static_cast<DWORD>(status));
        found[narrow(std::wstring(name.data(), nameLength))] = valueFrom(type, std::vector<BYTE>(data.begin(), data.begin() + size));
    }
    return found;
}

Result<std::vector<std::string>> Registry::subkeys(const std::string& key)
{
    const auto handle = opened(key);
    if (!handle) return handle.error();
    std::vector<std::string> names;
    wchar_t name[256];  // a key's name has at most 255 characters
    for (DWORD index = 0; index < kMostEntries; ++index) {
        DWORD length = 256;
        const LSTATUS status = ::RegEnumKeyExW(handle->get(), index, name, &length, nullptr, nullptr, nullptr, nullptr);
        if (status == ERROR_NO_MORE_ITEMS) return names;
        if (status != ERROR_SUCCESS) return windowsError("RegEnumKeyEx " + key, static_cast<DWORD>(status));
        names.push_back(narrow(std::wstring(name, length)));
    }
    return names;
}

std::optional<RegistryValue> Registry::value(const std::string& key, const std::string& name)
{
    const auto handle = opened(key);
    if (!handle) return std::nullopt;
    DWORD type = REG_NONE;
    std::vector<BYTE> data(kLargestValue);
    DWORD size = kLargestValue;
    if (::RegQueryValueExW(handle->get(), wide(name).c_str(), nullptr, &type, data.data(), &size) != ERROR_SUCCESS) return std::nullopt;
    data.resize(size);
    return valueFrom(type, data);
}

Result<Time> Registry::lastWritten(const std::string& key)
{
    const auto handle = opened(key);
    if (!handle) return handle.error();
    FILETIME time{};
    const LSTATUS status = ::RegQueryInfoKeyW(handle->get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, &time);
    if (status != ERROR_SUCCESS) return windowsError("RegQueryInfoKey " + key, static_cast<DWORD>(status));
    return timeFrom(time);
}

}  // namespace monban::windows
