// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/practice/network.h"

namespace monban::practice {

/// One request of a client, HTTP/1.0 or 1.1 (RFC 9112), its body not yet read.
struct HttpRequest {
    std::string method;
    std::string target;  ///< as sent
    std::string path;    ///< decoded, without "." and ".." and doubled slashes: what access rules are looked up by
    std::string query;
    std::string host;    ///< lower-case, without the port
    std::vector<std::pair<std::string, std::string>> headers;  ///< names lower-case
    bool keepAlive = false;
    bool expectsContinue = false;
    bool chunked = false;
    std::uint64_t contentLength = 0;

    const std::string* header(std::string_view lowerCaseName) const;
};

/// A request that is answered with an error before anybody looks at what it wants.
struct BadRequest {
    int status = 400;
};
/// The client went away, was too slow or sends no more.
struct NoRequest {};

/// Reads requests from a peer that may send anything: a limit on every size.
class HttpReader {
public:
    explicit HttpReader(Stream& stream) : m_stream(stream) {}

    std::variant<HttpRequest, BadRequest, NoRequest> next();

    enum class Body { Read, TooLarge, Broken };
    /// Reads the body and throws it away: nothing here wants it.
    Body skipBody(const HttpRequest& request);

    /// Bytes that were received while waiting for something else.
    void keep(ByteView bytes) { m_pending.append(textOf(bytes)); }

private:
    bool fill();
    Body skip(std::uint64_t size);
    Body skipChunks();
    std::variant<std::string, BadRequest, NoRequest> line(std::size_t limit);

    Stream& m_stream;
    std::string m_pending;
};

/// IIS's default (requestLimits maxAllowedContentLength).
constexpr std::uint64_t kLargestBody = 30'000'000;
constexpr std::size_t kLargestHead = 64 * 1024;

/// The host in a Host field or an authority: lower-case, without the port and a dot at its end.
std::string hostOf(std::string_view value);

/// Parses a request's head, without the empty line at its end.
std::variant<HttpRequest, BadRequest> parseHead(const std::string& head);

}  // namespace monban::practice
