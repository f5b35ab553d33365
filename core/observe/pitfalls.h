// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/observe/facts.h"
#include "core/pki/finding.h"

namespace monban {

/// A known bad state of a server, and what it was seen on, for the step that mends it: only what applies is filled.
struct Pitfall {
    Finding finding;
    std::optional<SslRecord> record;
    std::string store;
    std::string thumbprint;  ///< of a certificate in that store
    std::string site;
    std::optional<Binding> binding;  ///< of that site
    std::optional<RegistryEntry> value;
};

/// Every one that these facts show, one function each behind this one.
std::vector<Pitfall> findPitfalls(const Facts& facts);

/// The same as findings; shown by `status` and by every plan.
std::vector<Finding> pitfalls(const Facts& facts);

/// Unless the same is said there already.
void addOnce(std::vector<Finding>& list, Finding finding);

/// True when such a certificate can be a CA of client certificates: a CA, or so old that it cannot say (version 1).
bool mayBeCa(const Certificate& certificate);

/// The SCHANNEL value that a name like this was meant to be; empty where it is some other value.
std::string schannelNameMeant(const std::string& name);

/// What is wrong with the addresses of revocation lists in a certificate, as far as this is seen without asking them:
/// http.sys fetches by http alone. Nothing where one of them is http, or where there is none at all.
std::optional<Finding> unreachableCrl(const Certificate& certificate);

}  // namespace monban
