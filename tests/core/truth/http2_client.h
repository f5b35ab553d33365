// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <string>

namespace monban::practice::rows {

/// What became of one GET over HTTP/2.
struct Http2Reply {
    int status = 0;  ///< 0: no answer
    std::string body;
    std::uint32_t streamError = 0;  ///< RFC 9113, 7; 0xd: HTTP_1_1_REQUIRED
};

/// Asks for "/" over a connection whose handshake agreed on h2.
Http2Reply askOverHttp2(SSL* ssl, const std::string& authority);

}  // namespace monban::practice::rows
