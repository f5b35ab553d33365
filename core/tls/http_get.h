// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace monban {

struct HttpLimits {
    std::size_t bytes = 1024 * 1024;  ///< of the body; the header has a fixed, smaller limit
    std::chrono::milliseconds time = std::chrono::seconds(10);  ///< from the name's look-up to the last byte
    std::stop_token stop;
    std::string proxy = {};  ///< HOST or HOST:PORT of the http proxy that is asked for it; empty: the address itself
};

/// The body that a public `http://` address answers with: a CA certificate, a revocation list. One request to the given
/// host and port or to the proxy, without name or password, no redirect, nothing stored; only status 200 with an uncompressed body counts.
/// Errors: InvalidInput or Unsupported (the address, the answer), NotFound, Denied, TimedOut, Cancelled, Io.
Result<Bytes> httpGet(const std::string& url, const HttpLimits& limits = {});

/// The status that a web server answers an `http://` address with, whatever it is; the page itself is not read.
/// loopbackPort: where the connection goes on this computer instead, the Host field staying (a practice server's site);
/// 0: to the address itself. Errors: as httpGet, but of the answer only what makes it none.
Result<int> httpStatus(const std::string& url, const HttpLimits& limits = {}, std::uint16_t loopbackPort = 0);

}  // namespace monban
