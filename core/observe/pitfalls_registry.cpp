// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <numeric>

#include "core/base/utf8.h"
#include "core/observe/pitfall_kinds.h"
#include "core/observe/schannel.h"

namespace monban {

namespace {

/// Other values Schannel knows whose names are near enough to be taken for a slip (WINDOWS-FACTS 6; tls-registry-settings).
constexpr std::array kOwnNames = {"EventLogging", "ClientCacheTime", "ServerCacheTime", "IssuerCacheTime", "IssuerCacheSize",
                                  "CertificateMappingMethods", "SendExtraRecord"};

/// What a person sees of a name: case, blanks, hyphens, underscores and marks of other scripts aside.
std::string plain(const std::string& name)
{
    std::string text;
    for (const char c : lowerAscii(name))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) text += c;
    return text;
}

/// Letters to change, add or drop (Levenshtein).
std::size_t distance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row.back();
}

}  // namespace

std::string schannelNameMeant(const std::string& name)
{
    // SendTrustedIssuers, found in a public recipe, is three letters away; no other name of Schannel's is within four.
    constexpr std::size_t kFarthest = 4;
    constexpr std::size_t kLongest = 64;
    if (name.size() > kLongest) return {};
    for (const char* own : kOwnNames)
        if (equalsIgnoringCase(name, own)) return {};
    const std::string seen = plain(name);
    for (const char* right : {kSendTrustedIssuerList, kClientAuthTrustMode})
        if (distance(seen, plain(right)) <= kFarthest) return right;
    return {};
}

namespace pitfall {
namespace {

std::string shown(const RegistryEntry& entry) { return entry.key + "\\" + entry.name; }

}  // namespace

void restartPending(const ServerIndex& server, Found& found)
{
    const Facts& facts = server.facts();
    if (!facts.schannel || !facts.schannel->restartPending) return;
    add(found, {"restart-pending", Severity::Warning,
                {tr("A Schannel setting was changed after the last start of Windows and may not be in effect yet."), {}},
                {tr("Restart this server when its users allow it, then check again."), {}}});
}

void misspeltValues(const ServerIndex& server, Found& found)
{
    if (!server.facts().schannel) return;
    for (const RegistryEntry& entry : server.facts().schannel->otherValues) {
        const std::string right = schannelNameMeant(entry.name);
        if (right.empty()) continue;
        const bool here = equalsIgnoringCase(entry.key, kSchannelKey);
        const bool named = equalsIgnoringCase(entry.name, right);
        Finding finding{"registry-value-misspelt", Severity::Warning, {}, {}};
        if (!named)
            finding.message = {tr("The registry value {0} does nothing: Windows reads {1}, and nothing of that other name."), {shown(entry), right}};
        else if (here)
            finding.message = {tr("The registry value {0} is of type {1}, and Windows reads it as REG_DWORD only: it does nothing."),
                               {shown(entry), entry.type}};
        else
            finding.message = {tr("The registry value {0} stands in the wrong key and does nothing. Windows reads it in {1}."),
                               {shown(entry), kSchannelKey}};
        finding.remedy = here ? Message{tr("Set {0} as REG_DWORD in {1}, delete the other value, and restart the server; or let a plan do it "
                                           "(troubleshoot.mend)."),
                                        {right, kSchannelKey}}
                              : Message{tr("Set {0} as REG_DWORD in {1}, delete the other value, and restart the server."), {right, kSchannelKey}};
        add(found, std::move(finding), here ? Mending::ByPlan : Mending::ByHand).value = entry;
    }
}

/// learn.microsoft.com, "TLS/SSL overview": what each mode accepts.
void trustMode(const ServerIndex& server, Found& found)
{
    if (!server.facts().schannel) return;
    const std::uint32_t mode = server.facts().schannel->clientAuthTrustMode.value_or(0);
    if (mode == 0) return;
    Message message{tr("ClientAuthTrustMode is {0}, which is none of Windows's modes (0, 1, 2). Who may enter is not to be foreseen."),
                    {std::to_string(mode)}};
    if (mode == 1)
        message = {tr("ClientAuthTrustMode is 1 (Exclusive Root Trust): a client certificate is accepted only if its chain ends in a root that "
                      "stands in the record's CTL store. With intermediate CAs alone in that store nobody gets in."),
                   {}};
    if (mode == 2)
        message = {tr("ClientAuthTrustMode is 2 (Exclusive CA Trust): a client certificate is accepted if any CA of its chain stands in the "
                      "record's CTL store, and the trusted roots do not count. Who may put a certificate into that store admits people."),
                   {}};
    add(found,
        {"client-auth-trust-mode", Severity::Warning, std::move(message),
         {tr("If nobody chose this mode on purpose, set ClientAuthTrustMode to 0 and restart the server; or let a plan do it "
             "(troubleshoot.mend)."),
          {}}},
        Mending::ByPlan);
}

}  // namespace pitfall
}  // namespace monban
