// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include <algorithm>

#include "app/cli/commands.h"
#include "core/platform/platform.h"

namespace monban::cli {
namespace {

/// The help has to be in a language before the command line is parsed.
Language languageOf(const std::vector<std::string>& arguments)
{
    Language language = platform::language();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string value;
        if (arguments[i] == "--lang" && i + 1 < arguments.size()) value = arguments[i + 1];
        else if (arguments[i].rfind("--lang=", 0) == 0) value = arguments[i].substr(7);
        if (value == "ja") language = Language::Japanese;
        if (value == "en") language = Language::English;
    }
    return language;
}

void addGeneral(CLI::App& app, Console& console, std::string& language, std::string& at)
{
    app.add_flag("--json", console.json, console.text(tr("Print one JSON value for scripts; messages go to standard error.")));
    app.add_option("--lang", language, console.text(tr("Language of messages: ja or en (default: the system's).")))->check(CLI::IsMember({"ja", "en"}));
    app.add_option("--practice", console.practice, console.text(tr("Work on the practice server in this folder instead of this Windows.")));
    app.add_option("--at", at, console.text(tr("Judge dates by this time (RFC 3339) instead of the clock.")));
}

int usage(const Console& console, const CLI::App& app, const CLI::ParseError& error)
{
    if (dynamic_cast<const CLI::CallForHelp*>(&error) || dynamic_cast<const CLI::CallForAllHelp*>(&error)) {
        std::string parents;
        for (const CLI::App* parent = app.get_parent(); parent; parent = parent->get_parent()) parents = parent->get_name() + " " + parents;
        if (!parents.empty()) parents.pop_back();
        platform::writeOutput(app.help(parents));
        return kDone;
    }
    if (dynamic_cast<const CLI::CallForVersion*>(&error)) {
        platform::writeOutput(std::string(error.what()) + "\n");
        return kDone;
    }
    console.say(console.text(Message{tr("The command line is not understood: {0}"), {error.what()}}));
    console.say(console.text(tr("\"monban --help\" shows the commands, \"monban COMMAND --help\" the options of one.")));
    return kUsage;
}

/// The headings of the help, which CLI11 takes from the groups its options and subcommands are in.
void nameGroups(CLI::App& app, const Console& console)
{
    for (CLI::Option* option : app.get_options())
        if (option->get_group() == "Options") option->group(console.text(tr("Options")));
    for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        command->group(console.text(tr("Commands")));
        nameGroups(*command, console);
    }
}

/// The subcommand that was asked for, for its own help.
const CLI::App& deepest(const CLI::App& app)
{
    const CLI::App* found = &app;
    while (!found->get_subcommands().empty()) found = found->get_subcommands().front();
    return *found;
}

/// What follows "--" of `practice run` belongs to the program it runs and is none of the command line's options. With
/// any other command "--" means what it always does: no options follow, so that a file may be called "-x.cer".
std::vector<std::string> takeProgram(std::vector<std::string>& arguments)
{
    const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
    const auto practice = std::find(arguments.begin(), dashes, "practice");
    if (dashes == arguments.end() || std::find(practice, dashes, "run") == dashes) return {};
    std::vector<std::string> program(dashes + 1, arguments.end());
    arguments.erase(dashes, arguments.end());
    return program;
}

int run(std::vector<std::string> arguments)
{
    Console console;
    const std::vector<std::string> afterDashes = takeProgram(arguments);
    console.language = languageOf(arguments);
    CLI::App app(console.text(tr("Monban makes an IIS site ask for client certificates of a private CA, proves that it works, and keeps it working.")),
                 "monban");
    app.allow_windows_style_options(false);  // "/tmp/x" is a path; subcommands inherit this
    app.fallthrough();
    app.require_subcommand(1);
    app.set_version_flag("--version", "monban " MONBAN_VERSION, console.text(tr("Show the version.")));
    app.set_help_flag("--help,-h", console.text(tr("Show this help.")));
    app.get_formatter()->column_width(34);
    for (const auto& [label, shown] : {std::pair{"OPTIONS", tr("OPTIONS")}, {"Usage", tr("Usage")}, {"SUBCOMMAND", tr("COMMAND")},
                                       {"Positionals", tr("Arguments")}, {"REQUIRED", tr("(required)")}, {"TEXT", tr("TEXT")}})
        app.get_formatter()->label(label, console.text(shown));

    std::string language;
    std::string at;
    Job job;
    addGeneral(app, console, language, at);
    addInspect(app, console, job);
    addDiagnose(app, console, job);
    addStatus(app, console, job);
    addSelfTest(app, console, job);
    addPlan(app, console, job);
    addApply(app, console, job);
    addKeep(app, console, job);
    addRequest(app, console, job);
    addUndo(app, console, job);
    addVerify(app, console, job);
    addPractice(app, console, job, afterDashes);
    nameGroups(app, console);

    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return usage(console, deepest(app), error);
    }
    if (app.count("--at") > 0) {
        console.at = timeFromRfc3339(at);
        if (!console.at)
            return console.refuse({ErrorCode::InvalidInput,
                                   {tr("{0} is not a time such as 2026-11-23T00:00:00Z (--at)."), {at}}, "--at"}, kUsage);
    }
    const int code = job(console);
    if (!console.outputLost) return code;
    console.say(console.text(tr("What was to be said could not be written to the output; it is not complete.")));
    return code == kDone ? kWanting : code;
}

}  // namespace
}  // namespace monban::cli

int main(int argc, char** argv)
{
    using namespace monban;
    try {
        return cli::run(platform::arguments(argc, argv));
    } catch (const std::exception& error) {
        // The last door: nothing of ours throws this far, but memory can run out.
        platform::writeError(std::string("monban: ") + error.what() + "\n");
        return cli::kWanting;
    }
}
