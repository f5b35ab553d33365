// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/practice/powershell_grammar.h"
#include "core/practice/shell.h"

/// The cmdlets of the practice server's PowerShell.
namespace monban::practice::powershell {

/// A command with its named parameters (`-Name value`, `-Switch`) and the rest in order.
struct CommandLine {
    std::string name;
    std::vector<std::string> words;
    std::vector<std::pair<std::string, std::string>> named;
    std::vector<std::string> positional;

    std::optional<std::string> value(std::initializer_list<const char*> names, std::size_t position) const
    {
        for (const char* one : names)
            for (const auto& [key, text] : named)
                if (key == one) return text;
        return position < positional.size() ? std::optional(positional[position]) : std::nullopt;
    }
    bool has(const char* name_) const
    {
        return std::any_of(named.begin(), named.end(), [&](const auto& one) { return one.first == name_; });
    }
    /// True when every parameter is one of those; a misspelt one must not be passed over.
    bool onlyTakes(std::initializer_list<const char*> names, std::size_t positions) const
    {
        return positional.size() <= positions && std::all_of(named.begin(), named.end(), [&](const auto& one) {
                   return std::any_of(names.begin(), names.end(),
                                      [&](const char* known) { return one.first == known; });
               });
    }
};

/// An error as PowerShell prints one of a cmdlet.
Reply problem(const std::string& command, const std::string& text, const std::string& id);
/// What the practice server does not know of the language: refused, with the reason.
Reply parserError(const std::string& text);

Reply listCertificates(Shell& shell, const CommandLine& line);
/// `(Get-Item Cert:\LocalMachine\STORE\THUMB).Property`, and the same with a value for the friendly name.
Reply certificateProperty(Shell& shell, const CommandLine& item, const std::string& property,
                          const std::optional<std::string>& value);
Reply removeCertificate(Shell& shell, const CommandLine& line);
/// Between two stores of LocalMachine; a private key goes along.
Reply moveCertificate(Shell& shell, const CommandLine& line);
/// Remove-Item of a file.
Reply removeFileItem(Shell& shell, const CommandLine& line, const std::string& path);
/// `[IO.File]::WriteAllBytes('PATH', [Convert]::FromBase64String('…'))`; nothing if the statement is another one.
std::optional<Reply> writeAllBytes(Shell& shell, const Statement& statement);
/// Import-PfxCertificate and Import-Certificate: what certutil does, with the key kept from export.
Reply importCertificate(Shell& shell, const CommandLine& line, bool pfx);

/// Get-WebBinding and New-WebBinding of the module WebAdministration.
Reply webBindings(Shell& shell, const CommandLine& line);
Reply newWebBinding(Shell& shell, const CommandLine& line);
/// `(Get-WebBinding …).AddSslCertificate('THUMB', 'STORE')` and RemoveSslCertificate(): a record as IIS writes it.
Reply bindingMethod(Shell& shell, const CommandLine& line, const std::string& method, const std::vector<std::string>& arguments);

}  // namespace monban::practice::powershell
