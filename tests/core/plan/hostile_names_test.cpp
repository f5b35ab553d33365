// SPDX-License-Identifier: MIT
// Names as hostile as IIS and Windows allow: every argument list the plan makes arrives byte for byte, by the rules of
// each way it travels, and the practice server does with it what was meant.
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>

#include "core/observe/configuration_text.h"
#include "core/pki/digest.h"
#include "core/plan/plan.h"
#include "core/practice/practice_server.h"
#include "core/run/planning.h"
#include "tests/core/practice/practice_folder.h"
#include "tests/support/shells.h"
#include "tests/support/values.h"

namespace monban {
namespace {

const std::vector<std::string> kNames{
    "Default Web Site",
    "-x",
    "--%",
    "-site.name:other",
    "a b  c",
    " leading",
    "trailing ",
    "O'Brien & Söhne",
    "100% %PATH% %X%",
    "a^b^^c^",
    "a&b&&c|d>e<f",
    "(group) [x] {y}",
    "!bang! ~tilde~",
    "semi;comma,equals=colon",
    "$env:PATH $(calc) `n @x #y",
    "it''s ‘curly’ “quotes”",
    "門番 サイト",
    "門\U0001F6AA\U0001F468\u200D\U0001F469\u200D\U0001F467",
    "back\\slash",
    "ends with \\",
    "two \\\\",
    "'",
    "]",
    "a']b",
    "x',protocol='http",
    "[protocol='https']",
    "tab\there",
    std::string(260, 'n'),
    std::string(1000, '\'') + " \\",
    "?",
    "*",
    "/?",
    "none",
    "machine",
    "APPHOST",
    "MACHINE",
};
/// A site's name may not hold these (IIS refuses them), the store's name and files' names may hold some.
bool mayBeSite(const std::string& name) { return name.find_first_of("/?") == std::string::npos; }

/// Answers and facts in which that name stands wherever one can.
struct Scene {
    Answers answers;
    Materials materials = support::materials();
    Facts facts = support::freshFacts();

