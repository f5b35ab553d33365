// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace monban::windows {

/// A text of which no more than so many bytes are kept, however long it becomes: its first half and its last one,
/// because a program says at the end why it failed. What was left out shows as a line `[…]`.
class KeptText {
public:
    explicit KeptText(std::size_t most) : m_half(most / 2) {}
    void add(std::string_view text);  ///< UTF-8, no character in parts
    std::string text() const;

private:
    std::size_t m_half;
    bool m_firstIsFull = false;
    bool m_isCut = false;
    std::string m_first;
    std::string m_last;
};

}  // namespace monban::windows
