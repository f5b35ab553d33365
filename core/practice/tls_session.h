// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/practice/network.h"
#include "core/practice/snapshot.h"

namespace monban::practice {

/// How asking for a client certificate after the request was read ended.
enum class LateRequest {
    Answered,     ///< with a certificate or without one
    NotOffered,   ///< TLS 1.3, and the client did not offer post-handshake authentication: no browser does
    Broken,       ///< the client went away or does not renegotiate
};

/// The server's side of TLS as http.sys speaks it, over one connection.
class TlsSession : public Stream {
public:
    /// The record the handshake used.
    virtual const SslRecord& record() const = 0;
    virtual bool isTls13() const = 0;
    /// Both sides agreed on HTTP/2 (ALPN, RFC 7301).
    virtual bool isHttp2() const = 0;
    /// What the client presented, its own certificate first; empty if nothing.
    virtual std::vector<Bytes> presented() const = 0;
    /// Renegotiates (TLS 1.2) or asks by post-handshake authentication (TLS 1.3). What the client sent in the meantime
    /// is put into `early`.
    virtual LateRequest askLate(Bytes& early) = 0;
    /// Sends close_notify.
    virtual void close() = 0;
};

/// Performs the handshake; nullptr if it failed: the connection is closed, after an alert, or by a reset as http.sys does
/// where it has nothing to show.
std::unique_ptr<TlsSession> acceptTls(Connection& connection, Backend& backend, const Snapshot& snapshot,
                                      const Endpoint& endpoint);

}  // namespace monban::practice
