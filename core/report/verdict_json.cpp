// SPDX-License-Identifier: MIT
#include "core/report/verdict_json.h"

#include "core/base/json_null.h"
#include "core/pki/inspect.h"

namespace monban {
namespace {

using nlohmann::json;

json checkJson(const Verdict& verdict, const Check& check, Language language)
{
    if (check.flaws.empty()) return {{"result", name(check.result)}, {"reason", nullptr}, {"remedy", nullptr}, {"remedy_client", nullptr}};
    const Remedy remedy = remedyOf(verdict, check.flaws.front());
    return {{"result", name(check.result)},
            {"reason", textOrNull(reasonOf(verdict, check.flaws.front()), language)},
            {"remedy", textOrNull(remedy.onServer, language)},
            {"remedy_client", textOrNull(remedy.onClient, language)}};
}

}  // namespace

json checksJson(const Verdict& verdict, Language language)
{
    return {{"trusted", checkJson(verdict, verdict.trusted, language)},
            {"validity", checkJson(verdict, verdict.validity, language)},
            {"hostname", checkJson(verdict, verdict.hostname, language)}};
}

json verdictJson(const Verdict& verdict, Language language)
{
    json path = json::array();
    for (const Certificate& certificate : verdict.path) path.push_back(toJson(certificate, false, {}));
    return {{"checks", checksJson(verdict, language)}, {"path", path}, {"findings", toJson(findingsOf(verdict), language)}};
}

json unreadableVerdictJson(const Message& why, Language language)
{
    const Finding finding{"unreadable", Severity::Error, why, {tr("Name a file that holds the certificate, as DER or PEM."), {}}};
    const json failed = {{"result", name(CheckResult::Fail)},
                         {"reason", textOrNull(finding.message, language)},
                         {"remedy", textOrNull(finding.remedy, language)},
                         {"remedy_client", nullptr}};
    return {{"checks", {{"trusted", failed}, {"validity", failed}, {"hostname", failed}}}, {"path", json::array()}, {"findings", {toJson(finding, language)}}};
}

}  // namespace monban
