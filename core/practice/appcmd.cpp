// SPDX-License-Identifier: MIT
#include "core/practice/appcmd.h"

#include <algorithm>

#include "core/observe/application_host.h"
#include "core/observe/configuration_text.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

using namespace appcmd;

constexpr const char* kAccessSection = "system.webServer/security/access";
constexpr int kLockViolation = 33;  // 0x80070021

Reply denied(const Shell& shell)
{
    return {static_cast<int>(win::kAccessDenied),
            "ERROR ( hresult:80070005, message:Failed to commit configuration changes. " +
                shell.message(win::kAccessDenied) + " )\n"};
}

/// The binding an edit of the collection names; an error where an attribute is missing or unknown.
std::optional<Reply> bindingOf(const CollectionEdit& edit, Binding& binding)
{
    bool protocol = false;
    bool information = false;
    for (const auto& [name, value] : edit.attributes) {
        if (name == "protocol") binding.protocol = value, protocol = true;
        else if (name == "bindinginformation") binding.information = value, information = true;
        else if (name == "sslflags" && unsignedNumber(value)) binding.sslFlags = *unsignedNumber(value);
        else return unknownParameter(name);
    }
    if (protocol && information) return std::nullopt;
    return error("New binding object missing required attributes. Must specify protocol and bindingInformation.",
                 win::kInvalidParameter);
}

Reply bindingRefused(const Shell& shell, const Error& trouble, const Binding& binding)
{
    if (trouble.code == ErrorCode::Conflict)
        return error(
            "Cannot add duplicate collection entry of type 'binding' with unique key attributes 'protocol, "
            "bindingInformation' respectively set to '" +
                binding.protocol + ", " + binding.information + "'.",
            win::kAlreadyExists);
    if (trouble.code == ErrorCode::NotFound) return error("Cannot find requested collection element.", win::kNotFound);
    return refused(shell, trouble);
}

/// One option of `set site` worked into the file; nothing if it went well.
std::optional<Reply> editSite(const Shell& shell, const std::string& site, const Option& option, std::string& file)
{
    const auto edit = collectionEdit(option.name);
    if (!edit || edit->collection != "bindings") return unknownParameter(option.name);
    Binding binding;
    if (const auto trouble = bindingOf(*edit, binding)) return trouble;
    std::optional<Result<std::string>> changed;
    if (edit->sign == '+') changed = withBinding(file, site, binding);
    else if (edit->sign == '-') changed = withoutBinding(file, site, binding);
    else if (edit->attribute != "sslflags") return unknownParameter(edit->attribute);
    else {
        const auto flags = unsignedNumber(option.value.value_or(""));
        if (!flags) return error("Invalid value for attribute \"sslFlags\". Must be a number.", win::kInvalidParameter);
        changed = withBindingFlags(file, site, binding, *flags);
    }
    if (!*changed) return bindingRefused(shell, changed->error(), binding);
    file = **changed;
    return std::nullopt;
}

Reply setSite(Shell& shell, const Line& line)
{
    const Option* const named = find(line, "site.name");
    const auto name = line.identifier ? line.identifier : named != nullptr ? named->value : std::nullopt;
    if (!name) return error("Must specify the SITE object with identifier.", win::kInvalidParameter);
    auto file = shell.backend.configuration();
    if (!file) return refused(shell, file.error());
    const auto sites = sitesFromConfiguration(*file);
    if (!sites) return refused(shell, sites.error());
    const Site* const site = siteNamed(*sites, *name);
    if (site == nullptr) return noSuchObject("SITE", *name);
    bool edited = false;
    for (const Option& option : line.options) {
        if (equalsIgnoringCase(option.name, "site.name")) continue;
        if (equalsIgnoringCase(option.name, "commit")) {
            // Sites stand in applicationHost.config, wherever else a commit may be asked for.
            if (equalsIgnoringCase(option.value.value_or(""), "apphost")) continue;
            return unknownParameter(option.name);
        }
        if (const auto trouble = editSite(shell, site->name, option, *file)) return *trouble;
        edited = true;
    }
    if (!edited)
        return error("No attributes to set were specified.  Replace with -? for help.", win::kInvalidParameter);
    if (!shell.machine.elevated) return denied(shell);
    if (const auto written = shell.backend.writeConfiguration(*file); !written) return refused(shell, written.error());
    return {0, "SITE object \"" + site->name + "\" changed\n"};
}

/// The path without "MACHINE/WEBROOT/APPHOST" and slashes at its ends; "" is the whole server.
std::string configurationPath(const Line& line)
{
    std::string path = line.identifier.value_or("");
    for (const char* above : {"machine", "webroot", "apphost"}) {
        const std::string first = lowerAscii(path.substr(0, path.find('/')));
        if (first == above) path.erase(0, std::min(path.size(), first.size() + 1));
    }
    while (!path.empty() && path.back() == '/') path.pop_back();
    return path;
}

