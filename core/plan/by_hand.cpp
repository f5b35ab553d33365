// SPDX-License-Identifier: MIT
#include "core/base/utf8.h"
#include "core/plan/record_command.h"
#include "core/plan/step.h"

namespace monban {
namespace {

constexpr const char* kSystem = "C:\\Windows\\System32\\";

std::string storePath(const std::string& store) { return "Cert:\\LocalMachine\\" + store; }

ByHand handImport(const ImportPkcs12& import)
{
    // certutil asks for the password itself; NoRoot keeps the CA of the file out of ROOT.
    const Command certutil{std::string(kSystem) + "certutil.exe", {"-importpfx", import.store, import.file, "NoExport,NoRoot"}};
    return {forCommandPrompt(certutil),
            "Import-PfxCertificate -FilePath " + powerShellString(import.file) + " -CertStoreLocation " + storePath(import.store) +
                " -Password (Read-Host -AsSecureString)"};
}

ByHand handRemoval(const RemoveImported& removal)
{
    std::string powerShell = "Remove-Item " + storePath(removal.store) + "\\" + removal.thumbprint + " -DeleteKey";
    const std::string certutil = std::string(kSystem) + "certutil.exe";
    std::string prompt = *forCommandPrompt({certutil, {"-delstore", removal.store, removal.thumbprint}});
    if (!removal.requestFile.empty()) {
        powerShell += "; Remove-Item -LiteralPath " + powerShellString(removal.requestFile);
        prompt += " & del " + forCommandPrompt({removal.requestFile, {}}).value_or("");
    }
    for (const std::string& thumbprint : removal.chain) {
        powerShell += "; Remove-Item " + storePath("CA") + "\\" + thumbprint;
        prompt += " & " + *forCommandPrompt({certutil, {"-delstore", "CA", thumbprint}});
    }
    return {prompt, powerShell};
}

/// The content as Set-Content of Windows PowerShell would write it: "Unicode" is UTF-16LE and "UTF8" UTF-8, both with a
/// byte-order mark, each line ended by CR LF. Nothing where it has another shape.
std::optional<std::string> asSetContent(const WriteFile& file)
{
    const auto text = writtenText(file);
    if (!text) return std::nullopt;
    std::string values;
    for (std::size_t at = 0; at < text->size();) {
        const auto end = text->find("\r\n", at);
        if (end == std::string::npos) return std::nullopt;
        const std::string line = text->substr(at, end - at);
        if (line.find_first_of("\r\n") != std::string::npos) return std::nullopt;
        values += (values.empty() ? "" : ",") + powerShellString(line);
        at = end + 2;
    }
    const bool wide = (*file.content)[0] == 0xFF;
    return "Set-Content -LiteralPath " + powerShellString(file.path) + " -Encoding " + (wide ? "Unicode" : "UTF8") + " -Value " + values;
}

ByHand handFile(const WriteFile& file)
{
    if (!file.content)
        return {"del " + forCommandPrompt({file.path, {}}).value_or(""), "Remove-Item -LiteralPath " + powerShellString(file.path)};
    if (const auto line = asSetContent(file)) return {std::nullopt, line};
    return {std::nullopt, "[IO.File]::WriteAllBytes(" + powerShellString(file.path) + ", [Convert]::FromBase64String('" + base64(*file.content) + "'))"};
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
    std::string text = "[IO.File]::WriteAllBytes((Join-Path $PWD " + powerShellString(file) + "), [Convert]::FromBase64String('" + base64(reopening.pending) + "')); " +
                       line({"-f", "-addstore", "REQUEST", file}) + "; " + line({"-repairstore", "REQUEST", reopening.pendingThumbprint}) + "; " +
                       (reopening.keepsCertificate ? line({"-store", reopening.store, reopening.thumbprint, "kept.cer"}) + "; " : std::string()) +
                       line({"-delstore", reopening.store, reopening.thumbprint});
    if (reopening.keepsCertificate) text += "; " + line({"-f", "-addstore", reopening.store, "kept.cer"});
    for (const std::string& thumbprint : reopening.chain) text += "; " + line({"-delstore", "CA", thumbprint});
    return {std::nullopt, text};
}

}  // namespace

std::optional<std::string> writtenText(const WriteFile& file)
{
    if (!file.content) return std::nullopt;
    const std::string_view bytes = textOf(*file.content);
    if (bytes.starts_with("\xEF\xBB\xBF") && isUtf8(bytes)) return std::string(bytes.substr(3));
    if (!bytes.starts_with("\xFF\xFE") || bytes.size() % 2 != 0) return std::nullopt;
    std::u16string units;
    for (std::size_t i = 2; i < file.content->size(); i += 2)
        units += static_cast<char16_t>((*file.content)[i + 1] << 8 | (*file.content)[i]);
    return utf8FromUtf16(units);
}

ByHand byHand(const Action& action)
{
    if (const auto* command = std::get_if<Command>(&action)) return {forCommandPrompt(*command), forPowerShell(*command)};
    if (const auto* import = std::get_if<ImportPkcs12>(&action)) return handImport(*import);
    if (const auto* removal = std::get_if<RemoveImported>(&action)) return handRemoval(*removal);
    if (const auto* file = std::get_if<WriteFile>(&action)) return handFile(*file);
    if (const auto* set = std::get_if<SetHttpRecord>(&action)) return handRecord(*set);
    if (const auto* reopening = std::get_if<ReopenRequest>(&action)) return handReopening(*reopening);
    const auto& property = std::get<SetCertificateProperty>(action);
    return {std::nullopt, "(Get-Item " + storePath(property.store) + "\\" + property.thumbprint + ").FriendlyName = " + powerShellString(property.friendlyName)};
}

}  // namespace monban
