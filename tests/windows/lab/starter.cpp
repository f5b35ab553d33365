// SPDX-License-Identifier: MIT
// A parent of Windows for the lab's programs: starter.exe COMMANDS.json RESULTS.json. The first file is a list of
// {"program": full path, "arguments": […], "input": text, "milliseconds": limit}; each is started by CreateProcess itself
// with our quoting, one after the other. The second is a list of {"code", "output"} in hex, as the pipe gave it; code
// is null for a program that was ended because its time was over.
#include <windows.h>

#include <cstdio>
#include <thread>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/base/quoting.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/text.h"

namespace monban::lab {
namespace {

using windows::Handle;
using nlohmann::json;

struct Pipe {
    Handle read;
    Handle write;
};

/// Only that end of it goes to the child.
Pipe pipeTo(bool childReads)
{
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    if (!::CreatePipe(&read, &write, nullptr, 65'536)) return {};
    ::SetHandleInformation(childReads ? read : write, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    return {Handle(read), Handle(write)};
}

Bytes allOf(HANDLE pipe)
{
    Bytes bytes;
    std::uint8_t piece[65'536];
    DWORD got = 0;
    while (::ReadFile(pipe, piece, sizeof piece, &got, nullptr) && got > 0) bytes.insert(bytes.end(), piece, piece + got);
    return bytes;
}

json failed(const char* call) { return {{"error", std::string(call) + ": " + std::to_string(::GetLastError())}}; }

/// Wine answers ERROR_INTERNAL_ERROR when the new process died before any code of the program ran, which a busy
/// machine makes happen once in some thousand starts; nothing has been done then, so that it can be tried again.
bool created(const std::wstring& program, const std::string& commandLine, STARTUPINFOW& startup, PROCESS_INFORMATION& process)
{
    for (int tries = 1;; ++tries) {
        std::wstring line = windows::wide(commandLine);  // CreateProcessW may write into it
        if (::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr, nullptr, &startup, &process))
            return true;
        if (::GetLastError() != ERROR_INTERNAL_ERROR || tries == 3) return false;
    }
}

json ran(const json& wanted)
{
    const Command command{wanted.at("program"), wanted.at("arguments")};
    Pipe in = pipeTo(true);
    Pipe out = pipeTo(false);
    if (!in.read || !out.read) return failed("CreatePipe");
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = in.read.get();
    startup.hStdOutput = startup.hStdError = out.write.get();
    PROCESS_INFORMATION process{};
    if (!created(windows::wide(command.program), windowsCommandLine(command), startup, process)) return failed("CreateProcess");
    const Handle child(process.hProcess);
    const Handle thread(process.hThread);
    in.read.reset();
    out.write.reset();
    Bytes output;
    std::jthread reader([&] { output = allOf(out.read.get()); });
    const std::string input = wanted.value("input", "");
    DWORD written = 0;
    ::WriteFile(in.write.get(), input.data(), static_cast<DWORD>(input.size()), &written, nullptr);
    in.write.reset();
    const bool ended = ::WaitForSingleObject(child.get(), wanted.value("milliseconds", 60'000u)) == WAIT_OBJECT_0;
    if (!ended) ::TerminateProcess(child.get(), 1);
    reader.join();
    DWORD code = 0;
    ::GetExitCodeProcess(child.get(), &code);
    return {{"code", ended ? json(code) : json()}, {"output", hex(output)}};
}

int run(const fs::path& commands, const fs::path& results)
{
    const auto text = readText(commands);
    if (!text) return 2;
    json list = json::array();
    for (const json& command : json::parse(*text)) list.push_back(ran(command));
    return replaceFile(results, jsonText(list)) ? 0 : 3;
}

}  // namespace
}  // namespace monban::lab

int wmain(int count, wchar_t** list)
{
    if (count != 3) return 1;
    try {
        return monban::lab::run(list[1], list[2]);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "starter: %s\n", exception.what());
        return 4;
    }
}
