// SPDX-License-Identifier: MIT
// Programs through the real CreateProcess, pipes and jobs: what comes back, and that nothing is left running.
#include "core/platform/windows/process.h"

#include <windows.h>

#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "core/base/file.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Everything in these tests that must not take long is allowed this much, for a machine that is busy with other things.
constexpr auto kPromptly = 3s;

Command child(std::vector<std::string> arguments) { return {MONBAN_CHILD, std::move(arguments)}; }

Result<Output> run(std::vector<std::string> arguments, std::chrono::milliseconds timeout = 60s)
{
    return runProcess(child(std::move(arguments)), {}, {timeout, {}});
}

std::string hexOf(const std::string& bytes) { return hex(viewOf(bytes)); }

/// The output of `arguments`, back to the list.
std::vector<std::string> argumentsFrom(const std::string& text)
{
    std::vector<std::string> list;
    std::u16string argument;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\n') {
            list.push_back(utf8FromUtf16(argument));
            argument.clear();
            ++at;
        } else {
            argument += static_cast<char16_t>(std::stoul(text.substr(at, 4), nullptr, 16));
            at += 4;
        }
    }
    return list;
}

/// Whether the process with that id, printed by `launch`, is gone soon.
bool isGone(const std::string& id)
{
    const Handle process = handleOf(OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(std::stoul(id))));
    return !process || WaitForSingleObject(process.get(), 5000) == WAIT_OBJECT_0;
}

TEST(RunProcess, GivesBackOutputOfBothStreamsAndTheExitCode)
{
    const auto output = run({"pieces", hexOf("to output, "), "!", hexOf("to error")});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->text, "to output, to error");
    EXPECT_EQ(output->exitCode, 0);
}

TEST(RunProcess, GivesBackEveryExitCodeAsItIs)
{
    EXPECT_EQ(run({"exit", "1"})->exitCode, 1);
    EXPECT_EQ(run({"exit", "259"})->exitCode, 259) << "the number that also says a process still runs";
    EXPECT_EQ(run({"exit", "0x80090016"})->exitCode, static_cast<int>(0x80090016u)) << "an HRESULT, as certreq has them";
}

TEST(RunProcess, HandsOverHostileArgumentsExactly)
{
    const std::vector<std::string> hostile{"",       "two  words",  "\"quoted\"",  "a\\\\\"b",        "C:\\a b\\", "\\\\\" \\\\",
                                           "%PATH%", "a&b|c<d>e^", "tab\tline\n", "門番 \U0001F6AA", "/?",         "--%",
                                           std::string(20'000, 'x')};
    std::vector<std::string> arguments{"arguments"};
    arguments.insert(arguments.end(), hostile.begin(), hostile.end());
    const auto output = run(arguments);
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(argumentsFrom(output->text), hostile);
}

TEST(RunProcess, HandsOnOutputWhileTheProgramRuns)
{
    std::vector<std::string> pieces;
    std::vector<Clock::time_point> times;
    const auto sink = [&](const std::string& text) {
        pieces.push_back(text);
        times.push_back(Clock::now());
    };
    const auto output = runProcess(child({"pieces", hexOf("one"), "+1500", hexOf("two")}), sink, {60s, {}});
    ASSERT_TRUE(output) << output.error().detail;
    ASSERT_EQ(pieces, (std::vector<std::string>{"one", "two"}));
    EXPECT_GT(times[1] - times[0], 700ms) << "both came only at the end";
    EXPECT_EQ(output->text, "onetwo");
}

TEST(RunProcess, DecodesTheOemCodePageAndShowsWhatIsNoText)
{
    // The character is one byte in a western code page and two, cut in two here, in the Japanese one.
    const std::string text = GetOEMCP() == 932 ? "\x8F\xD8" : "\x81";
    ASSERT_TRUE(GetOEMCP() == 932 || GetOEMCP() == 437 || GetOEMCP() == 850) << GetOEMCP();
    if (const char* const wanted = std::getenv("MONBAN_OEM_CODE_PAGE")) {
        ASSERT_EQ(std::to_string(GetOEMCP()), wanted) << "this run was meant for another code page";
    }
    std::vector<std::string> arguments{"pieces"};
    for (const char byte : text) arguments.insert(arguments.end(), {hexOf(std::string(1, byte)), "+50"});
    EXPECT_EQ(run(arguments)->text, GetOEMCP() == 932 ? "証" : "ü");
    if (GetOEMCP() == 932) {
        EXPECT_EQ(run({"pieces", "8f"})->text, "\\x8f");
    }
}

TEST(RunProcess, LeavesNothingToReadOnStandardInput)
{
    const auto start = Clock::now();
    const auto output = run({"read"});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->text, "read 0");
    EXPECT_LT(Clock::now() - start, kPromptly);
}

TEST(RunProcess, StandsInTheSystemFolder) { EXPECT_TRUE(equalsIgnoringCase(run({"folder"})->text, utf8(systemFolder()))); }

TEST(RunProcess, LetsTheProgramInheritNoHandleOfOurs)
{
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    const Handle event = handleOf(CreateEventW(&inherited, TRUE, FALSE, nullptr));
    const auto number = std::to_string(reinterpret_cast<std::uintptr_t>(event.get()));
    const auto output = run({"signal", number});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(WaitForSingleObject(event.get(), 0), static_cast<DWORD>(WAIT_TIMEOUT)) << "the program reached an event of ours";
    EXPECT_EQ(output->text, "no such event");
}

TEST(RunProcess, StreamsTenMegabytesAndKeepsBothEndsOfThem)
{
    std::string last;
    std::size_t streamed = 0;
    const auto sink = [&](const std::string& text) {
        streamed += text.size();
        last = text;
    };
    const auto output = runProcess(child({"flood", "655360"}), sink, {60s, {}});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(streamed, 655360u * 16);
    EXPECT_TRUE(last.ends_with("line 0000655359\n"));
    EXPECT_LE(output->text.size(), 4u << 20);
    EXPECT_GT(output->text.size(), (4u << 20) - 100);
    EXPECT_TRUE(output->text.starts_with("line 0000000000\nline 0000000001\n"));
    EXPECT_NE(output->text.find("\n[…]\n"), std::string::npos);
    EXPECT_TRUE(output->text.ends_with("line 0000655359\n"));
}

TEST(RunProcess, StopsAProgramThatHangs)
{
    const auto start = Clock::now();
    const auto output = run({"hang"}, 700ms);
    const auto took = Clock::now() - start;
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::TimedOut);
    EXPECT_EQ(inEnglish(output.error().message), "process_child.exe did not end within 1 seconds and was stopped.");
    EXPECT_GE(took, 700ms);
    EXPECT_LT(took, 700ms + kPromptly);
}

