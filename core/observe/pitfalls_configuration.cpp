// SPDX-License-Identifier: MIT
#include "core/observe/pitfall_kinds.h"

namespace monban::pitfall {
namespace {

constexpr std::uint32_t kProtecting =
    access_flags::kSsl | access_flags::kNegotiateCert | access_flags::kRequireCert | access_flags::kMapCert | access_flags::kSsl128;

Finding findingOf(const WebConfig& file)
{
    if (!file.problem.empty())
        return {"web-config-unreadable", file.broken ? Severity::Error : Severity::Warning, file.problem,
                {tr("Until it can be read, the SSL settings of {0} are what the server's own configuration says, as far as is known."), {file.path}}};
    if (file.locked)
        return {"web-config-locked", Severity::Error,
                {tr("The file {0} holds the section <access>, which is locked for {1}: IIS answers every request there with error 500.19."),
                 {file.file, file.path}},
                {tr("Remove the element <access> from that file and set it on the server (require)."), {}}};
    // What is only added protects no less.
    const bool weaker = (file.serverFlags & ~file.flags & kProtecting) != 0;
    return {"access-overridden", weaker ? Severity::Warning : Severity::Info,
            {tr("The file {0} sets the SSL settings of {1} to {2}; the server's own configuration says {3} and has no effect there."),
             {file.file, file.path, accessText(file.flags), accessText(file.serverFlags)}},
            {tr("Remove the element <access> from that file, or lock the section so that only the server decides (appcmd lock config "
                "/section:access)."),
             {}}};
}

}  // namespace

void sharedConfiguration(const ServerIndex& server, Found& found)
{
    const auto& shared = server.facts().sharedConfiguration;
    if (!shared || !*shared) return;
    add(found, {"shared-configuration", Severity::Warning,
                {tr("IIS takes its configuration from {0} (shared configuration): the sites and SSL settings read from this server's own file are not "
                    "what it uses."),
                 {**shared}},
                {tr("To change them with Monban, turn shared configuration off for the time of the change (IIS Manager, Shared Configuration) and export "
                    "it again afterwards; records, stores and registry of each server are its own and stay so."),
                 {}}});
}

void webConfigs(const ServerIndex& server, Found& found)
{
    if (!server.facts().sites) return;
    for (const Site& site : *server.facts().sites)
        for (const WebConfig& file : site.webConfigs) {
            const bool same = file.problem.empty() && !file.locked && file.flags == file.serverFlags;
            if (!same) add(found, findingOf(file)).site = site.name;
        }
}

}  // namespace monban::pitfall
