// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace monban::windows {

/// Console text of Windows' programs, which comes in the OEM code page (932 on a Japanese Windows) and in pieces that
/// may end in the middle of a character. A byte that stands for nothing there survives as `\x81`, so that a log shows
/// what really came.
class OemText {
public:
    explicit OemText(unsigned codePage);  ///< as GetOEMCP says
    /// UTF-8 of what is complete by now.
    std::string add(std::string_view bytes);
    /// What was left over at the end.
    std::string finish();

private:
    unsigned m_codePage;
    std::string m_pending;
};

}  // namespace monban::windows
