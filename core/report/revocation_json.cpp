// SPDX-License-Identifier: MIT
#include "core/report/revocation_json.h"

#include "core/base/utf8.h"
#include "core/pki/inspect.h"

namespace monban {
namespace {

using nlohmann::json;

json timeOrNull(const std::optional<Time>& time) { return time ? json(rfc3339(*time)) : json(); }

json listJson(const JudgedList& one, Language language)
{
    json object = {{"source", validUtf8(one.name)}, {"problem", nullptr}, {"issuer", nullptr}, {"this_update", nullptr}, {"next_update", nullptr}, {"revoked_count", nullptr},
                   {"delta", nullptr}, {"indirect", nullptr}, {"issuer_matches", name(one.issuer)}, {"signature", name(one.signature)}, {"current", name(one.current)}, {"counts", one.counts()}};
    if (!one.list) {
        object["problem"] = validUtf8(inLanguage(one.list.error().message, language));
        return object;
    }
    object["issuer"] = one.list->issuer;
    object["this_update"] = rfc3339(one.list->thisUpdate);
    object["next_update"] = timeOrNull(one.list->nextUpdate);
    object["revoked_count"] = one.list->revokedSerials.size();
    object["delta"] = one.list->delta;
    object["indirect"] = one.list->indirect;
    return object;
}

}  // namespace

json revocationJson(const RevocationVerdict& verdict, Language language)
{
    json lists = json::array();
    for (const JudgedList& one : verdict.lists) lists.push_back(listJson(one, language));
    json points = json::array();
    for (const std::string& url : verdict.certificate.crlUrls) points.push_back(validUtf8(url));
    json revoked;
    if (verdict.entry) revoked = {{"at", rfc3339(verdict.entry->revoked)}, {"reason", verdict.entry->reason.empty() ? json() : json(verdict.entry->reason)}};
    const auto left = verdict.left();
    return {{"certificate", {{"subject", verdict.certificate.subject}, {"issuer", verdict.certificate.issuer}, {"serial", verdict.certificate.serial}}},
            {"state", name(verdict.state)},
            {"summary", validUtf8(inLanguage(summaryOf(verdict), language))},
            {"revoked", revoked},
            {"next_update", timeOrNull(verdict.nextUpdate)},
            {"seconds_left", left ? json(left->count()) : json()},
            {"distribution_points", points},
            {"lists", lists},
            {"findings", toJson(findingsOf(verdict), language)}};
}

}  // namespace monban
