// SPDX-License-Identifier: MIT
#include "core/observe/application_host.h"
#include "core/practice/powershell_commands.h"
#include "core/practice/rebinding.h"

namespace monban::practice::powershell {
namespace {

Reply failed(const Shell& shell, const std::string& command, const Error& error)
{
    return problem(command, inLanguage(error.message, shell.machine.language), "ConfigurationError");
}

struct SiteBinding {
    std::string site;
    Binding binding;
};

/// Those that -Name, -Protocol, -Port, -IPAddress and -HostHeader leave.
Result<std::vector<SiteBinding>> chosen(Shell& shell, const CommandLine& line)
{
    const auto file = shell.backend.configuration();
    if (!file) return file.error();
    const auto sites = sitesFromConfiguration(*file);
    if (!sites) return sites.error();
    const auto fits = [&](const char* parameter, std::size_t position, const std::string& value) {
        const auto wanted = line.value({parameter}, position);
        return !wanted || equalsIgnoringCase(*wanted, value);
    };
    constexpr std::size_t kNever = SIZE_MAX;
    std::vector<SiteBinding> found;
    for (const Site& site : *sites)
        for (const Binding& binding : site.bindings)
            if (fits("name", 0, site.name) && fits("protocol", 1, binding.protocol) &&
                fits("port", kNever, binding.port ? std::to_string(*binding.port) : "") &&
                fits("ipaddress", kNever, binding.address.value_or("")) &&
                fits("hostheader", kNever, binding.host.value_or("")))
                found.push_back({site.name, binding});
    return found;
}

constexpr std::initializer_list<const char*> kSelectors = {"name", "protocol", "port", "ipaddress", "hostheader"};

/// Windows' own words for 1312, as the exception of a .NET method carries them.
Reply methodFailed(const Shell& shell, const std::string& method, const std::string& arguments, std::uint32_t code)
{
    return {1, "Exception calling \"" + method + "\" with \"" + arguments + "\" argument(s): \"" + shell.message(code) +
                   " (Exception from HRESULT: " + hresultText(code).substr(0, 10) +
                   ")\"\n    + CategoryInfo          : NotSpecified: (:) [], MethodInvocationException\n"
                   "    + FullyQualifiedErrorId : COMException\n\n"};
}

}  // namespace

Reply webBindings(Shell& shell, const CommandLine& line)
{
    if (!line.onlyTakes(kSelectors, 2))
        return parserError("Get-WebBinding takes -Name, -Protocol, -Port, -IPAddress and -HostHeader only.");
    const auto bindings = chosen(shell, line);
    if (!bindings) return failed(shell, "Get-WebBinding", bindings.error());
    std::string text;
    for (const auto& [site, binding] : *bindings)
        text += padded(binding.protocol, 8) + " " + padded(binding.information, 44) + " " + std::to_string(binding.sslFlags) + "\n";
    if (text.empty()) return {0, ""};
    return {0,
            "\nprotocol bindingInformation                           sslFlags\n-------- ------------------             "
            "              --------\n" +
                text + "\n\n"};
}

Reply newWebBinding(Shell& shell, const CommandLine& line)
{
    if (!line.onlyTakes({"name", "protocol", "port", "ipaddress", "hostheader", "sslflags", "force"}, 1))
        return parserError("New-WebBinding takes -Name, -Protocol, -Port, -IPAddress, -HostHeader and -SslFlags only.");
    if (!shell.machine.elevated) return problem("New-WebBinding", "Access is denied.", "UnauthorizedAccess");
    constexpr std::size_t kNever = SIZE_MAX;
    const auto site = line.value({"name"}, 0);
    const std::string protocol = lowerAscii(line.value({"protocol"}, kNever).value_or("http"));
    const std::string port = line.value({"port"}, kNever).value_or(protocol == "https" ? "443" : "80");
    const auto number = unsignedNumber(port);
    const auto flags = unsignedNumber(line.value({"sslflags"}, kNever).value_or("0"));
    if (!site || !number || *number < 1 || *number > 65535 || !flags)
        return problem("New-WebBinding", "Cannot bind parameter: -Name, -Port or -SslFlags has no value it could take.",
                       "ParameterArgumentTransformationError");
    const std::string information = line.value({"ipaddress"}, kNever).value_or("*") + ":" + port + ":" +
                                    line.value({"hostheader"}, kNever).value_or("");
    const auto file = shell.backend.configuration();
    if (!file) return failed(shell, "New-WebBinding", file.error());
    const auto changed = withBinding(*file, *site, bindingFrom(protocol, information, *flags));
    if (!changed) return failed(shell, "New-WebBinding", changed.error());
    const auto written = shell.backend.writeConfiguration(*changed);
    return written ? Reply{0, ""} : failed(shell, "New-WebBinding", written.error());
}

Reply bindingMethod(Shell& shell, const CommandLine& line, const std::string& method, const std::vector<std::string>& arguments)
{
    const std::string name = lowerAscii(method);
    const std::string count = std::to_string(arguments.size());
    const bool add = name == "addsslcertificate";
    if ((!add && name != "removesslcertificate") || arguments.size() != (add ? 2u : 0u) || !line.onlyTakes(kSelectors, 2))
        return parserError("of a binding's methods it knows AddSslCertificate('thumbprint', 'store') and RemoveSslCertificate().");
    if (!shell.machine.elevated) return methodFailed(shell, method, count, win::kAccessDenied);
    const auto bindings = chosen(shell, line);
    if (!bindings) return failed(shell, "Get-WebBinding", bindings.error());
    if (bindings->empty()) return {1, "You cannot call a method on a null-valued expression.\n    + CategoryInfo          : InvalidOperation: (:) [], RuntimeException\n    + FullyQualifiedErrorId : InvokeMethodOnNull\n\n"};
    for (const auto& [site, binding] : *bindings) {
        const auto endpoint = equalsIgnoringCase(binding.protocol, "https") ? recordEndpointOf(binding) : std::nullopt;
        if (!endpoint) return methodFailed(shell, method, count, win::kNotSupported);
        if (add) {
            const auto done = rebind(shell.backend, endpoint->first, endpoint->second, lowerAscii(arguments[0]), arguments[1]);
            if (!done)
                return methodFailed(shell, method, count,
                                    done.error().code == ErrorCode::NotFound ? win::kNoSuchLogonSession : win32Code(done.error()));
            continue;
        }
        auto records = shell.backend.records();
        if (!records) return failed(shell, "Get-WebBinding", records.error());
        const auto gone = std::erase_if(*records, [&](const SslRecord& one) {
            return one.family == endpoint->first && one.endpoint == endpoint->second;
        });
        if (gone == 0) return methodFailed(shell, method, count, win::kFileNotFound);
        if (const auto written = shell.backend.writeRecords(*records); !written)
            return methodFailed(shell, method, count, win32Code(written.error()));
    }
    return {0, ""};
}

}  // namespace monban::practice::powershell
