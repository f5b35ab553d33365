// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace monban {

/// A year later: the new certificate is imported, and its hash takes the place of the old one's in every http.sys record
/// that has it, in the store that record names. Nothing else of a record changes, and a record that is not Monban's to
/// change stays as it is and is named (kRecordLeft). Of the answers only certificate and import count.
/// The old certificate is the one of certificate.replaces, or else the one among the records that shares a name with the
/// new one; where that is not one alone, a blocked step lists them.
Plan planRenewal(const PlanInput& input);

/// A certificate in records that Monban may change.
struct Renewable {
    StoredCertificate entry;
    std::vector<std::string> endpoints;
};
/// Those of a server, the one that ends first before the others.
std::vector<Renewable> renewableOn(const Facts& facts);

/// The answers of a renewal of that certificate; its names stand in them in case a request is to be made.
Answers answersToRenew(const Renewable& renewable);

/// The finding for a record that still has the old certificate when the plan has run: somebody else has to be asked.
constexpr const char* kRecordLeft = "record-left";
/// Those records in one sentence ("Incomplete: 1 left …"); nothing where none is left.
std::optional<Message> incompleteRenewal(const Plan& plan);

/// The certificate a record names: in its own store, or else wherever on the server it lies; nullptr: nowhere.
const Certificate* certificateOf(const Facts& facts, const SslRecord& record);

/// What a person should know before the one takes the other's place: names lost or added, issuer, key and validity.
/// hosts: names by which visitors come to the records that change.
std::vector<Finding> compareForRenewal(const Certificate& before, const Certificate& after, const std::vector<std::string>& hosts, Time now);

}  // namespace monban
