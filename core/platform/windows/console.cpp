// SPDX-License-Identifier: MIT
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

#include <cstdio>
#include <utility>

#include "core/platform/platform.h"
#include "core/platform/windows/text.h"

namespace monban::platform {
namespace {

using windows::narrow;
using windows::wide;

bool writeTo(DWORD which, const std::string& text)
{
    const HANDLE handle = ::GetStdHandle(which);
    DWORD mode = 0;
    if (::GetConsoleMode(handle, &mode)) {
        const std::wstring units = wide(text);
        for (std::size_t at = 0; at < units.size();) {
            // A console refuses very long pieces.
            const auto count = static_cast<DWORD>(std::min<std::size_t>(units.size() - at, 8192));
            DWORD wrote = 0;
            if (!::WriteConsoleW(handle, units.data() + at, count, &wrote, nullptr) || wrote == 0) return false;
            at += wrote;
        }
        return true;
    }
    for (std::size_t at = 0; at < text.size();) {
        DWORD wrote = 0;
        const auto count = static_cast<DWORD>(std::min<std::size_t>(text.size() - at, 1u << 20));
        if (!::WriteFile(handle, text.data() + at, count, &wrote, nullptr) || wrote == 0) return false;
        at += wrote;
    }
    return true;
}

bool isConsole(DWORD which)
{
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(which), &mode) != 0;
}

void (*termination)() = nullptr;

BOOL WINAPI onControl(DWORD event)
{
    termination();
    // After these Windows ends the process as soon as this returns, or after some seconds; until then it can tidy up.
    constexpr DWORD kLongerThanWindowsWaits = 60'000;
    if (event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT) ::Sleep(kLongerThanWindowsWaits);
    return TRUE;
}

}  // namespace

std::vector<std::string> arguments(int, char**)
{
    // The C runtime's argv went through the process code page; the command line itself did not.
    std::vector<std::string> list;
    int count = 0;
    LPWSTR* units = ::CommandLineToArgvW(::GetCommandLineW(), &count);
    if (!units) return list;
    for (int i = 1; i < count; ++i) list.push_back(narrow(units[i]));
    ::LocalFree(units);
    return list;
}

bool writeOutput(const std::string& text) { return writeTo(STD_OUTPUT_HANDLE, text); }
void writeError(const std::string& text) { writeTo(STD_ERROR_HANDLE, text); }

bool inputIsTerminal() { return isConsole(STD_INPUT_HANDLE); }
bool outputIsTerminal() { return isConsole(STD_OUTPUT_HANDLE); }

std::string readInput(std::size_t limit)
{
    const HANDLE handle = ::GetStdHandle(STD_INPUT_HANDLE);
    std::string text;
    char buffer[4096];
    DWORD got = 0;
    text.reserve(sizeof buffer);  // a password is never moved, nor left here
    while (text.size() < limit && ::ReadFile(handle, buffer, sizeof buffer, &got, nullptr) && got > 0) text.append(buffer, got);
    ::SecureZeroMemory(buffer, sizeof buffer);
    return text;
}

std::string readPassword(const std::string& prompt)
{
    writeError(prompt);
    const HANDLE handle = ::GetStdHandle(STD_INPUT_HANDLE);
    DWORD before = 0;
    if (!::GetConsoleMode(handle, &before)) return {};
    ::SetConsoleMode(handle, before & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
    std::wstring line;
    line.reserve(256);
    wchar_t unit = 0;
    DWORD got = 0;
    while (::ReadConsoleW(handle, &unit, 1, &got, nullptr) && got == 1 && unit != L'\n')
        if (unit != L'\r') line += unit;
    ::SetConsoleMode(handle, before);
    writeError("\n");
    // At once into the place it is returned from: narrow() would leave a copy behind.
    std::string text(line.size() * 3, '\0');
    const int length = ::WideCharToMultiByte(CP_UTF8, 0, line.data(), static_cast<int>(line.size()), text.data(),
                                             static_cast<int>(text.size()), nullptr, nullptr);
    text.resize(static_cast<std::size_t>(length));
    ::SecureZeroMemory(line.data(), line.size() * sizeof(wchar_t));
    return text;
}

std::optional<std::string> lineWithin(std::chrono::milliseconds time)
{
    // Not ReadConsole, which waits for the whole line as soon as any key is touched.
    static std::wstring typed;
    const HANDLE handle = ::GetStdHandle(STD_INPUT_HANDLE);
    if (::WaitForSingleObject(handle, static_cast<DWORD>(time.count())) != WAIT_OBJECT_0) return std::nullopt;
    DWORD waiting = 0;
    while (::GetNumberOfConsoleInputEvents(handle, &waiting) && waiting > 0) {
        INPUT_RECORD record{};
        DWORD got = 0;
        if (!::ReadConsoleInputW(handle, &record, 1, &got) || got != 1) break;
        if (record.EventType != KEY_EVENT || !record.Event.KeyEvent.bKeyDown) continue;
        const wchar_t unit = record.Event.KeyEvent.uChar.UnicodeChar;
        if (unit == L'\r') {
            writeError("\n");
            return narrow(std::exchange(typed, {}));
        }
        if (unit == L'\b') {
            if (!typed.empty()) typed.pop_back();
        } else if (unit >= L' ') {
            typed += unit;
            writeError(narrow(std::wstring(1, unit)));
        }
    }
    return std::nullopt;
}

Language language()
{
    return PRIMARYLANGID(::GetUserDefaultUILanguage()) == LANG_JAPANESE ? Language::Japanese : Language::English;
}

std::string userName()
{
    constexpr DWORD kLongest = 257;  // UNLEN and the end
    wchar_t name[kLongest];
    DWORD size = kLongest;
    if (!::GetUserNameW(name, &size) || size == 0) return "?";
    return narrow(std::wstring(name, size - 1));
}

long processId() { return static_cast<long>(::GetCurrentProcessId()); }

void onTermination(void (*stop)())
{
    termination = stop;
    ::SetConsoleCtrlHandler(onControl, TRUE);
}

}  // namespace monban::platform
