// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "tests/core/truth/row_certificates.h"

namespace monban::practice::rows {

/// What a real browser shows, and what its own log says of the connection.
struct Browsed {
    std::string page;       ///< its DOM; empty where it shows an error of its own
    std::string netLog;
    bool logs(const std::string& text) const { return netLog.find(text) != std::string::npos; }
};

/// Chromium without a window and with a home of its own, so that neither its profile nor a policy of this computer's is
/// touched. Unlike curl it never offers post-handshake authentication.
class Chromium {
public:
    /// client: the one certificate in its store, sent to 127.0.0.1:port without a question.
    Chromium(fs::path home, int port, const std::optional<Holder>& client);
    /// tls13: else TLS 1.2 is the newest it knows. seconds: it is ended after so long.
    Browsed visit(bool tls13, bool http2, int seconds = 25) const;

private:
    fs::path m_home;
    int m_port;
};

}  // namespace monban::practice::rows
