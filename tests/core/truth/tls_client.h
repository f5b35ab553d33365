// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tests/core/truth/row_certificates.h"

namespace monban::practice::rows {

/// What a client asks for, and what it is willing to show. It never offers post-handshake authentication, as browsers
/// do not (RFC 8446, 4.2.6), but it does renegotiate.
struct Visit {
    int port = 0;
    bool tls13 = false;  ///< the only version it allows
    bool offersHttp2 = false;
    std::string serverName;  ///< empty: no SNI
    std::optional<Holder> client;
};

struct Seen {
    bool handshakeDone = false;  ///< the first one
    int alert = -1;              ///< RFC 8446, 6, when one ended the handshake
    std::string serverName;      ///< common name of the server's certificate
    bool asked = false;          ///< for a certificate
    bool askedLate = false;      ///< after the first handshake
    std::vector<std::string> names;  ///< common names of the CAs in the request, in their order
    std::string response;            ///< empty: the server closed without an answer

    int status() const;
    std::string subStatus() const;  ///< of IIS's detailed page; "-" where it shows none
};

Seen visit(const Visit& wanted);

}  // namespace monban::practice::rows
