// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace monban {

/// Words in a row, with something in between: "a, b, c".
template <class Words>
std::string joined(const Words& words, const char* between = ", ")
{
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : between) + std::string(word);
    return text;
}

}  // namespace monban