TEST(RunProcess, StopsAProgramThatNeverStopsTalking)
{
    std::size_t streamed = 0;
    const auto start = Clock::now();
    const auto output = runProcess(child({"flood", "0"}), [&](const std::string& text) { streamed += text.size(); }, {1s, {}});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::TimedOut);
    EXPECT_GT(streamed, 100'000u);
    EXPECT_LT(Clock::now() - start, 1s + kPromptly);
}

TEST(RunProcess, EndsAtATimeoutWhatTheProgramStarted)
{
    std::string grandchild;
    const auto start = Clock::now();
    const auto output = runProcess(child({"launch-and-hang", "hang"}), [&](const std::string& text) { grandchild += text; }, {2s, {}});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::TimedOut);
    ASSERT_FALSE(grandchild.empty());
    EXPECT_TRUE(isGone(grandchild));
    EXPECT_LT(Clock::now() - start, 2s + kPromptly);
}

TEST(RunProcess, LeavesNothingRunningThatTheProgramStarted)
{
    const auto output = run({"launch", "launch", "hang"});
    ASSERT_TRUE(output) << output.error().detail;
    const std::size_t line = output->text.find('\n');
    ASSERT_LT(line + 1, output->text.size());
    EXPECT_TRUE(isGone(output->text.substr(0, line)));
    EXPECT_TRUE(isGone(output->text.substr(line + 1))) << "two generations on";
}

TEST(RunProcess, DoesNotWaitForEverForAPipeThatAGrandchildKeeps)
{
    const auto start = Clock::now();
    const auto output = run({"launch", "hang"});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->exitCode, 0);
    EXPECT_LT(Clock::now() - start, 2s + kPromptly);
    EXPECT_TRUE(isGone(output->text));
}

TEST(RunProcess, HearsTheLastWordsOfAGrandchildThatEndsSoon)
{
    const auto output = run({"launch", "pieces", "+300", hexOf("late")});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_TRUE(output->text.ends_with("\nlate")) << output->text;
}

TEST(RunProcess, StopsAtOnceWhenTheCallerAsksForIt)
{
    std::stop_source stop;
    std::atomic<bool> asked = false;
    Clock::time_point when;
    std::jthread caller([&] {
        std::this_thread::sleep_for(500ms);
        when = Clock::now();
        asked = true;
        stop.request_stop();
    });
    const auto output = runProcess(child({"hang"}), {}, {60s, stop.get_token()});
    const auto end = Clock::now();
    ASSERT_TRUE(asked);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(inEnglish(output.error().message), "process_child.exe was stopped because you asked for it.");
    EXPECT_LT(end - when, kPromptly);
    std::cout << "stopped within " << (end - when) / 1ms << " ms\n";
}

