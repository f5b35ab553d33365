// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace monban {

/// A password or other text that must never be seen again. It cannot be printed, compared, copied by accident or put
/// into a Message, a Command or JSON: only use() shows it, to a callee that hands it to a library. Wiped on destruction.
class Secret {
public:
    Secret() = default;
    /// Takes the UTF-8 text and wipes the caller's copy.
    explicit Secret(std::string&& utf8);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    Secret clone() const;
    bool empty() const { return m_text.empty(); }

    /// Calls the function with the text; the function must not keep it.
    template <class Function>
    auto use(Function&& function) const
    {
        return function(std::string_view(m_text));
    }

private:
    std::string m_text;
};

/// Overwrites the text before letting go of it, in a way the compiler may not remove.
void wipe(std::string& text);

}  // namespace monban
