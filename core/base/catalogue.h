// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace monban {

/// The compiled resources/locale/ja.po (GNU MO format), part of every program. wxWidgets gets the same bytes.
extern const unsigned char* const kJapaneseCatalogue;
extern const std::size_t kJapaneseCatalogueSize;

/// Reads a MO file in memory (gettext manual, "The Format of GNU MO Files"); what does not fit the format is left out.
class Catalogue {
public:
    Catalogue(const unsigned char* bytes, std::size_t size);
    std::optional<std::string_view> find(std::string_view english) const;
    std::size_t size() const { return m_entries.size(); }

private:
    std::unordered_map<std::string_view, std::string_view> m_entries;  // views of the bytes, which outlive this
};

}  // namespace monban
