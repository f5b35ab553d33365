// SPDX-License-Identifier: MIT
#include "core/pki/certificate.h"
#include "core/practice/powershell_commands.h"

namespace monban::practice::powershell {
namespace {

/// `Cert:\LocalMachine\STORE[\THUMBPRINT]` in its parts.
struct CertPath {
    std::string store;
    std::string thumbprint;  ///< lower-case; empty: the store itself
};
std::optional<CertPath> certPath(std::string path)
{
    for (const char* separator : {"\xC2\xA5", "/"})
        for (std::size_t at = path.find(separator); at != std::string::npos; at = path.find(separator, at))
            path.replace(at, std::char_traits<char>::length(separator), "\\");
    const std::string lower = lowerAscii(path);
    std::size_t at = 0;
    bool own = false;
    for (const char* start :
         {"cert:\\localmachine", "cert:localmachine", "microsoft.powershell.security\\certificate::localmachine",
          "cert:\\currentuser", "cert:currentuser"}) {
        if (at != 0 || !lower.starts_with(start)) continue;
        at = std::char_traits<char>::length(start);
        own = std::string_view(start).ends_with("currentuser");
    }
    if (at == 0 || (at < path.size() && path[at] != '\\')) return std::nullopt;
    std::string rest = at < path.size() ? path.substr(at + 1) : std::string();
    while (!rest.empty() && rest.back() == '\\') rest.pop_back();
    if (rest == "*") rest.clear();
    const auto slash = rest.find('\\');
    if (own && rest.empty()) return std::nullopt;
    CertPath result{(own ? kUserStores : "") + rest.substr(0, slash),
                    slash == std::string::npos ? std::string() : lowerAscii(rest.substr(slash + 1))};
    if (result.thumbprint == "*") result.thumbprint.clear();
    return result;
}

/// Stores that are there without anybody having made them.
bool everyWindowsHas(const std::string& store)
{
    for (const char* name : {"MY", "ROOT", "CA", "REQUEST", "ClientAuthIssuer"})
        if (equalsIgnoringCase(store, name)) return true;
    return false;
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

Reply noSuchPath(const std::string& command, const std::string& path)
{
    return problem(command, "Cannot find path '" + path + "' because it does not exist.", "PathNotFound");
}

std::string certificateTable(const std::string& store, const std::vector<Certificate>& certificates)
{
    std::string text =
        "\n\n   PSParentPath: Microsoft.PowerShell.Security\\Certificate::LocalMachine\\" + store +
        "\n\nThumbprint                                Subject\n----------                                -------\n";
    for (const Certificate& one : certificates)
        text += upper(one.thumbprintSha1) + "  " + windowsName(one.subject) + "\n";
    return text + "\n\n";
}

}  // namespace

Reply problem(const std::string& command, const std::string& text, const std::string& id)
{
    return {1, command + " : " + text + "\n    + CategoryInfo          : NotSpecified: (:) [" + command +
                   "]\n    + FullyQualifiedErrorId : " + id + "\n\n"};
}

Reply parserError(const std::string& text)
{
    return {1, "The practice server cannot run this PowerShell text: " + text +
                   "\n    + CategoryInfo          : ParserError: (:) []\n    + FullyQualifiedErrorId : "
                   "NotSupportedByPracticeServer\n\n"};
}

Reply listCertificates(Shell& shell, const CommandLine& line)
{
    const auto path = line.value({"path", "literalpath"}, 0);
    if (!path || !line.onlyTakes({"path", "literalpath", "force"}, 1))
        return parserError("Get-ChildItem is known for paths below Cert:\\LocalMachine only.");
    const auto place = certPath(*path);
    if (!place) return noSuchPath("Get-ChildItem", *path);
    if (place->store.empty()) {
        const auto names = shell.backend.storeNames();
        if (!names)
            return problem("Get-ChildItem", inLanguage(names.error().message, shell.machine.language), "IOError");
        std::string text;
        for (const std::string& name : *names) text += "\nName : " + name + "\n";
        return {0, text + "\n"};
    }
    const auto entries = shell.backend.store(place->store);
    if (!entries)
        return entries.error().code == ErrorCode::NotFound
                   ? noSuchPath("Get-ChildItem", *path)
                   : problem("Get-ChildItem", inLanguage(entries.error().message, shell.machine.language), "IOError");
    std::vector<Certificate> shown;
    for (const StoreEntry& entry : *entries)
        if (place->thumbprint.empty() || entry.thumbprint == place->thumbprint)
            if (auto certificate = parseCertificate(entry.der)) shown.push_back(std::move(*certificate));
    if (shown.empty()) return place->thumbprint.empty() ? Reply{0, ""} : noSuchPath("Get-ChildItem", *path);
    return {0, certificateTable(place->store, shown)};
}

Reply certificateProperty(Shell& shell, const CommandLine& item, const std::string& property,
                          const std::optional<std::string>& value)
{
    const auto path = item.value({"path", "literalpath"}, 0);
    const auto place = path ? certPath(*path) : std::nullopt;
    if (!place || place->thumbprint.empty() || !item.onlyTakes({"path", "literalpath"}, 1))
        return parserError("Get-Item is known for one certificate below Cert:\\LocalMachine only.");
    const auto entries = shell.backend.store(place->store);
    if (!entries) return noSuchPath("Get-Item", *path);
    for (StoreEntry entry : *entries) {
        if (entry.thumbprint != place->thumbprint) continue;
        const auto certificate = parseCertificate(entry.der);
        if (!certificate)
            return problem("Get-Item", inLanguage(certificate.error().message, shell.machine.language), "IOError");
        const std::string name = lowerAscii(property);
        if (value) {
            if (name != "friendlyname") return parserError("only FriendlyName of a certificate can be set.");
            if (!shell.machine.elevated) return problem("FriendlyName", "Access is denied.", "UnauthorizedAccess");
            entry.friendlyName = *value;
            const auto put = shell.backend.putCertificate(place->store, entry);
            return put ? Reply{0, ""}
                       : problem("FriendlyName", inLanguage(put.error().message, shell.machine.language), "IOError");
        }
        if (name == "friendlyname") return {0, entry.friendlyName + "\n"};
        if (name == "thumbprint") return {0, upper(entry.thumbprint) + "\n"};
        if (name == "subject") return {0, windowsName(certificate->subject) + "\n"};
        if (name == "issuer") return {0, windowsName(certificate->issuer) + "\n"};
        if (name == "serialnumber") return {0, upper(certificate->serial) + "\n"};
        if (name == "notafter") return {0, windowsTime(certificate->notAfter, shell.machine.language, true) + "\n"};
        if (name == "notbefore") return {0, windowsTime(certificate->notBefore, shell.machine.language, true) + "\n"};
        if (name == "hasprivatekey")
            return {0, entry.key == KeyState::Present || entry.key == KeyState::NotExportable ? "True\n" : "False\n"};
        return parserError("this property of a certificate is not known: " + property);
    }
    return noSuchPath("Get-Item", *path);
}

Reply removeCertificate(Shell& shell, const CommandLine& line)
{
    const auto path = line.value({"path", "literalpath"}, 0);
    const auto place = path ? certPath(*path) : std::nullopt;
    if (path && !place && path->find("::") == std::string::npos && !lowerAscii(*path).starts_with("cert:"))
        return removeFileItem(shell, line, *path);
    if (!place || place->thumbprint.empty() ||
        !line.onlyTakes({"path", "literalpath", "deletekey", "force", "confirm"}, 1))
        return parserError("Remove-Item is known for one certificate below Cert:\\LocalMachine only.");
    if (!shell.machine.elevated) return problem("Remove-Item", "Access is denied.", "UnauthorizedAccess");
    const auto entries = shell.backend.store(place->store);
    if (!entries) return noSuchPath("Remove-Item", *path);
    for (const StoreEntry& entry : *entries) {
        if (entry.thumbprint != place->thumbprint) continue;
        if (const auto gone = shell.backend.removeCertificate(place->store, entry.thumbprint); !gone)
            return problem("Remove-Item", inLanguage(gone.error().message, shell.machine.language), "IOError");
        if (line.has("deletekey") && !entry.keyContainer.empty()) (void)shell.backend.removeKey(entry.keyContainer);
        return {0, ""};
    }
    return noSuchPath("Remove-Item", *path);
}

Reply moveCertificate(Shell& shell, const CommandLine& line)
{
    const auto path = line.value({"path", "literalpath"}, 0);
    const auto destination = line.value({"destination"}, 1);
    const auto from = path ? certPath(*path) : std::nullopt;
    const auto to = destination ? certPath(*destination) : std::nullopt;
    if (!from || !to || from->thumbprint.empty() || to->store.empty() || !to->thumbprint.empty() ||
        !line.onlyTakes({"path", "literalpath", "destination", "force", "confirm"}, 2))
        return parserError("Move-Item is known for one certificate below Cert:\\LocalMachine and a store there only.");
    if (!shell.machine.elevated) return problem("Move-Item", "Access is denied.", "UnauthorizedAccess");
    const auto entries = shell.backend.store(from->store);
    if (!entries) return noSuchPath("Move-Item", *path);
    if (!shell.backend.store(to->store) && !everyWindowsHas(to->store)) return noSuchPath("Move-Item", *destination);
    for (const StoreEntry& entry : *entries) {
        if (entry.thumbprint != from->thumbprint) continue;
        auto moved = shell.backend.putCertificate(to->store, entry);
        if (moved && !equalsIgnoringCase(from->store, to->store)) moved = shell.backend.removeCertificate(from->store, entry.thumbprint);
        if (!moved) return problem("Move-Item", inLanguage(moved.error().message, shell.machine.language), "IOError");
        return {0, ""};
    }
    return noSuchPath("Move-Item", *path);
}

Reply importCertificate(Shell& shell, const CommandLine& line, bool pfx)
{
    const char* const command = pfx ? "Import-PfxCertificate" : "Import-Certificate";
    const auto file = line.value({"filepath"}, 0);
    const auto location = line.value({"certstorelocation"}, 1);
    const auto place = location ? certPath(*location) : std::nullopt;
    if (!file || !place || place->store.empty() ||
        !line.onlyTakes({"filepath", "certstorelocation", "password", "exportable"}, 2))
        return parserError(std::string(command) +
                           " needs -FilePath and -CertStoreLocation Cert:\\LocalMachine\\STORE.");
    std::vector<std::string> arguments{"-f", "-addstore", place->store, *file};
    if (pfx) {
        arguments = {"-importpfx", place->store, *file, line.has("exportable") ? "NoRoot" : "NoExport,NoRoot"};
        if (!line.has("password")) arguments.insert(arguments.begin(), {"-p", ""});
    }
    const Reply reply = shell.runInside({"certutil", arguments, shell.invocation.input, shell.invocation.wait});
    if (reply.stopped) return reply;
    if (reply.exitCode == 0) return {0, ""};
    return problem(command, trimmed(reply.text), "CertificateImportFailed");
}

}  // namespace monban::practice::powershell
