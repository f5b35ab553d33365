// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/message.h"

namespace monban::wizard {

/// The help topic of a chapter's word, Markdown (resources/help/WORD.LANG.md); nothing: there is none.
std::optional<std::string> helpTopic(const std::string& word, Language language);

}  // namespace monban::wizard
