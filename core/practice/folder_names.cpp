// SPDX-License-Identifier: MIT
#include "core/practice/folder_names.h"

#include <boost/filesystem/directory.hpp>

#include <algorithm>

#include "core/base/bytes.h"
#include "core/pki/digest.h"

namespace monban::practice {
namespace {

// POSIX allows 255 bytes in a name, Windows 260 characters in a path.
constexpr std::size_t kLongest = 100;
constexpr std::size_t kKept = 50;

std::string percent(char c) { return "%" + hex(viewOf(std::string_view(&c, 1))); }

/// Names of devices, with or without an ending (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
bool isDevice(const std::string& name)
{
    const std::string stem = lowerAscii(name.substr(0, name.find('.')));
    for (const char* device : {"con", "prn", "aux", "nul"})
        if (stem == device) return true;
    return stem.size() == 4 && (stem.compare(0, 3, "com") == 0 || stem.compare(0, 3, "lpt") == 0) && stem[3] >= '0' &&
           stem[3] <= '9';
}

bool holdable(char c)
{
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F &&
           std::string_view("/\\:*?\"<>|%").find(c) == std::string_view::npos;
}

}  // namespace

std::string fileNameFor(const std::string& name)
{
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        // A dot or blank at either end is lost on Windows or hides the file on POSIX.
        const bool edge = (i == 0 || i + 1 == name.size()) && (name[i] == '.' || name[i] == ' ');
        text += holdable(name[i]) && !edge ? std::string(1, name[i]) : percent(name[i]);
    }
    if (text.empty()) return "%";
    if (isDevice(text)) text = percent(text[0]) + text.substr(1);
    if (text.size() <= kLongest && isUtf8(text)) return text;
    std::size_t cut = std::min(kKept, text.size());
    while (cut > 0 && (text[cut] & 0xC0) == 0x80) --cut;  // not inside a character
    std::string head;
    for (const char c : validUtf8(text.substr(0, cut))) head += c == '%' ? '_' : c;
    return head + "%~" + sha1Hex(viewOf(name));
}

bool isCut(const std::string& fileName) { return fileName.find("%~") != std::string::npos; }

std::string nameOf(const std::string& fileName)
{
    std::string name;
    for (std::size_t i = 0; i < fileName.size(); ++i) {
        const auto byte = fileName[i] == '%' ? bytesFromHex(fileName.substr(i + 1, 2)) : std::nullopt;
        if (byte && byte->size() == 1) {
            name += static_cast<char>(byte->front());
            i += 2;
        } else if (fileName[i] != '%' || fileName.size() > 1) {
            name += fileName[i];
        }
    }
    return name;
}

Result<std::vector<fs::path>> entriesOf(const fs::path& folder)
{
    std::vector<fs::path> entries;
    boost::system::error_code trouble;
    for (fs::directory_iterator at(folder, trouble), end; !trouble && at != end; at.increment(trouble))
        if (utf8(at->path().filename())[0] != '.') entries.push_back(at->path());
    if (trouble && trouble != boost::system::errc::no_such_file_or_directory)
        return Error{trouble == boost::system::errc::permission_denied ? ErrorCode::Denied : ErrorCode::Io,
                     {tr("The folder {0} cannot be listed: {1}"), {utf8(folder), validUtf8(trouble.message())}},
                     "list " + utf8(folder) + ": " + trouble.message()};
    std::sort(entries.begin(), entries.end());
    return entries;
}

}  // namespace monban::practice
