// SPDX-License-Identifier: MIT
#include "core/report/pitfalls_json.h"

#include "core/pki/inspect.h"

namespace monban {

nlohmann::json pitfallsJson(const std::vector<Finding>& pitfalls, Language language)
{
    nlohmann::json list = toJson(pitfalls, language);
    for (std::size_t i = 0; i < pitfalls.size(); ++i) list[i]["mendable"] = pitfalls[i].mendable;
    return list;
}

}  // namespace monban
