// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "core/base/joined.h"
#include "core/base/utf8.h"
#include "core/plan/chapters.h"
#include "core/plan/renewal.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

using std::chrono::days;

std::vector<std::string> namesIn(const Certificate& certificate)
{
    std::vector<std::string> names;
    for (const std::string& name : certificate.dnsNames) names.push_back(lowerAscii(name));
    for (const std::string& address : certificate.ipAddresses) names.push_back(address);
    return names;
}

bool stands(const std::string& name, const std::vector<std::string>& among)
{
    return std::ranges::any_of(among, [&](const std::string& pattern) { return coversHost(pattern, name); });
}

std::vector<std::string> missing(const std::vector<std::string>& names, const std::vector<std::string>& among)
{
    std::vector<std::string> left;
    std::ranges::copy_if(names, std::back_inserter(left), [&](const std::string& name) { return !stands(name, among); });
    return left;
}

std::string keyText(const PublicKey& key) { return key.bits ? key.algorithm + " " + std::to_string(key.bits) : key.algorithm; }
std::string day(Time time) { return rfc3339(time).substr(0, 10); }

void compareNames(const Certificate& before, const Certificate& after, const std::vector<std::string>& hosts, std::vector<Finding>& found)
{
    const auto lost = missing(namesIn(before), namesIn(after));
    const auto used = missing(hosts, namesIn(after));
    const bool isUsed = std::ranges::any_of(lost, [&](const std::string& name) {
        return std::ranges::any_of(used, [&](const std::string& host) { return coversHost(name, host); });
    });
    if (!lost.empty())
        found.push_back({"renewal-names-lost", isUsed ? Severity::Error : Severity::Warning,
                         {tr("The new certificate lacks names that the old one has: {0}. Browsers that open the site by these names will warn their users."), {joined(lost)}},
                         {tr("If they are still used, ask the CA for a certificate with all of them before you go on."), {}}});
    if (const auto added = missing(namesIn(after), namesIn(before)); !added.empty())
        found.push_back({"renewal-names-added", Severity::Info, {tr("The new certificate has names that the old one does not have: {0}."), {joined(added)}}, {}});
}

void compareKeys(const Certificate& before, const Certificate& after, std::vector<Finding>& found)
{
    if (before.publicKeyDer == after.publicKeyDer && !before.publicKeyDer.empty()) {
        found.push_back({"renewal-same-key", Severity::Info, {tr("The new certificate has the private key of the old one."), {}},
                         {tr("That works. A new key each time is the better habit: whoever got hold of the old one has the new one, too."), {}}});
        return;
    }
    if (before.key == after.key) return;
    const bool weaker = before.key.algorithm == after.key.algorithm && after.key.bits < before.key.bits;
    found.push_back({"renewal-key-changed", weaker ? Severity::Warning : Severity::Info,
                     {tr("The key is another kind than before: {0}, it was {1}."), {keyText(after.key), keyText(before.key)}}, {}});
}

void compareValidity(const Certificate& before, const Certificate& after, Time now, std::vector<Finding>& found)
{
    const auto left = std::chrono::floor<days>(before.notAfter - now).count();
    const std::vector<std::string> values{shownName(before), before.thumbprintSha1, day(before.notAfter), std::to_string(left)};
    found.push_back({"renewal-replaces", Severity::Info,
                     before.notAfter < now ? Message{tr("Replaced is the certificate {0} ({1}), which expired on {2}."), values}
                                           : Message{tr("Replaced is the certificate {0} ({1}), which expires on {2}, in {3} days."), values},
                     {}});
    if (after.notAfter > before.notAfter) return;
    found.push_back({"renewal-ends-earlier", Severity::Warning,
                     {tr("The new certificate ends on {0}, no later than the old one ({1})."), {day(after.notAfter), day(before.notAfter)}},
                     {tr("Look whether this is the file that the CA issued last."), {}}});
}

}  // namespace

std::vector<Finding> compareForRenewal(const Certificate& before, const Certificate& after, const std::vector<std::string>& hosts, Time now)
{
    std::vector<Finding> found;
    compareValidity(before, after, now, found);
    compareNames(before, after, hosts, found);
    if (before.issuer != after.issuer)
        found.push_back({"renewal-issuer-changed", Severity::Warning,
                         {tr("Another CA issued the new certificate: {0}, it was {1}."), {after.issuer, before.issuer}},
                         {tr("Browsers that do not know this CA will warn their users. Look whether its root is among the trusted ones of all of them."), {}}});
    compareKeys(before, after, found);
    return found;
}

}  // namespace monban
