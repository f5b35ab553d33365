// SPDX-License-Identifier: MIT
#include "core/platform/windows/output_pipe.h"

#include <atomic>
#include <string>

#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// Anonymous pipes know no overlapped reading, so it is a named one whose name nobody is told.
std::wstring freshName()
{
    static std::atomic<unsigned> number = 0;
    LARGE_INTEGER ticks{};
    ::QueryPerformanceCounter(&ticks);
    return L"\\\\.\\pipe\\monban-" + std::to_wstring(::GetCurrentProcessId()) + L"-" + std::to_wstring(++number) + L"-" +
           std::to_wstring(ticks.QuadPart);
}

}  // namespace

OutputPipe::~OutputPipe()
{
    if (!m_pending) return;
    // Windows writes into the buffer until it says that it has let go of it.
    DWORD got = 0;
    ::CancelIoEx(m_read.get(), &m_operation);
    ::GetOverlappedResult(m_read.get(), &m_operation, &got, TRUE);
}

Result<Done> OutputPipe::open()
{
    const std::wstring name = freshName();
    m_event = handleOf(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!m_event) return windowsError("CreateEvent", ::GetLastError());
    // One instance, made by us and nobody before us: another program can neither listen in nor take the other end's place.
    m_read = handleOf(::CreateNamedPipeW(name.c_str(), PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                         PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, 0,
                                         static_cast<DWORD>(m_buffer.size()), 0, nullptr));
    if (!m_read) return windowsError("CreateNamedPipe", ::GetLastError());
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    m_write = handleOf(::CreateFileW(name.c_str(), GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, &inherited, OPEN_EXISTING, 0, nullptr));
    if (!m_write) return windowsError("CreateFile of a pipe", ::GetLastError());
    return Done{};
}

void OutputPipe::ask()
{
    m_operation = {};
    m_operation.hEvent = m_event.get();
    ::ResetEvent(m_event.get());
    m_pending = ::ReadFile(m_read.get(), m_buffer.data(), static_cast<DWORD>(m_buffer.size()), nullptr, &m_operation) ||
                ::GetLastError() == ERROR_IO_PENDING;
    if (m_pending) return;
    m_atEnd = true;
    ::SetEvent(m_event.get());
}

std::string_view OutputPipe::take()
{
    if (!m_pending) return {};
    DWORD got = 0;
    m_pending = false;
    // The end of a pipe is an error here: the last writer has closed it.
    if (::GetOverlappedResult(m_read.get(), &m_operation, &got, FALSE)) return {m_buffer.data(), got};
    m_atEnd = true;
    return {};
}

}  // namespace monban::windows
