// SPDX-License-Identifier: MIT
// A program that does what a test of process creation tells it to: the first argument is the word, see main().
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using List = wchar_t**;

void writeTo(DWORD stream, const void* bytes, DWORD size)
{
    DWORD wrote = 0;
    WriteFile(GetStdHandle(stream), bytes, size, &wrote, nullptr);
}
void say(const std::string& text) { writeTo(STD_OUTPUT_HANDLE, text.data(), static_cast<DWORD>(text.size())); }

/// Every argument as the hex digits of its UTF-16 units, a line each: no code page comes between.
int arguments(int count, List list)
{
    for (int i = 2; i < count; ++i) {
        std::string line;
        char digits[8];
        for (const wchar_t* unit = list[i]; *unit; ++unit) {
            std::snprintf(digits, sizeof digits, "%04x", static_cast<unsigned>(*unit));
            line += digits;
        }
        say(line + "\n");
    }
    return 0;
}

/// Hex digits are bytes to write, "+500" is a pause in milliseconds, "!" goes over to the error stream.
int pieces(int count, List list)
{
    DWORD stream = STD_OUTPUT_HANDLE;
    for (int i = 2; i < count; ++i) {
        if (list[i][0] == L'!') {
            stream = STD_ERROR_HANDLE;
        } else if (list[i][0] == L'+') {
            Sleep(std::wcstoul(list[i] + 1, nullptr, 10));
        } else {
            std::string bytes;
            for (const wchar_t* at = list[i]; at[0] && at[1]; at += 2) {
                const wchar_t pair[3] = {at[0], at[1], 0};
                bytes += static_cast<char>(std::wcstoul(pair, nullptr, 16));
            }
            writeTo(stream, bytes.data(), static_cast<DWORD>(bytes.size()));
        }
    }
    return 0;
}

/// Numbered lines of 16 bytes: how many, or for ever.
int flood(unsigned long lines)
{
    std::string block;
    char line[32];
    for (unsigned long i = 0; lines == 0 || i < lines; ++i) {
        std::snprintf(line, sizeof line, "line %010lu\n", i % 1'000'000'000);
        block += line;
        if (block.size() < 4096) continue;
        say(block);
        block.clear();
    }
    say(block);
    return 0;
}

/// Starts this program once more with what follows, says its id and does not wait for it.
int launch(int count, List list)
{
    wchar_t self[MAX_PATH];
    GetModuleFileNameW(nullptr, self, MAX_PATH);
    std::wstring line = L"child";
    for (int i = 2; i < count; ++i) line += std::wstring(L" ") + list[i];
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION process{};
    if (!CreateProcessW(self, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup, &process)) return 9;
    say(std::to_string(process.dwProcessId) + "\n");
    return 0;
}

int readToTheEnd()
{
    char buffer[256];
    DWORD got = 0;
    unsigned long all = 0;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof buffer, &got, nullptr) && got > 0) all += got;
    say("read " + std::to_string(all));
    return 0;
}

/// Uses a handle by its number, as a program could that had inherited it.
int signal(const wchar_t* number)
{
    const auto value = std::wcstoull(number, nullptr, 10);
    say(SetEvent(reinterpret_cast<HANDLE>(value)) ? "signalled" : "no such event");
    return 0;
}

int folder()
{
    char path[MAX_PATH];
    GetCurrentDirectoryA(MAX_PATH, path);
    say(path);
    return 0;
}

}  // namespace

int wmain(int count, List list)
{
    const std::wstring word = count > 1 ? list[1] : L"";
    if (word == L"arguments") return arguments(count, list);
    if (word == L"pieces") return pieces(count, list);
    if (word == L"flood") return flood(std::wcstoul(list[2], nullptr, 10));
    if (word == L"launch") return launch(count, list);
    if (word == L"launch-and-hang" && launch(count, list) == 0) Sleep(INFINITE);
    if (word == L"read") return readToTheEnd();
    if (word == L"signal") return signal(list[2]);
    if (word == L"folder") return folder();
    if (word == L"exit") return static_cast<int>(std::wcstoul(list[2], nullptr, 0));
    if (word == L"hang") Sleep(INFINITE);
    if (word == L"crash") RaiseException(EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, nullptr);
    return 8;
}