    explicit Scene(const std::string& name, int build = windows_build::kServer2022) : facts(support::freshFacts(build))
    {
        if (mayBeSite(name)) {
            facts.sites->front().name = answers.bind.site = name;
            facts.sites->front().access = {Access{name, 0, true}};
        }
        answers.trust.ctlStore = name;
        answers.import.friendlyName = name;
        answers.require.path = "/" + name;
        (*materials.root)->file = "C:\\pki\\" + name;
        SslRecord record;
        record.endpoint = "0.0.0.0:443";
        record.appId = kIisAppId;
        record.ctlIdentifier = name;
        record.ctlStore = name;
        facts.records->push_back(record);
    }
};

std::vector<std::string> listOf(const Command& command)
{
    std::vector<std::string> list{command.program};
    list.insert(list.end(), command.arguments.begin(), command.arguments.end());
    return list;
}

/// The rules of the C runtime since 2008 (learn.microsoft.com, "Parsing C command-line arguments"), read once more, as a
/// machine of states: the other reader of the tests was written from CommandLineToArgvW's page.
std::vector<std::string> throughTheRuntime(const std::string& line)
{
    std::vector<std::string> list;
    std::size_t at = 0;
    std::string word;
    bool inside = false;
    for (; at < line.size() && (inside || (line[at] != ' ' && line[at] != '\t')); ++at) {
        if (line[at] == '"') inside = !inside;  // in the program's name a backslash is a backslash
        else word += line[at];
    }
    list.push_back(word);
    enum { Between, Bare, Quoted } state = Between;
    std::size_t slashes = 0;
    const auto flush = [&](std::size_t count) { word.append(count, '\\'), slashes = 0; };
    word.clear();
    for (; at <= line.size(); ++at) {
        const char c = at < line.size() ? line[at] : '\0';
        const bool end = at == line.size() || (state != Quoted && (c == ' ' || c == '\t'));
        if (end) {
            flush(slashes);
            if (state != Between) list.push_back(word);
            word.clear();
            state = Between;
        } else if (c == '\\') {
            ++slashes;
            if (state == Between) state = Bare;
        } else if (c == '"' && slashes % 2 == 1) {
            flush(slashes / 2);
            word += '"';
            if (state == Between) state = Bare;
        } else if (c == '"') {
            flush(slashes / 2);
            if (state == Quoted && at + 1 < line.size() && line[at + 1] == '"') word += line[at++];
            else state = state == Quoted ? Bare : Quoted;
        } else {
            flush(slashes);
            word += c;
            if (state == Between) state = Bare;
        }
    }
    return list;
}

void expectArrival(const Command& command)
{
    const std::vector<std::string> wanted = listOf(command);
    const std::string line = windowsCommandLine(command);
    EXPECT_EQ(support::parseWindowsCommandLine(line), wanted) << line;
    EXPECT_EQ(throughTheRuntime(line), wanted) << line;
    if (const auto typed = forCommandPrompt(command)) {
        EXPECT_EQ(throughTheRuntime(support::throughCommandPrompt(*typed)), wanted) << *typed;
    }
    if (const auto typed = forPowerShell(command)) {
        EXPECT_EQ(throughTheRuntime(support::throughPowerShell(*typed)), wanted) << *typed;
    }
    EXPECT_LT(line.size(), 32'767u) << "CreateProcess takes no more";
}

TEST(HostileNames, ArriveByteForByteInEveryCommandOfThePlan)
{
    int commands = 0;
    for (const std::string& name : kNames) {
        for (const int build : {windows_build::kServer2016, windows_build::kServer2022}) {
            SCOPED_TRACE(name);
            const Scene scene(name, build);
            const Plan plan = planSetup({scene.answers, scene.materials, scene.facts, {}});
            for (const Step& step : plan.steps) {
                for (const auto* action : {&step.action, &step.undo}) {
                    const auto* command = *action ? std::get_if<Command>(&**action) : nullptr;
                    if (!command) continue;
                    ++commands;
                    expectArrival(*command);
                }
            }
        }
    }
    EXPECT_GT(commands, 500);
}

/// The first single-quoted string of a PowerShell line, by about_Quoting_Rules: U+2018 to U+201B are quotes as well.
std::string firstString(const std::string& line)
{
    const auto quoteAt = [&](std::size_t at) -> std::size_t {
        if (at < line.size() && line[at] == '\'') return 1;
        for (const char* curly : {"‘", "’", "‚", "‛"})
            if (line.compare(at, 3, curly) == 0) return 3;
        return 0;
    };
    std::size_t at = line.find('\'') + 1;
    std::string text;
    while (at < line.size()) {
        const std::size_t length = quoteAt(at);
        if (length == 0) {
            text += line[at++];
        } else if (const std::size_t second = quoteAt(at + length)) {
            text += line.substr(at, length);
            at += length + second;
        } else {
            return text;
        }
    }
    return "no end: " + line;
}

TEST(HostileNames, ArriveInWhatIsShownForMonbansOwnActions)
{
    for (const std::string& name : kNames) {
        EXPECT_EQ(firstString(*byHand(SetCertificateProperty{"MY", std::string(40, 'a'), name}).powerShell), name);
        EXPECT_EQ(firstString(*byHand(ImportPkcs12{"C:\\pki\\" + name, "", "MY", "", "", {}}).powerShell), "C:\\pki\\" + name);
        EXPECT_EQ(firstString(*byHand(WriteFile{name, Bytes{1}}).powerShell), name);
        EXPECT_EQ(firstString(*byHand(WriteFile{name, std::nullopt}).powerShell), name);
    }
}

/// No command may say something else because a name looks like an option of appcmd's.
TEST(HostileNames, AreNeverAnOptionOfAppcmd)
{
    for (const std::string& name : kNames) {
        if (!mayBeSite(name)) continue;
        const Scene scene(name);
        const Plan plan = planSetup({scene.answers, scene.materials, scene.facts, {}});
        for (const Step& step : plan.steps) {
            const auto* command = step.action ? std::get_if<Command>(&*step.action) : nullptr;
            if (!command || command->program.find("appcmd") == std::string::npos) continue;
            const std::string& third = command->arguments.at(2);
            const bool option = third.starts_with("/site.name:") || third.starts_with("/section:");
            EXPECT_TRUE(option || (third.front() != '-' && third.front() != '/')) << third;
        }
    }
}

class HostileSites : public practice::PracticeFolder, public testing::WithParamInterface<std::string> {};

TEST_P(HostileSites, AreSetUpOnThePracticeServerAndTakenBack)
{
    const std::string name = GetParam();
    ASSERT_TRUE(backend().writeConfiguration(
        "<configuration><system.applicationHost><sites><site name=\"" + ConfigurationText::escaped(name) +
        "\" id=\"1\"><bindings><binding protocol=\"http\" bindingInformation=\"*:80:\" /></bindings></site>"
        "<site name=\"Other\" id=\"2\"><bindings /></site></sites></system.applicationHost></configuration>"));
    const practice::TestKey key = practice::testKey();
    const auto root = practice::testX509("Root", key);
    // What Windows lets no file name hold is left to the names of sites.
    const bool holdable = name.size() < 100 && name.find_first_of("\\/<>:\"|?*\t\r\n") == std::string::npos;
    const fs::path file = m_folder / pathFromUtf8("r " + (holdable ? name : std::string("plain")) + ".der");
    ASSERT_TRUE(replaceFile(file, practice::derOf(root.get())));
    Answers answers;
    answers.bind.site = name;
    answers.require.mode = RequireAnswers::Mode::Accept;
    answers.root.file = utf8(file);
    const Materials materials = readMaterials(answers, Secret(), {});
    const auto server = practice::PracticeServer::open(m_folder);
    ASSERT_TRUE(server);
    const Planned planned = planOn(**server, answers, materials, {});
    const auto before = (*server)->observe({});
    int ran = 0;
    const auto run = [&](const Action& action) {
        const auto output = (*server)->run(action, materials, [](const std::string&) {}, {});
        ASSERT_TRUE(output) << inEnglish(output.error().message);
        EXPECT_EQ(output->exitCode, 0) << output->text << byHand(action).commandPrompt.value_or("");
        ++ran;
    };
    for (const Step& step : planned.plan.steps)
        if (step.state == StepState::Needed) run(*step.action);
    EXPECT_EQ(ran, 5) << "both stores, the binding, the issuer list, the access flags";
    const Planned again = planOn(**server, answers, materials, {});
    for (const Step& step : again.plan.steps) EXPECT_TRUE(step.state == StepState::Done || step.state == StepState::Blocked) << step.id;
    ASSERT_EQ(again.facts.sites->size(), 2u);
    EXPECT_EQ(again.facts.sites->front().name, name);
    EXPECT_EQ(again.facts.sites->front().bindings.size(), 2u);
    EXPECT_TRUE(again.facts.sites->back().bindings.empty());
    for (auto step = planned.plan.steps.rbegin(); step != planned.plan.steps.rend(); ++step)
        if (step->state == StepState::Needed && step->undo) run(*step->undo);
    const auto after = (*server)->observe({});
    EXPECT_EQ(after.sites->front().bindings, before.sites->front().bindings);
    EXPECT_EQ(after.sites->front().access, before.sites->front().access);
}

std::vector<std::string> sites()
{
    std::vector<std::string> names;
    for (const std::string& name : kNames)
        if (mayBeSite(name)) names.push_back(name);
    return names;
}
INSTANTIATE_TEST_SUITE_P(Names, HostileSites, testing::ValuesIn(sites()));

}  // namespace
}  // namespace monban
