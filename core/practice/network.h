// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace monban::practice {

/// Bytes to and from a client: a TCP connection, or TLS over one. Every call ends by the connection's deadline.
class Stream {
public:
    virtual ~Stream() = default;
    /// How many bytes came; 0: the client sends no more; nothing: out of time, broken or interrupted.
    virtual std::optional<std::size_t> read(std::uint8_t* buffer, std::size_t size) = 0;
    virtual bool write(ByteView bytes) = 0;
};

using Deadline = std::chrono::steady_clock::time_point;

/// One accepted TCP connection. Used by one thread; only interrupt() may come from another.
class Connection : public Stream {
public:
    /// No read or write lasts beyond it.
    virtual void setDeadline(Deadline deadline) = 0;
    /// Sends what is pending, waits a little for the client to stop sending (or what it was sent might be lost to a
    /// reset), and closes.
    virtual void finish() = 0;
    /// Closes with a TCP reset, as http.sys does where it has no certificate to show.
    virtual void reset() = 0;
    /// Ends the present and every later read and write.
    virtual void interrupt() = 0;
};

/// Listens on 127.0.0.1 and hands out connections.
class Network {
public:
    virtual ~Network() = default;
    /// port 0: any free one. Returns the port. `accepted` is called on the network's own thread and must return soon.
    /// Errors: Busy (port taken), Io.
    virtual Result<int> listen(int port, std::function<void(std::shared_ptr<Connection>)> accepted) = 0;
    /// No further connection is handed out once this has returned: of that port, or of any.
    virtual void stopListening(int port) = 0;
    virtual void stopListening() = 0;
};

std::unique_ptr<Network> makeNetwork();

}  // namespace monban::practice
