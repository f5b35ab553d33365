// SPDX-License-Identifier: MIT
#include "core/plan/binding_command.h"

namespace monban {
namespace {

std::string selector(const BindingCommands& binding)
{
    return "[protocol='" + binding.protocol + "',bindingInformation='" + binding.information + "'";
}

Command setSite(const BindingCommands& binding, const std::string& change)
{
    return {binding.appcmd, {"set", "site", "/site.name:" + binding.site, change, "/commit:apphost"}};
}

}  // namespace

Command BindingCommands::add(std::uint32_t sslFlags) const
{
    return setSite(*this, "/+bindings." + selector(*this) + ",sslFlags='" + std::to_string(sslFlags) + "']");
}

Command BindingCommands::setFlags(std::uint32_t sslFlags) const
{
    return setSite(*this, "/bindings." + selector(*this) + "].sslFlags:" + std::to_string(sslFlags));
}

Command BindingCommands::remove() const { return setSite(*this, "/-bindings." + selector(*this) + "]"); }

}  // namespace monban
