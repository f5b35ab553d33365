// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <variant>

#include "core/practice/outcome.h"

namespace monban::practice {

/// How much of a request is there when it is judged.
enum class Arrived {
    Head,      ///< no answer yet: it is judged again with its body
    Whole,
    TooLarge,  ///< the body is larger than anybody may send
};

/// Judges a request. Nothing: wait for the rest of it (with Head only).
using Http2Site = std::function<std::optional<Outcome>(const std::variant<HttpRequest, BadRequest>&, Arrived)>;

/// Serves a client that chose HTTP/2 (RFC 9113), until either side has enough; `clock` dates the answers. KeepAlive or
/// Close: all was said, TLS and TCP are to be closed. Reset: the connection is to be reset.
Next serveHttp2(Connection& connection, Stream& stream, const Http2Site& site, const std::function<Time()>& clock);

}  // namespace monban::practice
