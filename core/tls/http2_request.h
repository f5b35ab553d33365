// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace monban {

/// One GET over a connection whose ALPN chose h2 (RFC 9113), between the bytes that come and those that go. nghttp2 speaks the
/// protocol; whoever has the connection carries them.
class Http2Request {
public:
    Http2Request(const std::string& authority, const std::string& target);
    ~Http2Request();

    /// What is to be sent now; empty: nothing.
    std::string toSend();
    /// False where the peer does not speak HTTP/2, or sends more than anybody needs.
    bool receive(std::string_view bytes);
    /// The answer is complete, or the stream was ended without one.
    bool isOver() const;

    std::optional<int> status() const;  ///< of the final answer
    const std::string& page() const;    ///< its beginning
    /// How the server ended the request without an answer: "HTTP_1_1_REQUIRED" … (RFC 9113, section 7); empty: it did not.
    std::string ended() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace monban
