// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

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
    bool hasUnknownCritical = false;  ///< an extension of it or of an entry that nobody may overlook (RFC 5280, 5.2 and 5.3)
    std::vector<std::string> points;  ///< of these distribution points only; empty: of all
};
CrlScope scopeOf(const Crl& crl);

/// Whether the list is in the name of the certificate's issuer (RFC 5280, section 7.1).
bool isOfIssuer(const Crl& crl, const Certificate& certificate);
/// Whether the list is that of one of the certificate's distribution points, or of all (RFC 5280, section 6.3.3 (b)(2)(i)).
bool isOfPoint(const Crl& crl, const Certificate& certificate);

}  // namespace monban
