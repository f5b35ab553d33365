// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace monban::practice {

/// A frame of RFC 9113, 4.1, as it stands on the wire.
struct RawFrame {
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    std::uint32_t stream = 0;
    std::string payload;

    /// The number that RST_STREAM carries, or GOAWAY after the last stream's.
    std::uint32_t errorCode() const;
};

namespace frame_type {
constexpr std::uint8_t kData = 0, kHeaders = 1, kPriority = 2, kRstStream = 3, kSettings = 4, kPing = 6, kGoAway = 7,
                       kWindowUpdate = 8, kContinuation = 9;
}
namespace frame_flag {
constexpr std::uint8_t kAck = 1, kEndStream = 1, kEndHeaders = 4;
}

/// An HTTP/2 client without a library, so that it can send what no library would.
class RawHttp2 {
public:
    /// tls: TLS1_2_VERSION or TLS1_3_VERSION. greet: sends the preface and an empty SETTINGS.
    RawHttp2(int port, int tls, bool greet = true);
    bool agreed() const;  ///< on h2

    /// False once the server has closed.
    bool send(const std::string& bytes);
    bool send(const RawFrame& frame) { return send(bytesOf(frame)); }
    /// The next frame; nothing: the server closed, or said nothing for `seconds`.
    std::unique_ptr<RawFrame> receive(int seconds = 20);
    /// Everything until the server closes.
    std::vector<RawFrame> receiveAll(int seconds = 20);
    bool closed() const { return m_closed; }

    static std::string bytesOf(const RawFrame& frame);
    /// A block for GET or POST of "/", in HPACK without its tables.
    static std::string head(const std::string& method = "GET", const std::string& path = "/");
    static std::string field(const std::string& name, const std::string& value);
    static RawFrame request(std::uint32_t stream) { return {frame_type::kHeaders, 5, stream, head()}; }

private:
    bool fill(std::size_t size, int seconds);

    std::shared_ptr<SSL_CTX> m_context;
    std::shared_ptr<SSL> m_ssl;
    std::string m_received;
    bool m_closed = false;
};

}  // namespace monban::practice
