// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace monban::practice {

enum class FaultKind {
    NoEffect,        ///< says that it worked (exit code 0) and does nothing
    Fail,            ///< does nothing and fails with `exit_code` (1), saying `text`
    Busy,            ///< fails as Windows does while a new key is not ready yet: code 87 (WINDOWS-FACTS 1.4)
    Denied,          ///< as for somebody who is no administrator
    Hang,            ///< waits `seconds` (3600) before it does its work
    Garbage,         ///< works, and prints a megabyte of bytes that are no text, with terminal escapes among them
    ReportsFailure,  ///< works, and says that it failed
    OtherWriter,     ///< works; before anybody can look somebody else has changed the same thing
};
const char* name(FaultKind kind);
std::optional<FaultKind> faultKindNamed(const std::string& name);

/// How things go wrong on a practice server, as a person or a test writes it into the list `faults` of machine.json:
///
///     {"program": "netsh", "arguments": "add sslcert", "kind": "fail", "exit_code": 5, "text": "…", "times": 1}
///
/// `program`: a program's name, one of Monban's own actions (import-pkcs12, write-file, set-http-record,
/// set-certificate-property), `observe` for looking at the server, or `*` for every program and action.
/// `arguments`: it only happens where this is part of the arguments, case ignored (of an own action: what it is about,
/// such as the store or the endpoint); with `observe` the section as `status` names it under `unreadable` (`stores.MY`,
/// `ssl_records` …), or `crl_cache`, `services`, `files`, `crl`; the kind is then denied or garbage.
/// `kind`: above, as no-effect, reports-failure and so on. `exit_code`, `seconds`, `text`: replace what the kind says.
/// `times`: how often it still happens, counted down here; absent: always. A `busy` with `seconds` lasts that long from
/// its first time on: `until` then notes its end.
struct Fault {
    FaultKind kind = FaultKind::Fail;
    std::string program;
    std::string arguments;
    std::optional<std::int64_t> exitCode;
    std::optional<std::int64_t> seconds;
    std::optional<std::int64_t> times;
    std::optional<std::string> text;
    std::optional<Time> until;
    friend bool operator==(const Fault&, const Fault&) = default;
};

constexpr const char* kFaultyLook = "observe";

}  // namespace monban::practice
