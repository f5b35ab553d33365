// SPDX-License-Identifier: MIT
#include "tests/core/practice_tls/raw_http2.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>

namespace monban::practice {
namespace {

std::string bigEndian(std::uint32_t number, int bytes)
{
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(number >> shift);
    return text;
}

std::uint32_t numberAt(const std::string& text, std::size_t at, std::size_t bytes)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < bytes && at + i < text.size(); ++i)
        number = number << 8 | static_cast<std::uint8_t>(text[at + i]);
    return number;
}

}  // namespace

std::uint32_t RawFrame::errorCode() const { return numberAt(payload, type == frame_type::kGoAway ? 4 : 0, 4); }

RawHttp2::RawHttp2(int port, int tls, bool greet)
    : m_context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), m_ssl(SSL_new(m_context.get()), SSL_free)
{
    std::signal(SIGPIPE, SIG_IGN);
    static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(m_ssl.get(), kProtocols, sizeof kProtocols - 1);
    SSL_set_min_proto_version(m_ssl.get(), tls);
    SSL_set_max_proto_version(m_ssl.get(), tls);
    BIO* const connection = BIO_new_connect(("127.0.0.1:" + std::to_string(port)).c_str());
    SSL_set_bio(m_ssl.get(), connection, connection);
    m_closed = BIO_do_connect(connection) <= 0 || SSL_connect(m_ssl.get()) != 1;
    if (m_closed || !greet) return;
    send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    send(RawFrame{frame_type::kSettings, 0, 0, ""});
}

bool RawHttp2::agreed() const
{
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(m_ssl.get(), &name, &size);
    return std::string(reinterpret_cast<const char*>(name), size) == "h2";
}

bool RawHttp2::send(const std::string& bytes)
{
    const timeval patience{20, 0};
    setsockopt(SSL_get_fd(m_ssl.get()), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (!m_closed) m_closed = SSL_write(m_ssl.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0;
    ERR_clear_error();
    return !m_closed;
}

bool RawHttp2::fill(std::size_t size, int seconds)
{
    const timeval patience{seconds, 0};
    setsockopt(SSL_get_fd(m_ssl.get()), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char buffer[4096];
    while (m_received.size() < size) {
        const int count = SSL_read(m_ssl.get(), buffer, sizeof buffer);
        if (count <= 0) {
            // What the time limit ends leaves the connection as it is.
            m_closed = SSL_get_error(m_ssl.get(), count) != SSL_ERROR_WANT_READ;
            ERR_clear_error();
            return false;
        }
        m_received.append(buffer, static_cast<std::size_t>(count));
    }
    return true;
}

std::unique_ptr<RawFrame> RawHttp2::receive(int seconds)
{
    if (!fill(9, seconds)) return nullptr;
    const std::size_t size = numberAt(m_received, 0, 3);
    if (!fill(9 + size, seconds)) return nullptr;
    auto frame = std::make_unique<RawFrame>();
    frame->type = static_cast<std::uint8_t>(m_received[3]);
    frame->flags = static_cast<std::uint8_t>(m_received[4]);
    frame->stream = numberAt(m_received, 5, 4);
    frame->payload = m_received.substr(9, size);
    m_received.erase(0, 9 + size);
    return frame;
}

std::vector<RawFrame> RawHttp2::receiveAll(int seconds)
{
    std::vector<RawFrame> frames;
    while (const auto frame = receive(seconds)) frames.push_back(*frame);
    return frames;
}

std::string RawHttp2::bytesOf(const RawFrame& frame)
{
    return bigEndian(static_cast<std::uint32_t>(frame.payload.size()), 3) + static_cast<char>(frame.type) +
           static_cast<char>(frame.flags) + bigEndian(frame.stream, 4) + frame.payload;
}

std::string RawHttp2::head(const std::string& method, const std::string& path)
{
    return field(":method", method) + field(":scheme", "https") + field(":authority", "a.example") + field(":path", path);
}

std::string RawHttp2::field(const std::string& name, const std::string& value)
{
    // A literal that is not to be indexed (RFC 7541, 6.2.2); lengths up to 126 take one byte.
    const auto text = [](const std::string& words) {
        std::string coded;
        if (words.size() < 127) return coded + static_cast<char>(words.size()) + words;
        std::size_t rest = words.size() - 127;
        for (coded = '\x7f'; rest >= 128; rest /= 128) coded += static_cast<char>(rest % 128 + 128);
        return coded + static_cast<char>(rest) + words;
    };
    return std::string(1, '\0') + text(name) + text(value);
}

}  // namespace monban::practice
