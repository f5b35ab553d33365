// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace monban {

/// The old certificate after a renewal, or the old root after a roll-over: takes away what import.retire and trust.retire
/// name. A server certificate goes from every store together with its private key, which nothing brings back; a root CA goes from
/// the CTL stores, and from ROOT where a run of Monban had put it. Blocked as long as a record needs the certificate,
/// whoever owns it, or nobody could enter without the root.
Plan planRetirement(const PlanInput& input);

class ServerIndex;
/// Why a root CA has to stay in ROOT, or nothing: Monban had not put it there, a certificate with a private key comes of it, or a
/// record lets its clients in. leaving: CTL stores that will not
/// hold it, or that no record will name.
std::optional<Message> whyRootStays(const PlanInput& input, const ServerIndex& server, const Certificate& root, const std::vector<std::string>& leaving);

/// Something that could go, because its successor is in place.
struct Retirable {
    enum class Of { Certificate, Root };
    Of of = Of::Certificate;
    Certificate certificate;
    Certificate successor;
};
/// Server certificates that no record uses, where one that a record uses has all of their names and ends later; and root CAs in a
/// CTL store beside a trusted one of the same name that ends later, or beside any trusted one where they are over.
std::vector<Retirable> retirableOn(const Facts& facts);

}  // namespace monban
