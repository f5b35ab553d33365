// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/observe/server.h"
#include "core/pki/finding.h"

namespace monban::cli {

/// CONTRACTS, "Exit codes".
enum ExitCode { kDone = 0, kWanting = 1, kUsage = 2, kWaiting = 3 };

/// What every subcommand is given: the general options, and the two streams.
struct Console {
    Language language = Language::English;
    bool json = false;
    std::string practice;      ///< folder of the practice server; empty: this Windows
    std::string passwordFile;  ///< empty: none given; "-": standard input
    std::optional<Time> at;    ///< `--at`: judge by this clock

    std::string text(const Message& message) const;
    std::string text(const char* english) const { return translated(english, language); }

    mutable bool outputLost = false;  ///< something could not be written: a full disk, a closed stream

    void write(const std::string& text) const;       ///< standard output, as it is
    void print(const std::string& line) const;       ///< standard output, a line
    void print(const nlohmann::json& value) const;   ///< standard output, the one JSON value
    void say(const std::string& line) const;         ///< standard error, a line for people
    int refuse(const Error& error, int code) const;  ///< says why and returns the code
    void print(const Finding& finding) const;        ///< as people read it: mark, sentence, remedy

    /// The server the options mean. Errors: Unsupported (no practice server named, and this is no Windows).
    Result<std::unique_ptr<Server>> server() const;

    /// The password from --password-file (CONTRACTS, "Password files"); an empty one without it. Errors: NotFound …
    Result<Secret> password() const;
};

}  // namespace monban::cli
