// SPDX-License-Identifier: MIT
#include "core/plan/record_command.h"
#include "core/plan/step.h"

namespace monban {
namespace {

constexpr const char* kSystem = "C:\\Windows\\System32\\";

std::string storePath(const std::string& store) { return "Cert:\\LocalMachine\\" + store; }

/// A PowerShell string: single quotes, doubled inside.
std::string quoted(const std::string& text)
{
    const auto line = forPowerShell({"x", {text + " "}});  // the blank makes it a quoted one
    if (!line) return "''";
    return line->substr(2, line->size() - 4) + "'";
}

ByHand handImport(const ImportPkcs12& import)
{
    // certutil asks for the password itself; NoRoot keeps the CA of the file out of ROOT.
    const Command certutil{std::string(kSystem) + "certutil.exe", {"-importpfx", import.store, import.file, "NoExport,NoRoot"}};
    return {forCommandPrompt(certutil),
            "Import-PfxCertificate -FilePath " + quoted(import.file) + " -CertStoreLocation " + storePath(import.store) +
                " -Password (Read-Host -AsSecureString)"};
}

ByHand handRemoval(const RemoveImported& removal)
{
    std::string powerShell = "Remove-Item " + storePath(removal.store) + "\\" + removal.thumbprint + " -DeleteKey";
    const std::string certutil = std::string(kSystem) + "certutil.exe";
    std::string prompt = *forCommandPrompt({certutil, {"-delstore", removal.store, removal.thumbprint}});
    for (const std::string& thumbprint : removal.chain) {
        powerShell += "; Remove-Item " + storePath("CA") + "\\" + thumbprint;
        prompt += " & " + *forCommandPrompt({certutil, {"-delstore", "CA", thumbprint}});
    }
    return {prompt, powerShell};
}

ByHand handFile(const WriteFile& file)
{
    if (!file.content)
        return {"del " + forCommandPrompt({file.path, {}}).value_or(""), "Remove-Item -LiteralPath " + quoted(file.path)};
    return {std::nullopt, "[IO.File]::WriteAllBytes(" + quoted(file.path) + ", [Convert]::FromBase64String('" + base64(*file.content) + "'))"};
}

ByHand handRecord(const SetHttpRecord& set)
{
    const std::string netsh = std::string(kSystem) + "netsh.exe";
    const Command remove = netshDelete(netsh, set.family, set.endpoint);
    if (!set.record) return {forCommandPrompt(remove), forPowerShell(remove)};
    // As near as netsh comes: bits it has no parameter for are lost, which is why Monban writes the record itself.
    SslRecord nearest = *set.record;
    nearest.flags &= netshFlags(windows_build::kServer2025);
    const Command add = netshWrite(netsh, "add", nearest);
    const auto prompt = forCommandPrompt(add);
    const auto shell = forPowerShell(add);
    return {prompt ? std::optional(*forCommandPrompt(remove) + " & " + *prompt) : std::nullopt,
            shell ? std::optional(*forPowerShell(remove) + "; " + *shell) : std::nullopt};
}

/// The pending certificate goes into a file first; -repairstore finds its key again.
ByHand handReopening(const ReopenRequest& reopening)
{
    const std::string certutil = std::string(kSystem) + "certutil.exe";
    const std::string file = "pending.cer";
    const auto line = [&](std::vector<std::string> arguments) { return *forPowerShell({certutil, std::move(arguments)}); };
    std::string text = "[IO.File]::WriteAllBytes((Join-Path $PWD " + quoted(file) + "), [Convert]::FromBase64String('" + base64(reopening.pending) + "')); " +
                       line({"-f", "-addstore", "REQUEST", file}) + "; " + line({"-repairstore", "REQUEST", reopening.pendingThumbprint}) + "; " +
                       line({"-delstore", reopening.store, reopening.thumbprint});
    for (const std::string& thumbprint : reopening.chain) text += "; " + line({"-delstore", "CA", thumbprint});
    return {std::nullopt, text};
}

}  // namespace

ByHand byHand(const Action& action)
{
    if (const auto* command = std::get_if<Command>(&action)) return {forCommandPrompt(*command), forPowerShell(*command)};
    if (const auto* import = std::get_if<ImportPkcs12>(&action)) return handImport(*import);
    if (const auto* removal = std::get_if<RemoveImported>(&action)) return handRemoval(*removal);
    if (const auto* file = std::get_if<WriteFile>(&action)) return handFile(*file);
    if (const auto* set = std::get_if<SetHttpRecord>(&action)) return handRecord(*set);
    if (const auto* reopening = std::get_if<ReopenRequest>(&action)) return handReopening(*reopening);
    const auto& property = std::get<SetCertificateProperty>(action);
    return {std::nullopt, "(Get-Item " + storePath(property.store) + "\\" + property.thumbprint + ").FriendlyName = " + quoted(property.friendlyName)};
}

}  // namespace monban
