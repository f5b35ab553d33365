// SPDX-License-Identifier: MIT
#include "core/practice/fault.h"

#include "core/base/utf8.h"

namespace monban::practice {
namespace {

constexpr std::pair<FaultKind, const char*> kKinds[] = {
    {FaultKind::NoEffect, "no-effect"}, {FaultKind::Fail, "fail"},
    {FaultKind::Busy, "busy"},          {FaultKind::Denied, "denied"},
    {FaultKind::Hang, "hang"},          {FaultKind::Garbage, "garbage"},
    {FaultKind::ReportsFailure, "reports-failure"}, {FaultKind::OtherWriter, "other-writer"},
};

}  // namespace

const char* name(FaultKind kind)
{
    for (const auto& [known, word] : kKinds)
        if (known == kind) return word;
    return "";
}

std::optional<FaultKind> faultKindNamed(const std::string& name)
{
    for (const auto& [kind, word] : kKinds)
        if (equalsIgnoringCase(name, word)) return kind;
    return std::nullopt;
}

}  // namespace monban::practice
