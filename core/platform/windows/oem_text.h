// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace monban::windows {

/// Console text of Windows' programs, which comes in the OEM code page (932 on a Japanese Windows) and in pieces that
/// may end in the middle of a character. A byte that stands for nothing there survives as `\x81`, so that a log shows
/// what really came. How the text is split into pieces makes no difference, and nothing is kept but the beginning of one
/// character.
class OemText {
public:
    explicit OemText(unsigned codePage);  ///< as GetOEMCP says
    /// UTF-8 of what is complete by now.
    std::string add(std::string_view bytes);
    /// What was left over at the end.
    std::string finish();

private:
    /// What stands at the front of a text: a character of that length, a byte that begins none, or too little to tell.
    enum class Front { Whole, Nothing, Unfinished };
    Front front(std::string_view text, std::size_t& length) const;
    void append(std::string& result, std::string_view characters) const;
    std::string decoded(std::string_view text, std::size_t& used) const;

    unsigned m_codePage;
    std::array<std::uint8_t, 256> m_lengths{};  // of the character that begins with that byte; 0: none does
    std::string m_pending;
};

}  // namespace monban::windows
