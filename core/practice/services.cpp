// SPDX-License-Identifier: MIT
#include "core/practice/services.h"

#include <algorithm>

namespace monban::practice {

const std::vector<Service>& services()
{
    static const std::vector<Service> kServices = {
        {"appidsvc", "Application Identity", "Application Identity", {"cryptsvc"}},
        {"apphostsvc", "Application Host Helper Service", "Application Host Helper Service", {}},
        {"cryptsvc", "Cryptographic Services", "Cryptographic Services", {}},
        {"http", "HTTP Service", "HTTP Service", {}},
        {"schedule", "Task Scheduler", "Task Scheduler", {}},
        {"w3svc", "World Wide Web Publishing Service", "World Wide Web 発行サービス", {"was", "http"}},
        {"was", "Windows Process Activation Service", "Windows Process Activation Service", {}},
        {"winrm", "Windows Remote Management (WS-Management)", "Windows Remote Management (WS-Management)", {"http"}},
    };
    return kServices;
}

const Service* serviceNamed(const std::string& name)
{
    const std::string wanted = unquoted(name);
    for (const Service& service : services())
        if (equalsIgnoringCase(wanted, service.name) || equalsIgnoringCase(wanted, service.english) ||
            wanted == service.japanese)
            return &service;
    return nullptr;
}

bool dependsOn(const Service& service, const std::string& other)
{
    return std::ranges::any_of(service.needs, [&](const char* need) { return other == need; });
}

bool isStopped(const Machine& machine, const Service& service)
{
    const auto found = machine.stoppedServices.find(service.name);
    return found != machine.stoppedServices.end() && found->second == "stopped";
}

std::vector<const Service*> runningDependents(const Machine& machine, const Service& service)
{
    std::vector<const Service*> dependents;
    for (const Service& other : services())
        if (!isStopped(machine, other) && dependsOn(other, service.name)) dependents.push_back(&other);
    return dependents;
}

void startService(Machine& machine, const Service& service)
{
    for (const char* need : service.needs) startService(machine, *serviceNamed(need));
    machine.stoppedServices.erase(service.name);
}

void stopService(Machine& machine, const Service& service)
{
    for (const Service* dependent : runningDependents(machine, service)) stopService(machine, *dependent);
    machine.stoppedServices[service.name] = "stopped";
}

namespace {

const char* shown(const Shell& shell, const Service& service)
{
    return shell.japanese() ? service.japanese : service.english;
}

std::string netHelp(const Shell& shell, int number)
{
    return fill(shell.say("\nMore help is available by typing NET HELPMSG {0}.\n\n",
                          "\nNET HELPMSG {0} と入力すると、より詳しい説明が得られます。\n\n"),
                {std::to_string(number)});
}

Reply netDenied(const Shell& shell)
{
    return {2, shell.say("System error 5 has occurred.\n\n", "システム エラー 5 が発生しました。\n\n") +
                   shell.message(win::kAccessDenied) + "\n\n"};
}

Reply save(const Shell& shell, const std::string& text)
{
    const auto written = shell.backend.writeMachine(shell.machine);
    if (written) return {0, text};
    return {2, inLanguage(written.error().message, shell.machine.language) + "\n"};
}

std::string stopped(const Shell& shell, const Service& service)
{
    return fill(shell.say("The {0} service is stopping.\nThe {0} service was stopped successfully.\n\n",
                          "{0} サービスを停止中です.\n{0} サービスは正常に停止されました。\n\n"),
                {shown(shell, service)});
}

Reply netStop(Shell& shell, const Service& service, bool yes)
{
    if (isStopped(shell.machine, service))
        return {2, fill(shell.say("The {0} service is not started.\n", "{0} サービスは開始されていません。\n"),
                        {shown(shell, service)}) +
                       netHelp(shell, 3521)};
    std::string text;
    const auto dependents = runningDependents(shell.machine, service);
    if (!dependents.empty()) {
        text = fill(shell.say("The following services are dependent on the {0} service.\nStopping the {0} service will "
                              "also stop these services.\n\n",
                              "次のサービスは {0} サービスに依存しています。\n{0} "
                              "サービスを停止すると、これらのサービスも停止されます。\n\n"),
                    {shown(shell, service)});
        for (const Service* dependent : dependents) text += std::string("   ") + shown(shell, *dependent) + "\n";
        if (!yes) {
            text += shell.say("\nDo you want to continue this operation? (Y/N) [N]: ",
                              "\nこの操作を続行しますか? (Y/N) [N]: ");
            const auto answer = shell.inputLine();
            text += "\n";
            if (!answer || !lowerAscii(trimmed(*answer)).starts_with("y")) return {2, text};
        }
        text += "\n";
    }
    for (const Service* dependent : dependents) text += stopped(shell, *dependent);
    text += stopped(shell, service);
    stopService(shell.machine, service);
    return save(shell, text);
}

Reply netStart(Shell& shell, const Service& service)
{
    if (!isStopped(shell.machine, service))
        return {2, shell.say("The requested service has already been started.\n",
                             "要求したサービスは既に開始されています。\n") +
                       netHelp(shell, 2182)};
    startService(shell.machine, service);
    return save(shell, fill(shell.say("The {0} service is starting.\nThe {0} service was started successfully.\n\n",
                                      "{0} サービスを開始します.\n{0} サービスは正常に開始されました。\n\n"),
                            {shown(shell, service)}));
}

std::string scState(const Shell& shell, const Service& service)
{
    const bool off = isStopped(shell.machine, service);
    return std::string("\nSERVICE_NAME: ") + service.name +
           "\n        TYPE               : 20  WIN32_SHARE_PROCESS  \n" +
           (off ? "        STATE              : 1  STOPPED \n"
                : "        STATE              : 4  RUNNING \n                                (STOPPABLE, NOT_PAUSABLE, "
                  "ACCEPTS_SHUTDOWN)\n") +
           "        WIN32_EXIT_CODE    : 0  (0x0)\n        SERVICE_EXIT_CODE  : 0  (0x0)\n"
           "        CHECKPOINT         : 0x0\n        WAIT_HINT          : 0x0\n";
}

Reply scFailed(const Shell& shell, const char* call, std::uint32_t code)
{
    return {static_cast<int>(code),
            "[SC] " + std::string(call) + " FAILED " + std::to_string(code) + ":\n\n" + shell.message(code) + "\n\n"};
}

}  // namespace

Reply runNet(Shell& shell)
{
    std::vector<std::string> words;
    bool yes = false;
    for (const std::string& word : shell.invocation.arguments) {
        const auto name = switchName(word);
        if (name == "y" || name == "yes") yes = true;
        else words.push_back(word);
    }
    const std::string verb = words.empty() ? std::string() : lowerAscii(words[0]);
    if (words.size() == 1 && verb == "start") {
        std::string text =
            shell.say("These Windows services are started:\n\n", "次の Windows サービスが開始されています:\n\n");
        for (const Service& service : services())
            if (!isStopped(shell.machine, service)) text += std::string("   ") + shown(shell, service) + "\n";
        return {0, text + "\n" +
                       shell.say("The command completed successfully.\n\n", "コマンドは正常に終了しました。\n\n")};
    }
    if (words.size() != 2 || (verb != "start" && verb != "stop"))
        return {1,
                shell.say("The syntax of this command is:\n\nNET START [service]\nNET STOP service [/Y]\n\n",
                          "このコマンドの構文は次のとおりです:\n\nNET START [サービス]\nNET STOP サービス [/Y]\n\n")};
    const Service* const service = serviceNamed(words[1]);
    if (service == nullptr)
        return {2, shell.say("The service name is invalid.\n", "サービス名が無効です。\n") + netHelp(shell, 2185)};
    if (!shell.machine.elevated) return netDenied(shell);
    return verb == "stop" ? netStop(shell, *service, yes) : netStart(shell, *service);
}

Reply runSc(Shell& shell)
{
    const auto& words = shell.invocation.arguments;
    const std::string verb = words.empty() ? std::string() : lowerAscii(words[0]);
    if (verb == "query" && words.size() == 1) {
        std::string text;
        for (const Service& service : services())
            if (!isStopped(shell.machine, service)) text += scState(shell, service);
        return {0, text};
    }
    if (words.size() != 2 || (verb != "query" && verb != "start" && verb != "stop" && verb != "queryex"))
        return {1639,
                "DESCRIPTION:\n        SC is a command line program used for communicating with the\n        Service "
                "Control Manager and services.\n"
                "USAGE:\n        sc query [service name]\n        sc start [service name]\n        sc stop [service "
                "name]\n"};
    const Service* const service = serviceNamed(words[1]);
    if (service == nullptr)
        return scFailed(shell, verb.starts_with("query") ? "EnumQueryServicesStatus:OpenService" : "OpenService",
                        win::kServiceDoesNotExist);
    if (verb.starts_with("query")) return {0, scState(shell, *service)};
    if (!shell.machine.elevated) return scFailed(shell, "OpenService", win::kAccessDenied);
    if (verb == "start") {
        if (!isStopped(shell.machine, *service)) return scFailed(shell, "StartService", win::kServiceAlreadyRunning);
        startService(shell.machine, *service);
    } else {
        if (isStopped(shell.machine, *service)) return scFailed(shell, "ControlService", win::kServiceNotActive);
        if (!runningDependents(shell.machine, *service).empty()) return scFailed(shell, "ControlService", 1051);
        stopService(shell.machine, *service);
    }
    return save(shell, scState(shell, *service));
}

Reply runIisreset(Shell& shell)
{
    std::string action = "restart";
    for (const std::string& word : shell.invocation.arguments) {
        const std::string name = switchName(word).value_or("");
        if (name == "stop" || name == "start" || name == "restart" || name == "status") action = name;
        else if (name != "noforce" && !name.starts_with("timeout:"))
            return {1,
                    "IISRESET.EXE (c) Microsoft Corp.\n\nUsage:\niisreset [/RESTART | /START | /STOP | /STATUS] "
                    "[/NOFORCE] [/TIMEOUT:<val>]\n"};
    }
    const Service& site = *serviceNamed("w3svc");
    const Service& activation = *serviceNamed("was");
    if (action == "status") {
        std::string text;
        for (const Service* service : {&activation, &site})
            text += fill(
                shell.say("Status for {0} ( {1} ) : {2}\n", "{0} ( {1} ) の状態: {2}\n"),
                {shown(shell, *service), service->name,
                 isStopped(shell.machine, *service) ? shell.say("Stopped", "停止") : shell.say("Running", "実行中")});
        return {0, text};
    }
    if (!shell.machine.elevated)
        return {5, shell.say("\nAccess denied, you must be an administrator of the remote computer to use "
                             "this\ncommand. Either have your user "
                             "account added to the administrator local group of\nthe remote computer or to the domain "
                             "administrator global group.\n",
                             "\nアクセスが拒否されました。このコマンドを使用するには、リモート "
                             "コンピューターの管理者である必要があります。\n")};
    std::string text = "\n";
    if (action != "start") {
        text += shell.say("Attempting stop...\nInternet services successfully stopped\n",
                          "停止しています...\nインターネット サービスを正常に停止しました\n");
        stopService(shell.machine, site);
        stopService(shell.machine, activation);
    }
    if (action != "stop") {
        text += action == "restart" ? shell.say("Attempting start...\nInternet services successfully restarted\n",
                                                "開始しています...\nインターネット サービスを正常に再起動しました\n")
                                    : shell.say("Attempting start...\nInternet services successfully started\n",
                                                "開始しています...\nインターネット サービスを正常に開始しました\n");
        startService(shell.machine, site);
    }
    return save(shell, text);
}

}  // namespace monban::practice
