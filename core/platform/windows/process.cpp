// SPDX-License-Identifier: MIT
#include "core/platform/windows/process.h"

#include <windows.h>

#include <algorithm>
#include <chrono>

#include "core/platform/windows/child_process.h"
#include "core/platform/windows/kept_text.h"
#include "core/platform/windows/oem_text.h"
#include "core/platform/windows/output_pipe.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostText = 4u << 20;
/// How long a pipe may stay open after its program has ended: something the program started may still have to say a word.
constexpr milliseconds kGrace = 2s;
/// How long what is left in the pipe may take after everything that could write was ended.
constexpr milliseconds kRest = 2s;

/// Time from its making on; a span of any size may be asked for.
class Span {
public:
    explicit Span(milliseconds length) : m_length(length), m_start(Clock::now()) {}
    milliseconds left() const
    {
        const auto gone = std::chrono::duration_cast<milliseconds>(Clock::now() - m_start);
        return gone >= m_length ? 0ms : m_length - gone;
    }

private:
    milliseconds m_length;
    Clock::time_point m_start;
};

/// One run of a program: waits for it, its output and its caller at once.
class Run {
public:
    Run(const Command& command, const OutputSink& sink, const RunLimits& limits)
        : m_command(command), m_sink(sink), m_limits(limits), m_time(limits.timeout), m_text(::GetOEMCP()), m_kept(kMostText)
    {
    }

    Result<Output> operator()()
    {
        m_stop = handleOf(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
        if (!m_stop) return windowsError("CreateEvent", ::GetLastError());
        const std::stop_callback onStop(m_limits.stop, [this] { ::SetEvent(m_stop.get()); });
        if (auto opened = m_pipe.open(); !opened) return opened.error();
        auto child = ChildProcess::start(m_command, m_pipe.writingEnd());
        if (!child) return child.error();
        m_pipe.closeWritingEnd();
        m_pipe.ask();
        const auto trouble = waitForEnd(*child);
        if (!trouble) drain(kGrace, true);
        // Whatever still writes was started by the program and has had its time.
        child->end();
        drain(kRest, false);
        say(m_text.finish());
        if (trouble) return *trouble;
        return Output{child->exitCode(), m_kept.text()};
    }

private:
    /// The program's name, without its folder: what people know it by.
    std::string name() const { return utf8(pathFromUtf8(m_command.program).filename()); }

    /// Until the program has ended, handing on what it says meanwhile; why it has to be ended before that.
    std::optional<Error> waitForEnd(const ChildProcess& child)
    {
        for (;;) {
            // At the end of its output only the program itself is left to wait for. Which of several comes first counts:
            // a program that never stops talking must be stoppable, one that has ended in time has not run out of it.
            const HANDLE handles[] = {child.handle(), m_stop.get(), m_pipe.readable()};
            const DWORD count = m_pipe.atEnd() ? 2 : 3;
            const auto left = m_time.left();
            const auto wait = static_cast<DWORD>(std::min<milliseconds>(left, 1h).count());
            const DWORD which = ::WaitForMultipleObjects(count, handles, FALSE, wait);
            if (which == WAIT_OBJECT_0) return std::nullopt;
            if (which == WAIT_OBJECT_0 + 1)
                return Error{ErrorCode::Cancelled, {tr("{0} was stopped because you asked for it."), {name()}}, "cancelled: " + m_command.program};
            if (which == WAIT_FAILED) return windowsError("WaitForMultipleObjects", ::GetLastError());
            if (left == 0ms) return timedOut();
            if (which == WAIT_OBJECT_0 + 2) handOn();
        }
    }

    Error timedOut() const
    {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(m_limits.timeout).count();
        return {ErrorCode::TimedOut, {tr("{0} did not end within {1} seconds and was stopped."), {name(), std::to_string(seconds)}},
                "timed out: " + m_command.program};
    }

    /// What is left in the pipe, up to its end. A caller who has no more patience need not wait for others' words.
    void drain(milliseconds most, bool stoppable)
    {
        const Span time(most);
        const HANDLE handles[] = {m_pipe.readable(), m_stop.get()};
        while (!m_pipe.atEnd()) {
            const auto left = time.left();
            if (left == 0ms || ::WaitForMultipleObjects(stoppable ? 2 : 1, handles, FALSE, static_cast<DWORD>(left.count())) != WAIT_OBJECT_0)
                return;
            handOn();
        }
    }

    void handOn()
    {
        say(m_text.add(m_pipe.take()));
        if (!m_pipe.atEnd()) m_pipe.ask();
    }

    void say(const std::string& text)
    {
        if (text.empty()) return;
        m_kept.add(text);
        if (m_sink) m_sink(text);
    }

    const Command& m_command;
    const OutputSink& m_sink;
    const RunLimits& m_limits;
    Span m_time;
    Handle m_stop;
    OutputPipe m_pipe;
    OemText m_text;
    KeptText m_kept;
};

}  // namespace

Result<Output> runProcess(const Command& command, const OutputSink& sink, const RunLimits& limits)
{
    if (limits.stop.stop_requested()) return cancelled();
    return Run(command, sink, limits)();
}

}  // namespace monban::windows
