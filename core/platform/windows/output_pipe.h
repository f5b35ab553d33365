// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <string_view>

#include "core/base/result.h"
#include "core/platform/windows/handle.h"

namespace monban::windows {

/// A pipe into which a program writes and from which we read without ever being stuck in a read: who waits for it waits
/// for an event. One thread.
class OutputPipe {
public:
    OutputPipe() = default;
    OutputPipe(const OutputPipe&) = delete;
    OutputPipe& operator=(const OutputPipe&) = delete;
    ~OutputPipe();

    /// Errors: Io, Denied.
    Result<Done> open();
    /// The end for the program, inheritable.
    HANDLE writingEnd() const { return m_write.get(); }
    /// To be called when the program has its own: while we hold one too, the pipe never ends.
    void closeWritingEnd() { m_write.reset(); }

    /// Asks for the next piece. readable() is signalled once there is one, or the end.
    void ask();
    HANDLE readable() const { return m_event.get(); }
    /// What came, valid until the next ask(); empty at the end. Only when readable() is signalled.
    std::string_view take();
    bool atEnd() const { return m_atEnd; }

private:
    Handle m_read;
    Handle m_write;
    Handle m_event;
    OVERLAPPED m_operation{};
    bool m_pending = false;
    bool m_atEnd = false;
    std::array<char, 65536> m_buffer;
};

}  // namespace monban::windows
