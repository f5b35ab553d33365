// SPDX-License-Identifier: MIT
#include "core/practice/interpreter.h"

#include <algorithm>

#include "core/practice/faulty_run.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

struct Program {
    const char* name;
    const char* folder;  ///< below the Windows folder
    Reply (*run)(Shell&);
};
constexpr Program kPrograms[] = {
    {"certutil", "system32", runCertutil},
    {"netsh", "system32", runNetsh},
    {"certreq", "system32", runCertreq},
    {"appcmd", "system32\\inetsrv", runAppcmd},
    {"reg", "system32", runReg},
    {"net", "system32", runNet},
    {"net1", "system32", runNet},
    {"sc", "system32", runSc},
    {"iisreset", "system32", runIisreset},
    {"schtasks", "system32", runSchtasks},
    {"powershell", "system32\\windowspowershell\\v1.0", runPowershell},
};

/// The Windows folder as people write it; nothing if the path begins elsewhere.
std::optional<std::string> belowWindows(const std::string& path)
{
    static constexpr const char* kWindows[] = {"c:\\windows\\", "%windir%\\",        "%systemroot%\\",
                                               "$env:windir\\", "$env:systemroot\\", "\\windows\\"};
    for (const char* windows : kWindows)
        if (path.starts_with(windows)) return path.substr(std::char_traits<char>::length(windows));
    return std::nullopt;
}

const Program* programOf(const std::string& typed)
{
    std::string path = lowerAscii(unquoted(typed));
    // The yen sign is what a Japanese keyboard and console show for the backslash.
    for (const char* separator : {"\xC2\xA5", "/"})
        for (std::size_t at = path.find(separator); at != std::string::npos; at = path.find(separator, at))
            path.replace(at, std::char_traits<char>::length(separator), "\\");
    const auto slash = path.rfind('\\');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.ends_with(".exe")) name.resize(name.size() - 4);
    std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash);
    for (const Program& program : kPrograms) {
        if (name != program.name) continue;
        if (folder.empty() || folder == ".") return &program;
        // As typed from within C:\Windows or its System32.
        const std::string own = program.folder;
        if (folder == own || "system32\\" + folder == own) return &program;
        auto below = belowWindows(folder + "\\");
        if (!below) return nullptr;
        below->pop_back();
        for (const char* redirected : {"sysnative", "syswow64"})
            if (below->starts_with(redirected))
                below = "system32" + below->substr(std::char_traits<char>::length(redirected));
        return *below == own ? &program : nullptr;
    }
    return nullptr;
}

/// The state of the machine and a console, in front of the program.
Reply execute(Backend& backend, const Invocation& invocation, const Program& program, bool denied)
{
    auto held = backend.transaction();
    if (!held) return {1, inEnglish(held.error().message) + "\n"};
    const auto machine = backend.machine();
    if (!machine) return {1, inEnglish(machine.error().message) + "\n"};
    Shell shell{backend, *machine, invocation, std::nullopt, 0, std::move(*held)};
    if (denied) shell.machine.elevated = false;
    return program.run(shell);
}

int codeOf(const Fault& fault, std::int64_t otherwise)
{
    return static_cast<int>(static_cast<std::int32_t>(static_cast<std::uint32_t>(fault.exitCode.value_or(otherwise))));
}

/// A program that fails without having done anything, in Windows' words for the code.
Reply refuse(Backend& backend, const Invocation& invocation, const Fault& fault, std::uint32_t error)
{
    const auto machine = backend.machine();
    const Shell shell{backend, machine ? *machine : Machine{}, invocation, std::nullopt, 0, {}};
    return {codeOf(fault, 1), fault.text.value_or(shell.message(error)) + "\n"};
}

/// The program runs, and another party comes between it and whoever looks afterwards.
Reply executeWithOtherWriter(Backend& backend, const Invocation& invocation, const Program& program)
{
    const auto held = backend.transaction();
    if (!held) return {1, inEnglish(held.error().message) + "\n"};
    const auto other = OtherWriter::watch(backend, {});
    if (!other) return {1, inEnglish(other.error().message) + "\n"};
    Reply reply = execute(backend, invocation, program, false);
    if (const auto done = other->interfere(backend); !done) reply.text += inEnglish(done.error().message) + "\n";
    return reply;
}

Reply executeWith(const Fault& fault, Backend& backend, const Invocation& invocation, const Program& program)
{
    Reply reply;
    switch (fault.kind) {
        case FaultKind::NoEffect: return {codeOf(fault, 0), fault.text ? *fault.text + "\n" : std::string()};
        case FaultKind::Fail:
            return refuse(backend, invocation, fault, static_cast<std::uint32_t>(codeOf(fault, 1)));
        case FaultKind::Busy: return refuse(backend, invocation, fault, win::kInvalidParameter);
        case FaultKind::Denied: return execute(backend, invocation, program, true);
        case FaultKind::Hang: {
            const auto wait = patienceFor(fault);
            const auto waited = invocation.wait ? invocation.wait(wait) : waitWithin(wait, {wait, {}}, program.name);
            if (!waited) return {1, {}, waited.error()};
            return execute(backend, invocation, program, false);
        }
        case FaultKind::OtherWriter: return executeWithOtherWriter(backend, invocation, program);
        case FaultKind::Garbage:
            reply = execute(backend, invocation, program, false);
            return {codeOf(fault, reply.exitCode), garbageOf(fault)};
        case FaultKind::ReportsFailure:
            reply = execute(backend, invocation, program, false);
            return refuse(backend, invocation, fault, static_cast<std::uint32_t>(codeOf(fault, 1)));
    }
    return reply;
}

/// cmd.exe's own words and code for a program that is not there.
Reply noSuchProgram(Backend& backend, const Invocation& invocation)
{
    const auto machine = backend.machine();
    if (!machine) return {1, inEnglish(machine.error().message) + "\n"};
    const Shell shell{backend, *machine, invocation, std::nullopt, 0, {}};
    return {9009,
            fill(shell.say("'{0}' is not recognized as an internal or external command,\noperable program or batch file.\n",
                           "'{0}' は、内部コマンドまたは外部コマンド、\n"
                           "操作可能なプログラムまたはバッチ ファイルとして認識されていません。\n"),
                 {invocation.program})};
}

}  // namespace

bool isProgram(const std::string& name)
{
    return std::any_of(std::begin(kPrograms), std::end(kPrograms), [&](const Program& program) { return name == program.name; });
}

Reply interpret(Backend& backend, const Invocation& invocation)
{
    const Program* const program = programOf(invocation.program);
    if (program == nullptr) return noSuchProgram(backend, invocation);
    std::string arguments;
    for (const std::string& argument : invocation.arguments) arguments += (arguments.empty() ? "" : " ") + argument;
    const auto fault = takeFault(backend, program->name, arguments);
    if (!fault) return {1, inEnglish(fault.error().message) + "\n"};
    if (*fault) return executeWith(**fault, backend, invocation, *program);
    return execute(backend, invocation, *program, false);
}

}  // namespace monban::practice
