// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/base/message.h"
#include "core/base/result.h"
#include "core/base/utf8.h"

/// What differs between systems and is not a server: the process's own arguments, console and files.
namespace monban::platform {

/// The program's arguments after its name, UTF-8, whatever the code page.
std::vector<std::string> arguments(int argc, char** argv);

/// Text for people or a script, UTF-8. A Windows console gets it as Unicode; a pipe or file gets the bytes.
/// False when the other end is gone or the disk is full.
bool writeOutput(const std::string& text);
void writeError(const std::string& text);

bool inputIsTerminal();
bool outputIsTerminal();

/// Everything on standard input, at most that many bytes.
std::string readInput(std::size_t limit);
/// A line typed without echo; nothing useful without a terminal.
std::string readPassword(const std::string& prompt);

/// A line from the terminal, if one is finished within that time; what is typed of the next one is kept for the next call.
std::optional<std::string> lineWithin(std::chrono::milliseconds time);

/// The user's language: the system's display language, on POSIX LC_ALL, LC_MESSAGES, LANG.
Language language();

/// Who this process belongs to, for whoever finds it at work: the user's name as the system knows it.
std::string userName();
long processId();

/// Calls stop when the user or the system asks the process to end (Ctrl+C, SIGTERM, closing the console, the end of a
/// remote session). Windows leaves some seconds after that.
void onTermination(void (*stop)());

/// Opens one of Windows' own windows (certlm.msc, inetmgr, winver …) by its full path; it stays open on its own.
/// Errors: NotFound (this Windows lacks it), Denied, Unsupported (this is no Windows).
Result<Done> openSystemWindow(const std::string& name);

/// Starts this program once more with administrator rights, which the user is asked for, with these arguments.
/// Errors: Cancelled (the user said no), Unsupported (this is no Windows), Io.
Result<Done> startElevated(const std::vector<std::string>& arguments);

/// The same file by a path that counts for an administrator, too: drive letters of network shares belong to one log-on,
/// so that of a share is written out (`\\server\share\ca.der`).
std::string pathForOthers(const std::string& path);

}  // namespace monban::platform
