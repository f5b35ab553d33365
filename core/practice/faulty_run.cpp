// SPDX-License-Identifier: MIT
#include "core/practice/faulty_run.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "core/practice/shell.h"

namespace monban::practice {
namespace {

/// Monban's own actions by the names that plans show (CONTRACTS, `kind`).
constexpr const char* kOwnActions[] = {"import-pkcs12", "write-file", "set-http-record", "set-certificate-property"};

bool among(const std::string& name, const auto& list)
{
    return std::any_of(std::begin(list), std::end(list), [&](const char* one) { return name == one; });
}

/// A part of the arguments; of a look the section itself, or one it is part of.
bool isAbout(const Fault& fault, const std::string& program, const std::string& arguments)
{
    const std::string wanted = lowerAscii(fault.arguments);
    const std::string given = lowerAscii(arguments);
    if (program != kFaultyLook) return given.find(wanted) != std::string::npos;
    return wanted.empty() || given == wanted || given.starts_with(wanted + ".");
}

bool applies(const Fault& fault, const std::string& program, const std::string& arguments, Time now)
{
    const std::string named = programName(fault.program);
    // Looking never fails by "*": nothing at all could be done or seen.
    if (named != program && (named != "*" || program == kFaultyLook)) return false;
    if (fault.times && *fault.times == 0) return false;
    if (fault.until && now >= *fault.until) return false;
    return isAbout(fault, program, arguments);
}

}  // namespace

std::string programName(const std::string& typed)
{
    std::string name = lowerAscii(unquoted(typed));
    if (const auto slash = name.find_last_of("\\/"); slash != std::string::npos) name.erase(0, slash + 1);
    if (name.ends_with(".exe")) name.resize(name.size() - 4);
    return name;
}

bool canBeFaulty(const std::string& program)
{
    const std::string name = programName(program);
    return name == "*" || name == kFaultyLook || among(name, kOwnActions) || isProgram(name);
}

Result<std::optional<Fault>> takeFault(Backend& backend, const std::string& program, const std::string& arguments)
{
    const auto held = backend.transaction();
    if (!held && held.error().code != ErrorCode::Denied) return held.error();
    auto machine = backend.machine();
    if (!machine) return machine.error();
    const Time now = machine->clock();
    for (Fault& fault : machine->faults) {
        if (!applies(fault, programName(program), arguments, now)) continue;
        const Fault taken = fault;
        if (fault.times) --*fault.times;
        if (fault.kind == FaultKind::Busy && fault.seconds && !fault.until)
            fault.until = now + std::chrono::seconds(*fault.seconds);
        // In a folder that may only be read it cannot be counted, and happens each time.
        if (!(fault == taken))
            if (const auto written = backend.writeMachine(*machine); !written && written.error().code != ErrorCode::Denied)
                return written.error();
        return std::optional(taken);
    }
    return std::optional<Fault>();
}

std::string garbageOf(const Fault& fault)
{
    if (fault.text) return *fault.text;
    // A terminal would clear its window, change its title and colours; no encoding reads the rest.
    static constexpr char kOdd[] = "\x1b[2J\x1b]0;title\x07\x1b[31m\xff\xfe\x80\x00\x83\x65\x83\x58\xed\xa0\x80\r\b\x7f\n";
    const std::string odd(kOdd, sizeof kOdd - 1);
    std::string text = odd;
    while (text.size() < 1024 * 1024) text += odd + std::string(1000, '#');
    return text;
}

std::chrono::seconds patienceFor(const Fault& fault) { return std::chrono::seconds(fault.seconds.value_or(3600)); }

Result<Done> waitWithin(std::chrono::seconds wait, const RunLimits& limits, const std::string& what)
{
    std::mutex mutex;
    std::condition_variable_any bell;
    std::unique_lock<std::mutex> lock(mutex);
    const std::chrono::milliseconds given = std::min<std::chrono::milliseconds>(wait, limits.timeout);
    (void)bell.wait_for(lock, limits.stop, given, [] { return false; });
    if (limits.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {tr("{0} was stopped because you asked for it."), {what}}, what + " cancelled"};
    if (given < wait)
        return Error{ErrorCode::TimedOut,
                     {tr("{0} did not end within {1} seconds and was stopped."),
                      {what, std::to_string((limits.timeout.count() + 999) / 1000)}},
                     what + " timed out"};
    return Done{};
}

}  // namespace monban::practice
