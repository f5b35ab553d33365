// SPDX-License-Identifier: MIT
#pragma once
#include <ctime>
#include <string>
#include <vector>

#include "core/base/utf8.h"

namespace monban::testing {

/// Looks for a text in the whole registry and in every file of drive C: that changed since a moment; in the forms in which
/// it may be kept: bytes, UTF-16, and the hexadecimal digits of either, as Wine writes binary values.
class PrefixSearch {
public:
    PrefixSearch(const std::string& text, std::time_t since);

    std::size_t files() const { return m_files; }
    const std::vector<std::string>& found() const { return m_found; }

private:
    void look(const fs::path& path);

    std::vector<std::string> m_forms;
    std::size_t m_files = 0;
    std::vector<std::string> m_found;
};

}  // namespace monban::testing
