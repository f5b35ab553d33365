// SPDX-License-Identifier: MIT
#include "core/platform/windows/kept_text.h"

#include <algorithm>

namespace monban::windows {
namespace {

constexpr std::string_view kLeftOut = "\n[…]\n";

bool isInsideACharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// The last part of the text that is at most so long and begins with a whole character.
std::string_view ending(std::string_view text, std::size_t most)
{
    if (text.size() <= most) return text;
    std::size_t at = text.size() - most;
    while (at < text.size() && isInsideACharacter(text[at])) ++at;
    return text.substr(at);
}

}  // namespace

void KeptText::add(std::string_view text)
{
    if (!m_firstIsFull) {
        std::size_t taken = std::min(text.size(), m_half - m_first.size());
        while (taken > 0 && taken < text.size() && isInsideACharacter(text[taken])) --taken;
        m_first += text.substr(0, taken);
        // Nothing that comes later may stand before what did not fit.
        m_firstIsFull = taken < text.size();
        text.remove_prefix(taken);
    }
    m_last += text;
    // Cut only now and then, or every small piece would move the whole of it.
    if (m_last.size() <= 2 * m_half) return;
    m_last = std::string(ending(m_last, m_half));
    m_isCut = true;
}

std::string KeptText::text() const
{
    if (!m_isCut && m_last.size() <= m_half) return m_first + m_last;
    return m_first + std::string(kLeftOut) + std::string(ending(m_last, m_half - kLeftOut.size()));
}

}  // namespace monban::windows
