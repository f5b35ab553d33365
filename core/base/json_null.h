// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "core/base/message.h"
#include "core/base/utf8.h"

namespace monban {

// CONTRACTS: every key is always there, with null where nothing is known or nothing applies.

template <class T>
nlohmann::json orNull(const std::optional<T>& value)
{
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

/// Text of files and networks: what is no UTF-8 in it is replaced.
inline nlohmann::json textOrNull(const std::string& text) { return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(validUtf8(text)); }
inline nlohmann::json textOrNull(const Message& message, Language language) { return textOrNull(message.empty() ? std::string() : inLanguage(message, language)); }

}  // namespace monban
