// SPDX-License-Identifier: MIT
#pragma once
#include <boost/filesystem/path.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace monban {

namespace fs = boost::filesystem;

/// Paths cross into text and back as UTF-8 on every system; the process code page never takes part.
std::string utf8(const fs::path& path);
fs::path pathFromUtf8(std::string_view text);

/// UTF-16 code units as Windows and INF files use them. Each lone surrogate becomes U+FFFD.
std::string utf8FromUtf16(std::u16string_view text);
/// Each byte that is not UTF-8 becomes U+FFFD.
std::u16string utf16FromUtf8(std::string_view text);

bool isUtf8(std::string_view text);
/// The text with each invalid byte replaced by U+FFFD: what came from a program or a peer and goes into JSON.
std::string validUtf8(std::string_view text);

/// ASCII only: store names, switches, host names. Other letters stay.
std::string lowerAscii(std::string_view text);
bool equalsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace monban
