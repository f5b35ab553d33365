// SPDX-License-Identifier: MIT
#include "core/report/probe_json.h"

#include <charconv>

#include "core/base/json_null.h"
#include "core/base/utf8.h"
#include "core/pki/inspect.h"
#include "core/report/revocation_json.h"
#include "core/report/verdict_json.h"

namespace monban {
namespace {

using nlohmann::json;

json serverJson(const ProbeReport& report, Language language)
{
    json chain = json::array();
    for (const Certificate& certificate : report.chain) chain.push_back(toJson(certificate, false, {}));
    if (!report.server) {
        const json unknown = {{"result", name(CheckResult::Unknown)}, {"reason", nullptr}, {"remedy", nullptr}, {"remedy_client", nullptr}};
        return {{"subject", nullptr}, {"thumbprint_sha1", nullptr}, {"chain", chain}, {"checks", {{"trusted", unknown}, {"validity", unknown}, {"hostname", unknown}}}};
    }
    return {{"subject", report.chain.front().subject}, {"thumbprint_sha1", report.chain.front().thumbprintSha1}, {"chain", chain}, {"checks", checksJson(*report.server, language)}};
}

json attemptJson(const ProbeAttempt& attempt, Language language)
{
    json object = {{"name", validUtf8(attempt.name)},
                   {"tls_version", nullptr},
                   {"cipher", nullptr},
                   {"alpn", nullptr},
                   {"expected", attempt.expectsAccepted ? "accepted" : "refused"},
                   {"observed", name(attempt.observed)},
                   {"counts", attempt.counts},
                   {"requested", nullptr},
                   {"http_status", nullptr},
                   {"http_substatus", nullptr},
                   {"log", nullptr},
                   {"alert", nullptr},
                   {"evidence", validUtf8(inLanguage(evidenceOf(attempt), language))},
                   {"milliseconds", attempt.took.count()},
                   {"connect_milliseconds", nullptr},
                   {"handshake_milliseconds", nullptr}};
    if (attempt.logged) object["log"] = {{"status", attempt.logged->status}, {"substatus", attempt.logged->subStatus}, {"win32_status", attempt.logged->win32 ? json(*attempt.logged->win32) : json()}};
    if (!attempt.answer) return object;
    const HttpsAnswer& answer = *attempt.answer;
    object["tls_version"] = textOrNull(answer.tlsVersion);
    object["cipher"] = textOrNull(answer.cipher);
    object["alpn"] = textOrNull(answer.alpn);
    object["requested"] = name(answer.asked);
    object["alert"] = textOrNull(answer.alert);
    if (answer.status) object["http_status"] = *answer.status;
    int subStatus = 0;
    if (std::from_chars(answer.subStatus.data(), answer.subStatus.data() + answer.subStatus.size(), subStatus).ec == std::errc()) object["http_substatus"] = subStatus;
    if (answer.connected.count() > 0 || !answer.tlsVersion.empty()) object["connect_milliseconds"] = answer.connected.count();
    if (!answer.tlsVersion.empty()) object["handshake_milliseconds"] = answer.handshaken.count();
    return object;
}

}  // namespace

json probeJson(const ProbeReport& report, Language language, const std::optional<RevocationVerdict>& revocation)
{
    auto findings = findingsOf(report);
    if (revocation)
        for (Finding& one : findingsOf(*revocation)) findings.push_back(std::move(one));
    json issuers = json::array();
    for (const std::string& issuer : report.acceptableIssuers) issuers.push_back(validUtf8(issuer));
    json unexpected = json::array();
    for (const std::string& issuer : report.unexpectedIssuers) unexpected.push_back(validUtf8(issuer));
    json offered = json::array();
    for (const std::string& name : report.offered) offered.push_back(validUtf8(name));
    json attempts = json::array();
    for (const ProbeAttempt& attempt : report.attempts) attempts.push_back(attemptJson(attempt, language));
    return {{"server", serverJson(report, language)},
            {"client", report.client ? json{{"subject", report.client->path.front().subject}, {"checks", checksJson(*report.client, language)}} : json()},
            {"client_certificate",
             {{"requested", report.asked != Asked::Never},
              {"when", name(report.asked)},
              {"acceptable_issuers", issuers},
              {"acceptable_issuers_bytes", report.acceptableIssuersBytes},
              {"unexpected_issuers", unexpected},
              {"offered_by_browsers", offered},
             {"revocation", revocation ? revocationJson(*revocation, language) : json()}}},
            {"attempts", attempts},
            {"verdict", report.passes() ? "pass" : "fail"},
            {"findings", toJson(findings, language)}};
}

}  // namespace monban