std::optional<Reply> sectionTrouble(const Line& line)
{
    const Option* const section = find(line, "section");
    if (section == nullptr || !section->value)
        return error("Must specify the configuration section with /section.", win::kInvalidParameter);
    if (equalsIgnoringCase(*section->value, "access") || equalsIgnoringCase(*section->value, kAccessSection))
        return std::nullopt;
    return error("Unknown config section \"" + *section->value + "\".  Replace with -? for help.",
                 win::kInvalidParameter);
}

Reply listConfig(Shell& shell, const Line& line)
{
    for (const Option& option : line.options)
        if (!equalsIgnoringCase(option.name, "section") && !equalsIgnoringCase(option.name, "xml") &&
            !equalsIgnoringCase(option.name, "config") && !equalsIgnoringCase(option.name, "text"))
            return unknownParameter(option.name);
    if (const auto trouble = sectionTrouble(line)) return *trouble;
    const auto file = shell.backend.configuration();
    if (!file) return refused(shell, file.error());
    const std::string path = configurationPath(line);
    const auto sites = sitesFromConfiguration(*file);
    if (!sites) return refused(shell, sites.error());
    if (!path.empty() && siteNamed(*sites, path.substr(0, path.find('/'))) == nullptr)
        return noSuchObject("SITE", path.substr(0, path.find('/')));
    const auto access = accessAt(*file, path);
    if (!access) return refused(shell, access.error());
    std::string flags;
    for (const std::string& name : accessNames(access->flags)) flags += (flags.empty() ? "" : ", ") + name;
    if (flags.empty() && !access->inherited) flags = "None";
    const std::string element = flags.empty() ? "<access />" : "<access sslFlags=\"" + flags + "\" />";
    if (find(line, "text") != nullptr)
        return {0, "CONFIG\n  CONFIG.SECTION:\"" + std::string(kAccessSection) + "\"\n  sslFlags:\"" + flags + "\"\n"};
    const std::string fragment =
        "<system.webServer>\n  <security>\n    " + element + "\n  </security>\n</system.webServer>\n";
    if (find(line, "xml") == nullptr) return {0, fragment};
    return {0, xmlHeader() + "    <CONFIG CONFIG.SECTION=\"" + kAccessSection + "\" path=\"MACHINE/WEBROOT/APPHOST" +
                   (path.empty() ? "" : "/" + ConfigurationText::escaped(path)) +
                   "\" overrideMode=\"Inherit\" locked=\"false\">\n" + fragment + "    </CONFIG>\n</appcmd>\n"};
}

/// Where the change would be written. Only applicationHost.config exists here; elsewhere IIS would write a web.config,
/// in which the access section is locked by default.
std::optional<Reply> commitTrouble(const Shell& shell, const Line& line, const std::string& path,
                                   const std::string& file)
{
    const Option* const commit = find(line, "commit");
    const std::string to = commit != nullptr ? lowerAscii(commit->value.value_or(""))
                           : path.empty()    ? "apphost"
                                             : "url";
    if (to == "apphost" || to == "machine/webroot/apphost") return std::nullopt;
    if (to == "webroot" || to == "machine" || to == "machine/webroot")
        return error("The configuration section \"" + std::string(kAccessSection) + "\" cannot be set at that level.",
                     win::kNotSupported);
    const auto locked = accessIsLocked(file, path);
    if (!locked) return refused(shell, locked.error());
    if (*locked)
        return error(
            "This configuration section cannot be used at this path. This happens when the section is locked at a "
            "parent "
            "level. Locking is either by default (overrideModeDefault=\"Deny\"), or set explicitly by a location tag "
            "with "
            "overrideMode=\"Deny\" or the legacy allowOverride=\"false\".",
            kLockViolation);
    return error("The practice server keeps no web.config files. Use /commit:apphost.", win::kNotSupported);
}

Reply changeConfig(Shell& shell, const Line& line, bool clears)
{
    std::optional<std::uint32_t> flags;
    for (const Option& option : line.options) {
        if (equalsIgnoringCase(option.name, "section") || equalsIgnoringCase(option.name, "commit")) continue;
        if (clears && equalsIgnoringCase(option.name, "delete")) continue;
        if (clears || !equalsIgnoringCase(option.name, "sslFlags")) return unknownParameter(option.name);
        flags = accessFromText(option.value.value_or("?"));
        if (!flags)
            return error(
                "Invalid flags. Must be some combination of None, Ssl, SslNegotiateCert, SslRequireCert, SslMapCert, "
                "Ssl128.",
                win::kInvalidParameter);
    }
    if (const auto trouble = sectionTrouble(line)) return *trouble;
    if (!clears && !flags)
        return error("No attributes to set were specified.  Replace with -? for help.", win::kInvalidParameter);
    const std::string path = configurationPath(line);
    const auto file = shell.backend.configuration();
    if (!file) return refused(shell, file.error());
    const auto changed = withAccess(*file, path, clears ? std::nullopt : flags);
    if (!changed)
        return changed.error().code == ErrorCode::NotFound ? noSuchObject("SITE", path.substr(0, path.find('/')))
                                                           : refused(shell, changed.error());
    if (const auto trouble = commitTrouble(shell, line, path, *file)) return *trouble;
    if (!shell.machine.elevated) return denied(shell);
    if (const auto written = shell.backend.writeConfiguration(*changed); !written)
        return refused(shell, written.error());
    return {0, "Applied configuration changes to section \"" + std::string(kAccessSection) +
                   "\" for \"MACHINE/WEBROOT/APPHOST" + (path.empty() ? "" : "/" + path) +
                   "\" at configuration commit path \"MACHINE/WEBROOT/APPHOST\"\n"};
}

