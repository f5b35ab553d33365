// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace monban {

struct HttpLimits {
    std::size_t bytes = 1024 * 1024;  ///< of the body; the header has a fixed, smaller limit
    std::chrono::milliseconds time = std::chrono::seconds(10);  ///< from the name's look-up to the last byte
    std::stop_token stop;
    int redirects = 0;  ///< how many are followed, to http addresses only: for what is signed, so that it does not matter where it came from
    std::string proxy = {};  ///< HOST or HOST:PORT of the http proxy that is asked for it; empty: the address itself
    std::function<std::string(const std::string& host)> proxyFor = {};  ///< the same for the host that a redirect leads to; none: as the first
};

/// A root is a few kilobytes, and comes from the address that was named.
HttpLimits limitsForRoot(std::stop_token stop);
/// A revocation list may be as large as one that is read from a file. It is signed, so that it may lie somewhere else by now.
HttpLimits limitsForList(std::stop_token stop);

/// The body that a public `http://` address answers with: a CA certificate, a revocation list. One request to the given
/// host and port or to the proxy, and one more for each redirect it may follow, without name or password, nothing stored; only status
/// 200 with an uncompressed body counts.
/// Errors: InvalidInput or Unsupported (the address, the answer), NotFound, Denied, TimedOut, Cancelled, Io.
Result<Bytes> httpGet(const std::string& url, const HttpLimits& limits = {});

/// The status that a web server answers an `http://` address with, whatever it is; the page itself is not read.
/// loopbackPort: where the connection goes on this computer instead, the Host field staying (a practice server's site);
/// 0: to the address itself. Errors: as httpGet, but of the answer only what makes it none.
Result<int> httpStatus(const std::string& url, const HttpLimits& limits = {}, std::uint16_t loopbackPort = 0);

}  // namespace monban
