// SPDX-License-Identifier: MIT
#include "core/observe/pitfalls.h"

#include <algorithm>

#include "core/observe/pitfall_kinds.h"

namespace monban {

std::vector<Pitfall> findPitfalls(const Facts& facts)
{
    using namespace pitfall;
    const ServerIndex server(facts);
    Found found;
    for (const auto look : {sharedConfiguration, restartPending, misspeltValues, trustMode, oddRoots, ctlStores, recordCertificates,
                            missingIntermediates, missingRecords, lateRequests, centralStores, negotiatingDifferently, issuerLists,
                            shadowedHostNames, differingAddresses, webConfigs, owners, unreachableCrls, weakChecks})
        look(server, found);
    return found;
}

std::vector<Finding> pitfalls(const Facts& facts)
{
    std::vector<Finding> findings;
    for (Pitfall& pitfall : findPitfalls(facts)) findings.push_back(std::move(pitfall.finding));
    return findings;
}

void addOnce(std::vector<Finding>& list, Finding finding)
{
    const auto isSame = [&](const Finding& known) { return known.id == finding.id && known.message == finding.message; };
    if (std::ranges::none_of(list, isSame)) list.push_back(std::move(finding));
}

}  // namespace monban