/// appcmd's own name for a backup without one: the date and time.
std::string automaticName(Time time)
{
    std::string name = rfc3339(time).substr(0, 19);
    std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
    return name;
}

Reply backupCommand(Shell& shell, const Line& line)
{
    const auto backups = shell.backend.backups();
    if (!backups) return refused(shell, backups.error());
    const Option* const named = find(line, "backup.name");
    const std::string name = line.identifier    ? *line.identifier
                             : named != nullptr ? named->value.value_or("")
                                                : std::string();
    for (const Option& option : line.options)
        if (&option != named && !equalsIgnoringCase(option.name, "stop") && !equalsIgnoringCase(option.name, "xml"))
            return unknownParameter(option.name);
    const auto known = std::find_if(backups->begin(), backups->end(),
                                    [&](const std::string& one) { return equalsIgnoringCase(one, name); });
    if (line.verb == "list") {
        std::string list;
        for (const std::string& one : *backups)
            if (name.empty() || equalsIgnoringCase(one, name)) list += "BACKUP \"" + one + "\"\n";
        return list.empty() && !name.empty() ? noSuchObject("BACKUP", name) : Reply{0, list};
    }
    if (line.verb != "add" && name.empty())
        return error("Must specify the BACKUP object with identifier.", win::kInvalidParameter);
    if (line.verb != "add" && known == backups->end()) return noSuchObject("BACKUP", name);
    if (line.verb == "add" && known != backups->end())
        return error("Failed to add duplicate collection element \"" + name + "\".", win::kAlreadyExists);
    if (!shell.machine.elevated) return denied(shell);
    if (line.verb == "add") {
        const std::string added = name.empty() ? automaticName(shell.machine.clock()) : name;
        const auto file = shell.backend.configuration();
        if (!file) return refused(shell, file.error());
        if (const auto written = shell.backend.writeBackup(added, *file); !written)
            return refused(shell, written.error());
        return {0, "BACKUP object \"" + added + "\" added\n"};
    }
    if (line.verb == "delete") {
        if (const auto removed = shell.backend.removeBackup(*known); !removed) return refused(shell, removed.error());
        return {0, "BACKUP object \"" + *known + "\" deleted\n"};
    }
    const auto file = shell.backend.backup(*known);
    if (!file) return refused(shell, file.error());
    if (const auto written = shell.backend.writeConfiguration(*file); !written) return refused(shell, written.error());
    return {0, "Restored configuration from backup \"" + *known + "\"\n"};
}

std::string help()
{
    return "General purpose IIS command line administration tool.\n\n"
           "APPCMD (command) (object-type) <identifier> </parameter1:value1 ...>\n\n"
           "Supported object types on this practice server:\n\n"
           "  SITE      list, set\n"
           "  CONFIG    list, set, clear (section access)\n"
           "  BACKUP    list, add, delete, restore\n";
}

}  // namespace

Reply runAppcmd(Shell& shell)
{
    if (!shell.machine.iisInstalled)
        return {
            9009,
            fill(shell.say(
                     "'{0}' is not recognized as an internal or external command,\noperable program or batch file.\n",
                     "'{0}' は、内部コマンドまたは外部コマンド、\n"
                     "操作可能なプログラムまたはバッチ ファイルとして認識されていません。\n"),
                 {shell.invocation.program})};
    const Line line = parse(shell.invocation.arguments);
    if (line.verb.empty() || find(line, "?") != nullptr) return {0, help()};
    if (!line.stray.empty())
        return {static_cast<int>(win::kInvalidParameter), "Failed to process input: The parameter '" + line.stray +
                                                              "' must begin with a / or - (HRESULT=80070057).\n\n\n"};
    if (line.object == "site" && line.verb == "list") return listSites(shell, line);
    if (line.object == "site" && line.verb == "set") return setSite(shell, line);
    if (line.object == "config" && line.verb == "list") return listConfig(shell, line);
    if (line.object == "config" && (line.verb == "set" || line.verb == "clear"))
        return changeConfig(shell, line, line.verb == "clear");
    if (line.object == "backup" &&
        (line.verb == "list" || line.verb == "add" || line.verb == "delete" || line.verb == "restore"))
        return backupCommand(shell, line);
    if (line.object != "site" && line.object != "config" && line.object != "backup")
        return {static_cast<int>(win::kNotSupported),
                "Object '" + line.object + "' is not supported.  Run 'appcmd.exe /?' to display supported objects.\n"};
    return {static_cast<int>(win::kNotSupported), "Command '" + line.verb + "' is not supported on object '" +
                                                      line.object +
                                                      "'.  Run 'appcmd.exe /?' to display supported commands.\n"};
}

}  // namespace monban::practice
