// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/base/utf8.h"
#include "core/observe/server.h"
#include "core/practice/front.h"
#include "core/tls/probe.h"

namespace monban::wizard {

/// A practice server that is worked on: its folder, and its sites served on loopback while this exists, so that they can
/// be opened like those of a real server.
class PracticeHost {
public:
    /// Errors: NotFound, Damaged (no practice server in that folder).
    static Result<std::unique_ptr<PracticeHost>> open(const fs::path& folder);
    /// Makes a new one first. Errors: Conflict (something is in the folder already), Denied, Io.
    static Result<std::unique_ptr<PracticeHost>> create(const fs::path& folder);
    ~PracticeHost();

    std::shared_ptr<Server> server() const { return m_server; }
    const fs::path& folder() const { return m_folder; }
    /// Where that site's https port is served, as "127.0.0.1:40123"; nothing: it is not.
    std::optional<std::string> httpsAt(const std::string& host, int port) const;
    /// Lets visits go where the site of that address is served; false: it is not.
    bool aim(ProbeQuestion& question) const;
    /// The port on this computer that stands for an http port of its sites; nothing: it is not served.
    std::optional<std::uint16_t> httpPort(int port) const;

private:
    PracticeHost(fs::path folder, std::shared_ptr<Server> server);
    void serve();

    fs::path m_folder;
    std::shared_ptr<Server> m_server;
    mutable std::mutex m_mutex;
    practice::Listening m_listening;
    std::jthread m_front;
};

}  // namespace monban::wizard
