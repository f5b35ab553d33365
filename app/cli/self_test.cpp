// SPDX-License-Identifier: MIT
#include "core/run/self_test.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <stop_token>

#include "app/cli/commands.h"
#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/platform/loaded_libraries.h"
#include "core/platform/platform.h"

namespace monban::cli {
namespace {

void print(const Console& console, const SelfTestCheck& check)
{
    const char* mark = check.outcome == SelfTestCheck::Outcome::Passed ? tr("as expected") : check.outcome == SelfTestCheck::Outcome::Failed ? tr("different") : tr("not compared");
    console.print("  [" + console.text(mark) + "] " + check.id + "  " + console.text(check.title));
    if (!check.reason.empty()) console.print("    " + console.text(check.reason));
    if (check.outcome == SelfTestCheck::Outcome::Failed && check.command)
        console.print("    > " + forCommandPrompt(*check.command).value_or(check.command->program));
}

int selfTest(const Console& console, const std::string& report)
{
    const auto server = console.server();
    if (!server) return console.refuse(server.error(), kUsage);
    platform::onTermination([] { stopSource.request_stop(); });
    const SelfTest test = monban::selfTest(**server, platform::loadedLibraries(), stopSource.get_token());
    if (!report.empty())
        if (const auto written = replaceFile(pathFromUtf8(report), jsonText(selfTestJson(test, console.language))); !written)
            return console.refuse(written.error(), kUsage);
    if (console.json) {
        console.print(selfTestJson(test, console.language));
    } else {
        console.print(console.text(tr("Nothing is changed: Monban compares what it observes with what Windows' own programs print.")));
        for (const SelfTestCheck& check : test.checks) print(console, check);
        if (report.empty()) console.print(console.text(tr("With --report FILE all of it, the output of the programs included, is kept in a file to send.")));
        else console.print(console.text(Message{tr("The report is in {0}. It names sites, certificates and the server, and holds no password or key."), {report}}));
    }
    return test.passed() ? kDone : kWanting;
}

}  // namespace

void addSelfTest(CLI::App& app, Console& console, Job& job)
{
    struct Options {
        std::string report;
    };
    const auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("selftest", console.text(tr("Compare what Monban observes with what Windows' own programs print; changes nothing.")));
    command->add_option("--report", options->report, console.text(tr("File the report is written to")))->type_name("FILE");
    command->callback([&job, options] { job = [options](const Console& chosen) { return selfTest(chosen, options->report); }; });
}

}  // namespace monban::cli
