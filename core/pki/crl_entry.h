// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/pki/crl.h"

namespace monban {

/// What a list says of one certificate (RFC 5280, section 5.3).
struct CrlEntry {
    Time revoked{};
    std::string reason;  ///< "keyCompromise", "certificateHold" …; empty: none is given
};

/// The entry with that serial number; read anew, as parseCrl keeps the numbers alone.
std::optional<CrlEntry> entryOf(const Crl& crl, const std::string& serial);

/// Which certificates a list speaks of (issuing distribution point, RFC 5280, section 5.2.5), as far as it is understood.
struct CrlScope {
    bool usersOnly = false;
    bool casOnly = false;
    bool attributesOnly = false;
    bool someReasonsOnly = false;
    bool hasUnknownCritical = false;  ///< an extension that nobody may overlook (RFC 5280, section 5.2)
};
CrlScope scopeOf(const Crl& crl);

}  // namespace monban
