// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace monban {

/// The host names visitors open the chosen site by, as far as the answers and its bindings tell: bind.hostname, else the
/// address to be verified, else the host names of its bindings at that port. Lower case; empty: nothing tells.
std::vector<std::string> siteHostNames(const PlanInput& input);

/// Whether a name in a certificate is that host's, a `*.` standing for one label (RFC 6125, section 6.4.3).
bool coversHost(const std::string& pattern, const std::string& host);

/// The names visitors can open a site by that has this certificate: the alternative ones, or else the common name.
std::vector<std::string> namesOf(const Certificate& certificate);
/// Whether one of them stands for one of the others, in either direction.
bool shareName(const std::vector<std::string>& some, const std::vector<std::string>& others);

/// Says of each of those names that the certificate (or request) does not have it: browsers look at the alternative
/// names only. commonName is for the sentence.
void addNameFindings(const PlanInput& input, const std::string& commonName, const std::vector<std::string>& dnsNames,
                     const std::vector<std::string>& ipAddresses, Plan& plan);

}  // namespace monban
