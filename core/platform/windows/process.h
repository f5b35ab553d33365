// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/quoting.h"
#include "core/observe/server.h"

namespace monban::windows {

/// Runs a program of this Windows as a step names it and waits for its end: by its full path, hidden, without a shell,
/// nothing on its standard input, its output (both streams) decoded from the OEM code page and handed on as it comes.
/// When the time is over, or the caller stops it, it is ended together with everything it started; nothing that it
/// started outlives it in any case.
/// Errors: InvalidInput (no full path to an .exe file, or an argument no command line can carry), NotFound (no such
/// program), Denied, TimedOut, Cancelled, Io. A program that ran is an Output, whatever its exit code; at most 4 MB of
/// its text are kept, the beginning and the end of it.
Result<Output> runProcess(const Command& command, const OutputSink& sink, const RunLimits& limits);

}  // namespace monban::windows
