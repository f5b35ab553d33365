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
    bool http2 = false;          ///< both sides agreed on it
    bool sentBack = false;       ///< HTTP_1_1_REQUIRED came; all else is what the second visit met, without HTTP/2
    int alert = -1;              ///< RFC 8446, 6, when one ended the handshake
    std::string serverName;      ///< common name of the server's certificate
    bool asked = false;          ///< for a certificate
    bool askedLate = false;      ///< after the first handshake
    std::vector<std::string> names;  ///< common names of the CAs in the request, in their order
    int status = 0;                  ///< 0: the server closed without an answer
    std::string response;            ///< of HTTP/1.1 with its head

    std::string subStatus() const;  ///< of IIS's detailed page; "-" where it shows none
};

/// Over HTTP/2 where the server agrees; sent back to HTTP/1.1 it comes again, as browsers do (RFC 9113, 7).
Seen visit(const Visit& wanted);

}  // namespace monban::practice::rows
