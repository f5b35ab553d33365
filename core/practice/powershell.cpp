// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/practice/powershell_commands.h"
#include "core/practice/powershell_grammar.h"
#include "core/practice/services.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

using namespace powershell;

Reply notRecognized(const std::string& name)
{
    return {1, name + " : The term '" + name +
                   "' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the "
                   "spelling of the "
                   "name, or if a path was included, verify that the path is correct and try again.\n"
                   "    + CategoryInfo          : ObjectNotFound: (" +
                   name +
                   ":String) [], CommandNotFoundException\n"
                   "    + FullyQualifiedErrorId : CommandNotFoundException\n\n"};
}

constexpr const char* kSwitches[] = {"force",   "deletekey", "exportable", "recurse",
                                     "confirm", "passthru",  "erroraction"};

std::optional<CommandLine> commandLine(const Statement& statement, std::size_t first)
{
    CommandLine line;
    if (first >= statement.size() || statement[first].kind == Token::Kind::Symbol) return std::nullopt;
    line.name = statement[first].text;
    for (std::size_t i = first + 1; i < statement.size(); ++i) {
        if (statement[i].kind == Token::Kind::Symbol) return std::nullopt;
        const std::string& text = statement[i].text;
        line.words.push_back(text);
        if (statement[i].kind == Token::Kind::Quoted || text.size() < 2 || text[0] != '-') {
            line.positional.push_back(text);
            continue;
        }
        const auto colon = text.find(':');
        const std::string name = lowerAscii(text.substr(1, colon == std::string::npos ? std::string::npos : colon - 1));
        const bool isSwitch =
            std::any_of(std::begin(kSwitches), std::end(kSwitches), [&](const char* one) { return name == one; });
        if (colon != std::string::npos) line.named.emplace_back(name, text.substr(colon + 1));
        else if (isSwitch && name != "erroraction") line.named.emplace_back(name, "");
        else if (i + 1 < statement.size() && statement[i + 1].kind != Token::Kind::Symbol) {
            line.named.emplace_back(name, statement[++i].text);
            line.words.push_back(statement[i].text);
        } else {
            line.named.emplace_back(name, "");
        }
    }
    return line;
}

Reply serviceCommand(Shell& shell, const CommandLine& line, const std::string& verb)
{
    const std::string command = verb + "-Service";
    const auto name = line.value({"name"}, 0);
    if (!name || !line.onlyTakes({"name", "force", "erroraction", "passthru"}, 1))
        return parserError(command + " needs the name of one service.");
    const Service* const service = serviceNamed(*name);
    if (service == nullptr)
        return problem(command, "Cannot find any service with service name '" + *name + "'.",
                       "NoServiceFoundForGivenName");
    if (verb == "Get")
        return {0, "\nStatus   Name               DisplayName\n------   ----               -----------\n" +
                       padded(isStopped(shell.machine, *service) ? "Stopped" : "Running", 8) + " " +
                       padded(service->name, 18) + " " + (shell.japanese() ? service->japanese : service->english) +
                       "\n\n\n"};
    if (!shell.machine.elevated)
        return problem(command,
                       "Service '" + std::string(service->english) + " (" + service->name +
                           ")' cannot be changed due to the following error: Access is denied",
                       "CouldNotStopService");
    const auto dependents = runningDependents(shell.machine, *service);
    if (verb != "Start" && !dependents.empty() && !line.has("force"))
        return problem(command,
                       "Cannot stop service '" + std::string(service->english) + " (" + service->name +
                           ")' because it has dependent services. It can only be stopped if the Force flag is set.",
                       "ServiceHasDependentServices");
    if (verb != "Start") stopService(shell.machine, *service);
    if (verb != "Stop") {
        startService(shell.machine, *service);
        for (const Service* dependent : dependents) startService(shell.machine, *dependent);
    }
    const auto written = shell.backend.writeMachine(shell.machine);
    return written ? Reply{0, ""}
                   : problem(command, inLanguage(written.error().message, shell.machine.language), "IOError");
}

Reply runCommand(Shell& shell, const CommandLine& line)
{
    struct Alias {
        const char* typed;
        const char* command;
    };
    static constexpr Alias kAliases[] = {{"gci", "get-childitem"}, {"dir", "get-childitem"},  {"ls", "get-childitem"},
                                         {"gsv", "get-service"},   {"ri", "remove-item"},     {"rm", "remove-item"},
                                         {"del", "remove-item"}, {"mi", "move-item"}, {"move", "move-item"}, {"mv", "move-item"},   {"sasv", "start-service"}, {"spsv", "stop-service"}};
    std::string name = lowerAscii(line.name);
    for (const Alias& alias : kAliases)
        if (name == alias.typed) name = alias.command;
    if (name == "get-childitem") return listCertificates(shell, line);
    if (name == "remove-item") return removeCertificate(shell, line);
    if (name == "move-item") return moveCertificate(shell, line);
    if (name == "import-pfxcertificate") return importCertificate(shell, line, true);
    if (name == "import-certificate") return importCertificate(shell, line, false);
    if (name == "get-webbinding") return webBindings(shell, line);
    if (name == "new-webbinding") return newWebBinding(shell, line);
    // The modules of IIS are loaded already.
    if (name == "import-module" && line.positional.size() + line.named.size() == 1) return {0, ""};
    if (name == "get-service") return serviceCommand(shell, line, "Get");
    if (name == "start-service") return serviceCommand(shell, line, "Start");
    if (name == "stop-service") return serviceCommand(shell, line, "Stop");
    if (name == "restart-service") return serviceCommand(shell, line, "Restart");
    // `sc` is Set-Content in PowerShell; the program is sc.exe.
    if (name == "sc" || name.ends_with("powershell") || name.ends_with("powershell.exe"))
        return notRecognized(line.name);
    const Reply reply = shell.runInside({line.name, line.words, shell.invocation.input, shell.invocation.wait});
    if (reply.exitCode == 9009) return notRecognized(line.name);
    return {reply.exitCode == 0 ? 0 : 1, reply.text, reply.stopped};
}

