// SPDX-License-Identifier: MIT
#include "core/platform/windows/child_process.h"

#include <boost/filesystem/path.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/base/utf8.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// CreateProcess takes 32,767 UTF-16 units, the zero at the end among them.
constexpr std::size_t kLongestLine = 32'766;
constexpr DWORD kPatienceAfterTheEnd = 5'000;

/// The attributes of a process that is being made: here the list of the handles it inherits. Without it the process
/// would get every inheritable handle of ours, those of a second thread included.
class InheritedHandles {
public:
    explicit InheritedHandles(std::array<HANDLE, 2> handles) : m_handles(handles)
    {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        m_memory.resize(size);
        if (!::InitializeProcThreadAttributeList(list(), 1, 0, &size)) return;
        m_initialised = true;
        m_ready = ::UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, m_handles.data(),
                                              m_handles.size() * sizeof(HANDLE), nullptr, nullptr);
    }
    InheritedHandles(const InheritedHandles&) = delete;
    InheritedHandles& operator=(const InheritedHandles&) = delete;
    ~InheritedHandles()
    {
        if (m_initialised) ::DeleteProcThreadAttributeList(list());
    }

    bool ready() const { return m_ready; }
    LPPROC_THREAD_ATTRIBUTE_LIST list() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(m_memory.data()); }

private:
    std::array<HANDLE, 2> m_handles;
    std::vector<char> m_memory;
    bool m_initialised = false;
    bool m_ready = false;
};

/// Whoever reads from it is at the end at once, so that a program that asks a question does not wait for the answer.
Handle nothingToRead()
{
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    return handleOf(::CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, nullptr));
}

/// A job that ends its processes with itself. One that crashes in it is gone at once instead of waiting for somebody to
/// press a button that nobody sees.
Handle jobThatEndsWithItsHandle()
{
    Handle job = handleOf(::CreateJobObjectW(nullptr, nullptr));
    if (!job) return nullptr;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
    if (!::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits)) return nullptr;
    return job;
}

Error notStarted(const char* call, const std::string& program, DWORD code)
{
    Error error = windowsError(std::string(call) + " " + program, code);
    error.message = {tr("{0} could not be started: {1} (error {2})"), {program, windowsText(code), std::to_string(code)}};
    return error;
}

/// Why no such command can be started; nothing where it can be tried.
std::optional<Error> commandProblem(const Command& command)
{
    const auto invalid = [](Message message, const char* detail) {
        return std::optional(Error{ErrorCode::InvalidInput, std::move(message), detail});
    };
    // Whatever no argument list can carry would reach the program as something else than what was shown.
    const auto isCarried = [](const std::string& text) { return text.find('\0') == std::string::npos && isUtf8(text); };
    if (!isCarried(command.program))
        return invalid({tr("The name of the program holds a character that Windows cannot take."), {}}, "NUL or no UTF-8 in the program's path");
    const fs::path path = pathFromUtf8(command.program);
    if (!path.is_absolute())
        return invalid({tr("{0} is not the full path of a program."), {command.program}}, "not a full path");
    // CreateProcess runs a batch file by cmd.exe, which reads arguments by other rules than those they are written by.
    if (!equalsIgnoringCase(utf8(path.extension()), ".exe"))
        return invalid({tr("{0} is not a program: its name does not end in .exe."), {command.program}}, "not an .exe file");
    for (const std::string& argument : command.arguments)
        if (!isCarried(argument))
            return invalid({tr("An argument for {0} holds a character that no command line can carry."), {command.program}},
                           "NUL or no UTF-8 in an argument");
    if (wide(windowsCommandLine(command)).size() > kLongestLine)
        return invalid({tr("The command line for {0} is longer than Windows allows (32,766 characters)."), {command.program}},
                       "command line too long");
    return std::nullopt;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const Command& command, HANDLE output)
{
    if (auto problem = commandProblem(command)) return *problem;
    const std::wstring folder = systemFolder().native();
    if (folder.empty()) return Error{ErrorCode::Unexpected, {tr("The folder of Windows cannot be found."), {}}, "GetSystemDirectory"};
    const auto refused = [&](const char* call) { return notStarted(call, command.program, ::GetLastError()); };

    ChildProcess child;
    child.m_job = jobThatEndsWithItsHandle();
    if (!child.m_job) return refused("CreateJobObject");
    const Handle input = nothingToRead();
    if (!input) return refused("CreateFile NUL");
    InheritedHandles inherited({input.get(), output});
    if (!inherited.ready()) return refused("UpdateProcThreadAttribute");

    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = input.get();
    startup.StartupInfo.hStdOutput = output;
    startup.StartupInfo.hStdError = output;
    startup.lpAttributeList = inherited.list();
    std::wstring line = wide(windowsCommandLine(command));
    PROCESS_INFORMATION made{};
    // Its folder is the system's: a library it loads carelessly is not taken from wherever we happen to stand.
    if (!::CreateProcessW(wide(command.program).c_str(), line.data(), nullptr, nullptr, TRUE,
                          CREATE_NO_WINDOW | CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT, nullptr,
                          folder.c_str(), &startup.StartupInfo, &made)) {
        Error error = refused("CreateProcess");
        if (error.code == ErrorCode::NotFound) error.message = {tr("{0} is not on this computer."), {command.program}};
        return error;
    }
    child.m_process = handleOf(made.hProcess);
    const Handle thread = handleOf(made.hThread);
    // Before its first instruction, so that nothing it starts is left out. A process that cannot be held never runs.
    const bool isHeld = ::AssignProcessToJobObject(child.m_job.get(), child.m_process.get());
    if (isHeld && ::ResumeThread(thread.get()) != static_cast<DWORD>(-1)) return child;
    const Error error = refused(isHeld ? "ResumeThread" : "AssignProcessToJobObject");
    ::TerminateProcess(child.m_process.get(), 1);
    return error;
}

int ChildProcess::exitCode() const
{
    DWORD code = 0;
    ::GetExitCodeProcess(m_process.get(), &code);
    return static_cast<int>(code);
}

void ChildProcess::end()
{
    ::TerminateJobObject(m_job.get(), 1);
    ::WaitForSingleObject(m_process.get(), kPatienceAfterTheEnd);
}

}  // namespace monban::windows
