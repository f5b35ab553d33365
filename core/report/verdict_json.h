// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include "core/pki/verdict.h"

namespace monban {

/// CONTRACTS, "monban verify": `trusted`, `validity`, `hostname`, each with its first reason. `remedy` is for the server,
/// `remedy_client` for the device.
nlohmann::json checksJson(const Verdict& verdict, Language language);

/// CONTRACTS, "monban diagnose certificate".
nlohmann::json verdictJson(const Verdict& verdict, Language language);
/// The same of a file that holds no certificate: it fails in everything.
nlohmann::json unreadableVerdictJson(const Message& why, Language language);

}  // namespace monban
