// SPDX-License-Identifier: MIT
#include "core/practice/interpreter.h"

#include <algorithm>

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

}  // namespace

Reply interpret(Backend& backend, const Invocation& invocation)
{
    const auto held = backend.transaction();
    if (!held) return {1, inEnglish(held.error().message) + "\n"};
    const auto machine = backend.machine();
    if (!machine) return {1, inEnglish(machine.error().message) + "\n"};
    Shell shell{backend, *machine, invocation, std::nullopt, 0};
    const Program* const program = programOf(invocation.program);
    if (program == nullptr)
        // cmd.exe's own words and code for a program that is not there.
        return {
            9009,
            fill(shell.say(
                     "'{0}' is not recognized as an internal or external command,\noperable program or batch file.\n",
                     "'{0}' は、内部コマンドまたは外部コマンド、\n"
                     "操作可能なプログラムまたはバッチ ファイルとして認識されていません。\n"),
                 {invocation.program})};
    return program->run(shell);
}

}  // namespace monban::practice
