// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/practice/inf_file.h"
#include "core/practice/request_maker.h"

namespace monban::practice {

/// What [NewRequest] and its companions of a certreq policy file ask for.
struct RequestPolicy {
    NewRequest request;
    std::string friendlyName;
    std::string keyContainer;
    bool machineKey = false;
    bool exportable = false;
};
/// Nothing where a key or value is not one certreq knows; then `trouble` names it.
std::optional<RequestPolicy> policyFrom(const InfFile& inf, std::string& trouble);

}  // namespace monban::practice
