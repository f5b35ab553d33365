// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/quoting.h"
#include "core/base/result.h"
#include "core/platform/windows/handle.h"

namespace monban::windows {

/// A program that runs hidden in a job of its own, with the two handles it was given and no others of ours. When the
/// owner goes, it and whatever it started are ended.
class ChildProcess {
public:
    /// output: where both its streams go; it must be inheritable. Errors: as runProcess has them.
    static Result<ChildProcess> start(const Command& command, HANDLE output);

    HANDLE handle() const { return m_process.get(); }  ///< signalled once it has ended
    int exitCode() const;
    /// Ends it and whatever it started, and waits a moment until it is gone.
    void end();

private:
    Handle m_job;  // its limits end the processes when this handle is closed
    Handle m_process;
};

}  // namespace monban::windows
