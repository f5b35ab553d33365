// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include <map>
#include <stop_token>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/practice_tasks.h"
#include "core/platform/platform.h"
#include "core/practice/folder_backend.h"
#include "core/practice/front.h"
#include "core/practice/interpreter.h"
#include "core/practice/range.h"

namespace monban::cli {
namespace {

/// What the practice subcommands are given.
struct Options {
    std::string folder;
    std::string os = "2022";
    std::string scenario = "fresh";
    std::optional<std::uint32_t> seed;
    int port = 0;
    std::string first;
    std::string second;
};
using Shared = std::shared_ptr<Options>;

int finish(const Console& console, const Result<Done>& done)
{
    if (done) return kDone;
    const ErrorCode code = done.error().code;
    const bool input = code == ErrorCode::InvalidInput || code == ErrorCode::NotFound || code == ErrorCode::Damaged;
    return console.refuse(done.error(), input ? kUsage : kWanting);
}

int makeNew(const Console& console, const Options& options)
{
    static const std::map<std::string, int> kBuilds{{"2016", windows_build::kServer2016},
                                                    {"2019", windows_build::kServer2019},
                                                    {"2022", windows_build::kServer2022},
                                                    {"2025", windows_build::kServer2025}};
    practice::NewServer server{pathFromUtf8(options.folder), kBuilds.at(options.os), options.scenario, options.seed};
    const auto made = practice::create(server);
    if (made && !console.json) {
        console.print(console.text(Message{tr("The practice server is in {0}. Next:"), {options.folder}}));
        console.print("  monban --practice " + options.folder + " apply --answers " + options.folder + "/answers.json --password-file " +
                      options.folder + "/ca/password.txt");
    }
    return finish(console, made);
}

int serve(const Console& console, const Options& options)
{
    platform::onTermination([] { stopSource.request_stop(); });
    // Scripts read one line; what changes later is for people, and stands in the folder's listening.json.
    const auto ready = [](const practice::Listening& listening) { platform::writeOutput(practice::listeningText(listening)); };
    const auto changed = [](const practice::Listening& listening) { platform::writeError(practice::listeningText(listening)); };
    const std::jthread scheduler([folder = pathFromUtf8(options.folder)] { runScheduledTasks(folder, stopSource.get_token()); });
    const struct Ending {
        ~Ending() { stopSource.request_stop(); }  // serving may end by itself, and nothing is left to schedule for
    } ending;
    return finish(console, practice::serve(pathFromUtf8(options.folder), options.port, ready, stopSource.get_token(), changed));
}

int runProgram(const Console& console, const Options& options, const std::vector<std::string>& command)
{
    if (command.empty())
        return console.refuse({ErrorCode::InvalidInput, {tr("Say which command to run after \"--\": monban practice run DIR -- certutil -store MY"), {}}, "no command"},
                              kUsage);
    const auto backend = practice::openFolder(pathFromUtf8(options.folder));
    if (!backend) return console.refuse(backend.error(), kUsage);
    const auto input = [] { return platform::inputIsTerminal() ? std::string() : platform::readInput(64 * 1024); };
    const practice::Invocation invocation{command.front(), {command.begin() + 1, command.end()}, input};
    const practice::Reply reply = practice::interpret(**backend, invocation);
    console.write(reply.text);
    // POSIX keeps only the low byte of an exit code: a failure must not become 0 there.
    return reply.exitCode != 0 && (reply.exitCode & 0xFF) == 0 ? kWanting : reply.exitCode;
}

CLI::App* add(CLI::App& parent, const char* name, const std::string& help, const Shared& options, const std::string& folderHelp)
{
    auto* command = parent.add_subcommand(name, help);
    command->add_option("DIR", options->folder, folderHelp)->required();
    return command;
}

}  // namespace

void addPractice(CLI::App& app, Console& console, Job& job, const std::vector<std::string>& afterDashes)
{
    auto* practice = app.add_subcommand("practice", console.text(tr("Make and use a practice server: a folder that behaves like a Windows Server with IIS.")));
    practice->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    const std::string folder = console.text(tr("Folder of the practice server."));
    const auto does = [&job, options](CLI::App* command, std::function<int(const Console&, const Options&)> what) {
        command->callback([&job, options, what] { job = [options, what](const Console& c) { return what(c, *options); }; });
    };

    auto* make = add(*practice, "new", console.text(tr("Make a practice server with its own CA and certificates.")), options, folder);
    make->add_option("--os", options->os, console.text(tr("Windows Server version: 2016, 2019, 2022 or 2025.")))->check(CLI::IsMember({"2016", "2019", "2022", "2025"}));
    make->add_option("--scenario", options->scenario, console.text(tr("What the server looks like at the start.")));
    make->add_option("--seed", options->seed, console.text(tr("Number that fixes names and serial numbers (keys stay random).")));
    make->footer(console.text(tr("What shall go wrong stands in the list \"faults\" of DIR/machine.json, for example "
                                 "{\"program\": \"netsh\", \"arguments\": \"add sslcert\", \"kind\": \"no-effect\", \"times\": 1}. Kinds: "
                                 "no-effect, fail, busy, denied, hang, garbage, reports-failure, other-writer.")));
    does(make, makeNew);

    auto* listen = add(*practice, "serve", console.text(tr("Serve its sites with real TLS on 127.0.0.1 until stopped.")), options, folder);
    listen->add_option("--port", options->port, console.text(tr("Port of the first endpoint (default: a free one).")))->check(CLI::Range(0, 65535));
    does(listen, serve);

    auto* run = add(*practice, "run", console.text(tr("Type one command on it: monban practice run DIR -- PROGRAM ARGUMENTS")), options, folder);
    does(run, [afterDashes](const Console& c, const Options& o) { return runProgram(c, o, afterDashes); });

    auto* issue = add(*practice, "issue", console.text(tr("Let the practice CA answer a certificate request (CSR).")), options, folder);
    issue->add_option("REQUEST", options->first, console.text(tr("The request file.")))->required();
    issue->add_option("OUT", options->second, console.text(tr("Where to put the certificate.")))->required();
    does(issue, [](const Console& c, const Options& o) {
        return finish(c, practice::issue(pathFromUtf8(o.folder), pathFromUtf8(o.first), pathFromUtf8(o.second)));
    });

    auto* revoke = add(*practice, "revoke", console.text(tr("Let the practice CA revoke a certificate and publish its list.")), options, folder);
    revoke->add_option("CERTIFICATE", options->first, console.text(tr("The certificate file.")))->required();
    does(revoke, [](const Console& c, const Options& o) { return finish(c, practice::revoke(pathFromUtf8(o.folder), pathFromUtf8(o.first))); });

    auto* clock = add(*practice, "clock", console.text(tr("Set its clock: a time, or a step such as +30d.")), options, folder);
    clock->add_option("TIME", options->first, console.text(tr("2027-01-31T00:00:00Z, +30d, -2h, +90m or +10s.")))->required();
    does(clock, [](const Console& c, const Options& o) { return finish(c, practice::setClock(pathFromUtf8(o.folder), o.first)); });

    auto* restart = add(*practice, "restart", console.text(tr("Restart it: what waits for a restart takes effect.")), options, folder);
    does(restart, [](const Console& c, const Options& o) { return finish(c, practice::restart(pathFromUtf8(o.folder))); });
}

}  // namespace monban::cli
