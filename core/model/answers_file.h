// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/base/utf8.h"
#include "core/model/answers.h"

namespace monban {

/// Reads an answers file (CONTRACTS, "Answers file"). Relative paths are taken relative to the file and come back
/// absolute. Errors: InvalidInput naming the file, line, column and what was expected there (an unknown key, a value
/// of the wrong kind), NotFound, Denied.
Result<Answers> readAnswers(const fs::path& file);
Result<Answers> answersFromText(const std::string& text, const std::string& name, const fs::path& folder);

/// The answers as the file holds them; what is at its default is left out. Paths below `folder` become relative.
nlohmann::json answersToJson(const Answers& answers, const fs::path& folder);

}  // namespace monban
