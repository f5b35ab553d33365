// SPDX-License-Identifier: MIT
// In the place of netsh.exe, certutil.exe, certreq.exe, appcmd.exe, powershell.exe, schtasks.exe and net.exe of a real
// Windows: what its own file is called says which of them it is. It answers as the practice server's program does, on
// Wine's own stores, registry and files.
#include <windows.h>

#include <cstdio>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/text.h"
#include "core/practice/interpreter.h"
#include "tests/windows/lab/lab_backend.h"

namespace monban::lab {
namespace {

using windows::narrow;
using windows::wide;

std::string ownName()
{
    wchar_t path[MAX_PATH] = {};
    const DWORD length = ::GetModuleFileNameW(nullptr, path, MAX_PATH);
    return utf8(fs::path(std::wstring(path, length)).stem());
}

/// Adds to the end of a file, whole, also while other stand-ins do the same.
void append(const char* file, const std::string& text)
{
    const auto lock = lockFile(labFolder() / ".notes.lock");
    const auto handle = windows::handleOf(::CreateFileW((labFolder() / file).c_str(), FILE_APPEND_DATA,
                                                        FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS,
                                                        FILE_ATTRIBUTE_NORMAL, nullptr));
    DWORD written = 0;
    if (!lock || !handle || !::WriteFile(handle.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr))
        std::fprintf(stderr, "the lab's file %s cannot be written\n", file);
}

/// What a test of leaks looks through: every call, and all that its environment held.
void note(const practice::Invocation& invocation)
{
    const nlohmann::json call = {{"program", invocation.program}, {"arguments", invocation.arguments}};
    append("calls.jsonl", call.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    std::string variables;
    wchar_t* const block = ::GetEnvironmentStringsW();
    for (const wchar_t* at = block; at != nullptr && *at != L'\0'; at += std::wcslen(at) + 1) variables += narrow(at) + "\n";
    ::FreeEnvironmentStringsW(block);
    append("environment.txt", variables);
}

/// All that standard input holds, in the code page a program of Windows reads it in.
std::string input()
{
    std::string bytes;
    char piece[4096];
    DWORD got = 0;
    while (::ReadFile(::GetStdHandle(STD_INPUT_HANDLE), piece, sizeof piece, &got, nullptr) && got > 0)
        bytes.append(piece, got);
    std::wstring text(bytes.size(), L'\0');
    const int length = ::MultiByteToWideChar(::GetOEMCP(), 0, bytes.data(), static_cast<int>(bytes.size()), text.data(),
                                             static_cast<int>(text.size()));
    text.resize(static_cast<std::size_t>(length));
    return narrow(text);
}

/// As programs of Windows write into a pipe: lines ended by CR LF, in the OEM code page, a question mark for what that
/// has not. Bytes that are no text (a fault's) stay what they are.
std::string outputBytes(const std::string& text)
{
    if (!isUtf8(text)) return text;
    std::string lines;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
        lines += text[i];
    }
    const std::wstring units = wide(lines);
    const int count = static_cast<int>(units.size());
    std::string bytes(units.size() * 4, '\0');
    const int length = ::WideCharToMultiByte(::GetOEMCP(), 0, units.data(), count, bytes.data(),
                                             static_cast<int>(bytes.size()), nullptr, nullptr);
    bytes.resize(static_cast<std::size_t>(length));
    return bytes;
}

void write(const std::string& bytes)
{
    DWORD written = 0;
    for (std::size_t at = 0; at < bytes.size(); at += written)
        if (!::WriteFile(::GetStdHandle(STD_OUTPUT_HANDLE), bytes.data() + at, static_cast<DWORD>(bytes.size() - at),
                         &written, nullptr))
            return;  // nobody reads any more
}

/// What goes wrong with the process and not with what it is asked for, named in the lab's file process_fault.json:
/// {"program": "certutil", "how": "trickle"}.
std::string processFault(const std::string& program)
{
    const auto text = readText(labFolder() / "process_fault.json");
    if (!text) return {};
    const nlohmann::json fault = nlohmann::json::parse(*text);
    return fault.at("program") == program ? fault.at("how").get<std::string>() : std::string();
}

/// A byte now and then.
void trickle(const std::string& bytes)
{
    for (const char byte : bytes) {
        write(std::string(1, byte));
        ::Sleep(15);
    }
}

void flood()
{
    std::string lines;
    while (lines.size() < 1024 * 1024) lines += "This line is one of very many.\r\n";
    for (int i = 0; i < 10; ++i) write(lines);
}

int run(int count, wchar_t** list)
{
    practice::Invocation invocation{ownName(), {}, input};
    for (int i = 1; i < count; ++i) invocation.arguments.push_back(narrow(list[i]));
    note(invocation);
    const auto backend = openLab();
    if (!backend) {
        std::fprintf(stderr, "no lab: %s\n", backend.error().detail.c_str());
        return 1;
    }
    const std::string fault = processFault(invocation.program);
    if (fault == "killed-before") {  // by somebody in the Task Manager, which gives this code
        write("It beg");
        ::TerminateProcess(::GetCurrentProcess(), 1);
    }
    if (fault == "flood") flood();
    const practice::Reply reply = practice::interpret(**backend, invocation);
    const std::string bytes = outputBytes(reply.text);
    if (fault == "killed-after") {
        write(bytes.substr(0, bytes.size() / 2));
        ::TerminateProcess(::GetCurrentProcess(), 1);
    }
    fault == "trickle" ? trickle(bytes) : write(bytes);
    return reply.exitCode;
}

}  // namespace
}  // namespace monban::lab

int wmain(int count, wchar_t** list)
{
    try {
        return monban::lab::run(count, list);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "stand-in: %s\n", exception.what());
        return 1;
    }
}
