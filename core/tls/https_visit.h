// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace monban {

/// One visit to a site by HTTPS, as a browser makes it: with or without a client certificate.
struct HttpsVisit {
    std::string host;     ///< asked for by name (SNI, Host); an IPv6 address without its brackets
    std::uint16_t port = 443;
    std::string target = "/";
    std::string connectHost;  ///< where the connection goes instead; empty: to the host
    std::uint16_t connectPort = 0;
    const Bytes* client = nullptr;     ///< a PKCS#12 file; null: no certificate
    const Secret* password = nullptr;  ///< of that file
    std::chrono::milliseconds time = std::chrono::seconds(15);
    std::stop_token stop;
};

/// What the visitor met.
struct HttpsAnswer {
    std::string tlsVersion;        ///< "TLSv1.3"; empty where no handshake ended
    std::string serverCertificate; ///< its thumbprint (SHA-1)
    bool isAskedForCertificate = false;
    std::vector<std::string> acceptableIssuers;  ///< the CA names that came with the request for one (RFC 4514), in order
    std::optional<int> status;     ///< of HTTP; nothing: the connection ended without an answer
    std::string subStatus;         ///< "7" of "403.7", where the page shows it
    std::string ended;             ///< how the connection ended without an answer, English, for the evidence
};

/// Makes the visit. The server's own certificate is not judged here. Errors: NotFound (the name), TimedOut, Cancelled, Io
/// (not reachable), and those of openPkcs12 for the client's file.
Result<HttpsAnswer> visit(const HttpsVisit& wanted);

}  // namespace monban