TEST(RunProcess, StartsNothingForACallerWhoStoppedBefore)
{
    std::stop_source stop;
    stop.request_stop();
    const auto output = runProcess({"C:\\no\\such.exe", {}}, {}, {60s, stop.get_token()});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::Cancelled);
}

TEST(RunProcess, EndsTheProgramWhenTheSinkThrows)
{
    std::string id;
    const auto sink = [&](const std::string& text) {
        id = text;
        throw std::runtime_error("the window is gone");
    };
    EXPECT_THROW((void)runProcess(child({"launch", "hang"}), sink, {60s, {}}), std::runtime_error);
    EXPECT_TRUE(isGone(id));
}

TEST(RunProcess, ReportsTheCodeOfAProgramThatCrashes)
{
    const auto start = Clock::now();
    const auto output = run({"crash"});
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->exitCode, static_cast<int>(0xC0000005u));
    EXPECT_LT(Clock::now() - start, kPromptly);
}

TEST(RunProcess, NamesAProgramThatIsNotThere)
{
    for (const std::string path : {"C:\\windows\\system32\\certreq-of-another-world.exe", "C:\\no folder\\x.exe", "Q:\\x.exe"}) {
        const auto output = runProcess({path, {}}, {}, {});
        ASSERT_FALSE(output) << path;
        EXPECT_EQ(output.error().code, ErrorCode::NotFound) << output.error().detail;
        EXPECT_EQ(inEnglish(output.error().message), path + " is not on this computer.");
    }
}

TEST(RunProcess, RefusesWhatIsNoFullPathToAProgram)
{
    for (const std::string path : {"netsh.exe", "system32\\netsh.exe", "\\windows\\netsh.exe", "C:netsh.exe", ".\\netsh.exe", "", "C:\\x.bat", "C:\\x.CMD",
                                   "C:\\x.exe.", "C:\\windows\\system32\\netsh"}) {
        const auto output = runProcess({path, {}}, {}, {});
        ASSERT_FALSE(output) << path;
        EXPECT_EQ(output.error().code, ErrorCode::InvalidInput) << path << ": " << output.error().detail;
    }
}

TEST(RunProcess, SaysWhyAFileDoesNotStart)
{
    const fs::path file = fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%.exe");
    ASSERT_TRUE(replaceFile(file, std::string("no program at all")));
    const auto output = runProcess({utf8(file), {}}, {}, {});
    (void)removeFile(file);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::Io) << output.error().detail;
    EXPECT_TRUE(inEnglish(output.error().message).starts_with(utf8(file) + " could not be started: ")) << inEnglish(output.error().message);
}

TEST(RunProcess, RefusesArgumentsThatWouldArriveAsOthers)
{
    const std::string program = MONBAN_CHILD;
    for (const Command& command : {Command{program, {std::string("a\0b", 3)}}, Command{program, {"ok", "\xFF"}}, Command{std::string("C:\\a\0.exe", 9), {}},
                                   Command{program, {std::string(32'767, 'x')}}}) {
        const auto output = runProcess(command, {}, {});
        ASSERT_FALSE(output);
        EXPECT_EQ(output.error().code, ErrorCode::InvalidInput) << output.error().detail;
    }
}

TEST(RunProcess, TakesTheLongestCommandLineWindowsAllowsAndNoLonger)
{
    const std::size_t rest = wide(windowsCommandLine(child({"arguments", ""}))).size() - 2;
    const auto longest = run({"arguments", std::string(32'766 - rest, 'x')});
    ASSERT_TRUE(longest) << longest.error().detail;
    EXPECT_EQ(argumentsFrom(longest->text).at(0).size(), 32'766 - rest);
    const auto longer = run({"arguments", std::string(32'767 - rest, 'x')});
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::InvalidInput);
}

TEST(RunProcess, LeavesNoHandleBehind)
{
    const auto count = [] {
        DWORD handles = 0;
        GetProcessHandleCount(GetCurrentProcess(), &handles);
        return handles;
    };
    (void)run({"exit", "0"});
    const DWORD before = count();
    for (int i = 0; i < 4; ++i) {
        (void)run({"exit", "0"});
        (void)run({"hang"}, 10ms);
        (void)runProcess({"C:\\no\\such.exe", {}}, {}, {});
    }
    EXPECT_LE(count(), before);
}

}  // namespace
}  // namespace monban::windows
