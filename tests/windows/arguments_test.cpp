// SPDX-License-Identifier: MIT
// Hostile arguments through the real CreateProcess into the real C runtime and the real CommandLineToArgvW.
#include <windows.h>

#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/quoting.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

/// Starts the program with our line and waits; nothing stands between: no shell, no library.
bool ran(const Command& command)
{
    const std::u16string line = utf16FromUtf8(windowsCommandLine(command));
    std::wstring buffer(line.begin(), line.end());
    const std::u16string program = utf16FromUtf8(command.program);
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION process{};
    if (!CreateProcessW(std::wstring(program.begin(), program.end()).c_str(), buffer.data(), nullptr, nullptr, FALSE, CREATE_NO_WINDOW, nullptr, nullptr,
                        &startup, &process))
        return false;
    WaitForSingleObject(process.hProcess, 60'000);
    DWORD code = 1;
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return code == 0;
}

/// The two lists the child saw.
std::vector<std::vector<std::string>> seen(const fs::path& file)
{
    const auto bytes = readFile(file);
    std::vector<std::vector<std::string>> lists(1);
    std::u16string word;
    for (std::size_t i = 0; bytes && i + 1 < bytes->size(); i += 2) {
        const auto unit = static_cast<char16_t>((*bytes)[i] | (*bytes)[i + 1] << 8);
        if (unit != 0) {
            word += unit;
        } else if (word == u"\x01") {
            lists.emplace_back();
            word.clear();
        } else {
            lists.back().push_back(utf8FromUtf16(word));
            word.clear();
        }
    }
    return lists;
}

TEST(Arguments, ArriveByteForByteAsWindowsItselfReadsThem)
{
    const fs::path file = fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%.txt");
    const std::vector<std::string> hostile{"",           "plain",          "two  words",   " lead",       "trail ",     "tab\there",     "line\nbreak",
                                           "\"",         "\"quoted\"",     "a\"b",         "\"\"",        "\\",         "\\\\",          "C:\\a b\\",
                                           "C:\\a\\",    "\\\"",           "a\\\\\"b",     "\\\\\" \\\\", "\\\\unc\\x", "%PATH%",        "100%",
                                           "a&b|c<d>e^", "(x) {y} [z]",    "!bang!",       "it's",        "‘curly’ “”", "@now",          "-x",
                                           "/?",         "--%",            "a;b,c=d",      "$x `n",       "門番 サイト", "\U0001F6AA 👨‍👩‍👧", "*.cpp",
                                           "?",          std::string(260, 'n'), std::string(20'000, 'x') + " \\",
                                           "/+bindings.[protocol='https',bindingInformation='*:443:']"};
    std::vector<std::string> all{utf8(file)};
    all.insert(all.end(), hostile.begin(), hostile.end());
    ASSERT_TRUE(ran({MONBAN_CHILD, all}));
    const auto together = seen(file);
    ASSERT_EQ(together.size(), 3u);
    EXPECT_EQ(together[0], all) << "the C runtime";
    EXPECT_EQ(together[1], all) << "CommandLineToArgvW";
    for (const std::string& one : hostile) {
        ASSERT_TRUE(ran({MONBAN_CHILD, {utf8(file), one}})) << one;
        const auto alone = seen(file);
        ASSERT_EQ(alone.size(), 3u) << one;
        EXPECT_EQ(alone[0], (std::vector<std::string>{utf8(file), one}));
        EXPECT_EQ(alone[1], (std::vector<std::string>{utf8(file), one})) << one;
    }
    boost::system::error_code ignored;
    fs::remove(file, ignored);
}

}  // namespace
}  // namespace monban
