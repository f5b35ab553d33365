// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/observe/pitfalls.h"
#include "core/observe/server_index.h"

/// Each adds what it finds. All look things up in the index, so that none takes more than n log n.
namespace monban::pitfall {

using Found = std::vector<Pitfall>;

enum class Mending { ByHand, ByPlan };

/// Adds it and lets the caller say what it was seen on.
inline Pitfall& add(Found& found, Finding finding, Mending mending = Mending::ByHand)
{
    found.emplace_back();
    found.back().finding = std::move(finding);
    found.back().finding.mendable = mending == Mending::ByPlan;
    return found.back();
}

void restartPending(const ServerIndex& server, Found& found);
void misspeltValues(const ServerIndex& server, Found& found);
void trustMode(const ServerIndex& server, Found& found);

void oddRoots(const ServerIndex& server, Found& found);
void ctlStores(const ServerIndex& server, Found& found);
void issuerLists(const ServerIndex& server, Found& found);
void missingIntermediates(const ServerIndex& server, Found& found);
void unreachableCrls(const ServerIndex& server, Found& found);

void recordCertificates(const ServerIndex& server, Found& found);
void shadowedHostNames(const ServerIndex& server, Found& found);
void differingAddresses(const ServerIndex& server, Found& found);
void owners(const ServerIndex& server, Found& found);
void weakChecks(const ServerIndex& server, Found& found);

void lateRequests(const ServerIndex& server, Found& found);
void negotiatingDifferently(const ServerIndex& server, Found& found);
void missingRecords(const ServerIndex& server, Found& found);
void centralStores(const ServerIndex& server, Found& found);

void sharedConfiguration(const ServerIndex& server, Found& found);
void webConfigs(const ServerIndex& server, Found& found);

/// Whether any path of the site asks for client certificates, required or accepted.
bool asksForCertificates(const Site& site);

/// The stores that records of IIS or of nobody name as their CTL, each with the first record that does.
std::vector<std::pair<std::string, const SslRecord*>> namedCtlStores(const ServerIndex& server);

}  // namespace monban::pitfall
