// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace monban::practice {

/// One relative name: attribute types (OIDs) and values, several where they were joined by `+`.
using RelativeName = std::vector<std::pair<std::string, std::string>>;

/// A name as CertStrToName reads it (learn.microsoft.com, CertStrToNameW): `CN=…, O="a, b"`, separated by comma,
/// semicolon or line break, a quote inside quotes doubled; in the order of the text. Nothing where it is none.
std::optional<std::vector<RelativeName>> x500Name(const std::string& text);

}  // namespace monban::practice
