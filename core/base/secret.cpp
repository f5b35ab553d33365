// SPDX-License-Identifier: MIT
#include "core/base/secret.h"

namespace monban {

void wipe(std::string& text)
{
    // Growing within the capacity reaches what an earlier, longer content left behind.
    text.resize(text.capacity());
    volatile char* bytes = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
    text.clear();
}

Secret::Secret(std::string&& utf8) : m_text(utf8)  // a copy: a moved short string would stay in the caller's buffer
{
    wipe(utf8);
}

Secret::Secret(Secret&& other) noexcept : m_text(other.m_text) { wipe(other.m_text); }

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this != &other) {
        wipe(m_text);
        m_text = other.m_text;
        wipe(other.m_text);
    }
    return *this;
}

Secret::~Secret() { wipe(m_text); }

Secret Secret::clone() const
{
    Secret copy;
    copy.m_text = m_text;
    return copy;
}

}  // namespace monban
