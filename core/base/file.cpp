// SPDX-License-Identifier: MIT
#include "core/base/file.h"

namespace monban {

Result<std::string> readText(const fs::path& path, std::uint64_t limit)
{
    auto bytes = readFile(path, limit);
    if (!bytes) return bytes.error();
    return std::string(textOf(*bytes));
}

Result<Done> replaceFile(const fs::path& path, const std::string& content, Readers readers)
{
    return replaceFile(path, viewOf(content), readers);
}

}  // namespace monban
