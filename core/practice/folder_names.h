// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban::practice {

/// The name of the file or folder that stands for a store, key container or backup of any name: what a Windows or
/// POSIX file system cannot hold is percent-encoded (`/ \ : .. `, device names such as CON), the rest stays readable.
/// A very long name is cut and ends in "%~" and its SHA-1; nameOf() then needs the file `name.txt` inside the folder.
std::string fileNameFor(const std::string& name);
bool isCut(const std::string& fileName);
/// The reverse of fileNameFor for a name that was not cut.
std::string nameOf(const std::string& fileName);

constexpr const char* kNameFile = "name.txt";

/// The entries of a folder in order of their names; none where there is no such folder. Hidden ones are left out.
/// Errors: Denied, Io.
Result<std::vector<fs::path>> entriesOf(const fs::path& folder);

}  // namespace monban::practice
