// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include "core/pki/revocation.h"

namespace monban {

/// `monban diagnose revocation`: `certificate` {`subject issuer serial`} · `state` good|revoked|unknown · `summary` · `revoked` {`at reason`} or
/// null · `next_update` and `seconds_left` of the list that counts · `distribution_points[]` · `lists[]` {`source problem issuer this_update
/// next_update revoked_count delta indirect issuer_matches signature current counts`} · `findings[]`.
nlohmann::json revocationJson(const RevocationVerdict& verdict, Language language);

}  // namespace monban