/// `(Read-Host -AsSecureString)` as the value of a parameter: the password then comes from standard input.
Statement withoutReadHost(Statement statement)
{
    for (std::size_t i = 0; i + 3 < statement.size(); ++i) {
        if (!statement[i].is("(") || !equalsIgnoringCase(statement[i + 1].text, "Read-Host")) continue;
        const auto close = std::find_if(statement.begin() + static_cast<std::ptrdiff_t>(i), statement.end(),
                                        [](const Token& one) { return one.is(")"); });
        if (close == statement.end()) break;
        const auto begin = statement.begin() + static_cast<std::ptrdiff_t>(i);
        *begin = {Token::Kind::Quoted, "from standard input", false};
        statement.erase(begin + 1, close + 1);
        break;
    }
    return statement;
}

/// The texts of `('a', 'b')` that end the statement; nothing where they are no such list.
std::optional<std::vector<std::string>> argumentsAt(const Statement& statement, std::size_t at)
{
    std::vector<std::string> texts;
    if (at >= statement.size() || !statement[at].is("(") || !statement.back().is(")")) return std::nullopt;
    for (std::size_t i = at + 1; i + 1 < statement.size(); i += 2) {
        if (statement[i].kind != Token::Kind::Quoted) return std::nullopt;
        if (i + 2 < statement.size() && !statement[i + 1].is(",")) return std::nullopt;
        texts.push_back(statement[i].text);
    }
    return texts;
}

/// `(Get-Item PATH).Property [= 'value']` and `(Get-WebBinding …).Method('…')`.
Reply runMember(Shell& shell, const Statement& statement)
{
    const auto close = std::find_if(statement.begin(), statement.end(), [](const Token& one) { return one.is(")"); });
    const auto rest = static_cast<std::size_t>(statement.end() - close);
    const auto item = commandLine(Statement(statement.begin() + 1, close), 0);
    if (item && rest >= 3 && close[1].is(".")) {
        const std::string name = lowerAscii(item->name);
        if ((name == "get-item" || name == "gi") && rest == 3) return certificateProperty(shell, *item, close[2].text, std::nullopt);
        if ((name == "get-item" || name == "gi") && rest == 5 && close[3].is("="))
            return certificateProperty(shell, *item, close[2].text, close[4].text);
        const auto arguments = argumentsAt(statement, statement.size() - rest + 3);
        if (name == "get-webbinding" && arguments) return bindingMethod(shell, *item, close[2].text, *arguments);
    }
    return parserError("this expression is not one it knows.");
}

Reply runStatement(Shell& shell, const Statement& typed)
{
    const Statement statement = withoutReadHost(typed);
    if (statement.front().is("(")) return runMember(shell, statement);
    if (auto written = writeAllBytes(shell, statement)) return *written;
    const bool call = statement.front().is("&") && statement.size() > 1;
    if (!call && statement.front().kind == Token::Kind::Quoted)
        return {0, statement.front().text + "\n"};  // a string is only printed
    const auto line = commandLine(statement, call ? 1 : 0);
    if (!line) return parserError("pipelines, variables and script blocks are not known to it.");
    return runCommand(shell, *line);
}

/// The command text among PowerShell's own switches; nothing and a reply where there is none.
std::optional<std::string> commandText(const Shell& shell, Reply& trouble)
{
    const auto& words = shell.invocation.arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string name = switchName(words[i]).value_or("");
        const auto fits = [&](const char* whole, std::size_t least) {
            return name.size() >= least && std::string_view(whole).starts_with(name);
        };
        if (fits("noprofile", 3) || fits("noninteractive", 4) || fits("nologo", 3) || name == "sta" || name == "mta")
            continue;
        if (fits("executionpolicy", 2) || name == "ep" || fits("windowstyle", 1) || fits("version", 1) ||
            fits("outputformat", 1) || fits("inputformat", 2)) {
            ++i;
            continue;
        }
        if (!name.empty() && !fits("command", 1)) {
            trouble = parserError("the switch " + words[i] + " is not known.");
            return std::nullopt;
        }
        if (!name.empty()) ++i;
        std::string text;
        if (i + 1 == words.size() && words[i] == "-")
            return shell.invocation.input ? shell.invocation.input() : std::string();
        for (; i < words.size(); ++i) text += (text.empty() ? "" : " ") + words[i];
        return text;
    }
    trouble = {1, "Windows PowerShell\n\nThe practice server runs single commands only: powershell -Command \"…\"\n"};
    return std::nullopt;
}

}  // namespace

Reply runPowershell(Shell& shell)
{
    Reply trouble;
    const auto text = commandText(shell, trouble);
    if (!text) return trouble;
    const auto statements = parse(*text);
    if (!statements) return parserError("a quote or parenthesis is not closed, or it uses variables.");
    Reply all;
    for (const Statement& statement : *statements) {
        const Reply reply = runStatement(shell, statement);
        all.text += reply.text;
        all.exitCode = reply.exitCode;
        all.stopped = reply.stopped;
        if (all.stopped) break;
        // A later statement sees what an earlier one did to the services.
        if (const auto machine = shell.backend.machine()) shell.machine = *machine;
    }
    return all;
}

}  // namespace monban::practice
