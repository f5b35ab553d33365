// SPDX-License-Identifier: MIT
#include "core/practice/tls_session.h"

#include <algorithm>

#include "core/practice/tls_identity.h"

namespace monban::practice {
namespace {

using ContextHandle = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, FreeWith<SSL_free>>;

constexpr auto kQuick = std::chrono::seconds(15);
// A person may be choosing a certificate while the handshake waits.
constexpr auto kPatient = std::chrono::minutes(3);

Deadline in(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

/// What the BIO below OpenSSL writes to. muted: http.sys sends no alert where it has nothing to show.
struct Wire {
    Connection& connection;
    bool muted = false;
};

Wire& wireOf(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

int readWire(BIO* bio, char* buffer, int size)
{
    BIO_clear_retry_flags(bio);
    if (size <= 0) return 0;
    const auto count = wireOf(bio).connection.read(reinterpret_cast<std::uint8_t*>(buffer), static_cast<std::size_t>(size));
    return count ? static_cast<int>(*count) : -1;
}

int writeWire(BIO* bio, const char* buffer, int size)
{
    BIO_clear_retry_flags(bio);
    Wire& wire = wireOf(bio);
    if (wire.muted || size <= 0) return size;
    const ByteView bytes(reinterpret_cast<const std::uint8_t*>(buffer), static_cast<std::size_t>(size));
    return wire.connection.write(bytes) ? size : -1;
}

long controlWire(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* wireMethod()
{
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
        BIO_meth_set_read(made, readWire);
        BIO_meth_set_write(made, writeWire);
        BIO_meth_set_ctrl(made, controlWire);
        return made;
    }();
    return method;
}

/// Everything the callbacks of one handshake need.
struct Handshake {
    Wire wire;
    Backend& backend;
    const Snapshot& snapshot;
    const Endpoint& endpoint;
    SslRecord record{};
    bool chosen = false;
    bool offersHttp2 = false;  ///< this Windows, for that record
    std::string protocol{};    ///< what was agreed on by ALPN; a renegotiation keeps to it
    int finishedMessages = 0;
};

Handshake& handshakeOf(const SSL* ssl) { return *static_cast<Handshake*>(SSL_get_app_data(ssl)); }

/// The host name in the server_name extension (RFC 6066, 3), or an empty text.
std::string serverNameOf(SSL* ssl)
{
    const unsigned char* bytes = nullptr;
    std::size_t size = 0;
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &size)) return {};
    // list length (2), type (1, 0 for a host name), name length (2), name
    if (size < 5 || bytes[2] != 0) return {};
    const std::size_t length = static_cast<std::size_t>(bytes[3]) << 8 | bytes[4];
    if (length == 0 || length > 255 || length + 5 > size) return {};
    std::string name(reinterpret_cast<const char*>(bytes + 5), length);
    return name.find('\0') == std::string::npos ? name : std::string();
}

bool show(SSL* ssl, TlsIdentity& identity)
{
    SSL_set_options(ssl, identity.options);
    SSL_set_client_CA_list(ssl, identity.issuerNames.release());
    if (identity.asks) SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    return SSL_use_certificate(ssl, identity.certificate.get()) == 1 &&
           SSL_use_PrivateKey(ssl, identity.key.get()) == 1 && SSL_set1_chain(ssl, identity.chain.get()) == 1;
}

/// The first thing that is known of a client: time to choose the record.
int onClientHello(SSL* ssl, int* alert, void*)
{
    Handshake& handshake = handshakeOf(ssl);
    if (handshake.chosen) return SSL_CLIENT_HELLO_SUCCESS;  // a renegotiation
    const std::string serverName = serverNameOf(ssl);
    const SslRecord* record = recordFor(handshake.snapshot, handshake.endpoint, serverName);
    auto identity = record ? identityFor(handshake.backend, handshake.snapshot, *record, serverName)
                           : Result<TlsIdentity>(Error{});
    if (!identity || !show(ssl, *identity)) {
        handshake.wire.muted = true;
        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_CLIENT_HELLO_ERROR;
    }
    handshake.record = *record;
    handshake.chosen = true;
    handshake.offersHttp2 = identity->http2;
    if (identity->asks) handshake.wire.connection.setDeadline(in(kPatient));
    return SSL_CLIENT_HELLO_SUCCESS;
}

/// HTTP/2 wants TLS 1.2 with ephemeral keys and an AEAD cipher (RFC 9113, 9.2), or TLS 1.3, which has nothing else.
bool isFitForHttp2(SSL* ssl)
{
    if (SSL_version(ssl) >= TLS1_3_VERSION) return true;
    const SSL_CIPHER* cipher = SSL_get_pending_cipher(ssl);
    if (SSL_version(ssl) < TLS1_2_VERSION || !cipher || !SSL_CIPHER_is_aead(cipher)) return false;
    const int exchange = SSL_CIPHER_get_kx_nid(cipher);
    return exchange == NID_kx_ecdhe || exchange == NID_kx_dhe;
}

bool isOffered(const std::string& protocol, const unsigned char* offered, unsigned size)
{
    // A list of names, each after its length (RFC 7301, 3.1); OpenSSL has checked that the lengths fit.
    for (unsigned at = 0; at < size && offered[at] < size - at; at += 1u + offered[at])
        if (protocol == std::string_view(reinterpret_cast<const char*>(offered) + at + 1, offered[at])) return true;
    return false;
}

/// HTTP/2, then HTTP/1.1, where the client knows it; otherwise as if nothing had been offered.
int onProtocols(SSL* ssl, const unsigned char** out, unsigned char* outSize, const unsigned char* offered,
                unsigned size, void*)
{
    Handshake& handshake = handshakeOf(ssl);
    if (handshake.protocol.empty() && handshake.offersHttp2 && isFitForHttp2(ssl) && isOffered("h2", offered, size))
        handshake.protocol = "h2";
    if (handshake.protocol.empty()) handshake.protocol = "http/1.1";
    if (!isOffered(handshake.protocol, offered, size)) return SSL_TLSEXT_ERR_NOACK;
    *out = reinterpret_cast<const unsigned char*>(handshake.protocol.data());
    *outSize = static_cast<unsigned char>(handshake.protocol.size());
    return SSL_TLSEXT_ERR_OK;
}

void onMessage(int written, int, int contentType, const void* bytes, std::size_t size, SSL* ssl, void*)
{
    if (written || contentType != SSL3_RT_HANDSHAKE || size == 0) return;
    if (*static_cast<const unsigned char*>(bytes) == SSL3_MT_FINISHED) ++handshakeOf(ssl).finishedMessages;
}

/// Whatever a client presents is let through the handshake: IIS judges it afterwards and answers with a page.
int acceptAnything(X509_STORE_CTX*, void*) { return 1; }

ContextHandle makeContext()
{
    ContextHandle context(SSL_CTX_new(TLS_server_method()));
    if (!context) return nullptr;
    // The practice server takes any certificate, and speaks what that Windows speaks whatever this computer's own
    // OpenSSL configuration forbids.
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION);
    SSL_CTX_set_cipher_list(context.get(), "DEFAULT:@SECLEVEL=0");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    // A resumed session would carry yesterday's verdict.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>("monban"), 6);
    // Asking late has to see each handshake message pass.
    SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_client_hello_cb(context.get(), onClientHello, nullptr);
    SSL_CTX_set_alpn_select_cb(context.get(), onProtocols, nullptr);
    SSL_CTX_set_cert_verify_callback(context.get(), acceptAnything, nullptr);
    SSL_CTX_set_msg_callback(context.get(), onMessage);
    return context;
}

class OpensslSession final : public TlsSession {
public:
    OpensslSession(Connection& connection, Backend& backend, const Snapshot& snapshot, const Endpoint& endpoint)
        : m_handshake{{connection}, backend, snapshot, endpoint}, m_context(makeContext()),
          m_ssl(m_context ? SSL_new(m_context.get()) : nullptr)
    {
    }

    bool accept()
    {
        BIO* bio = m_ssl ? BIO_new(wireMethod()) : nullptr;
        if (!bio) return false;
        BIO_set_data(bio, &m_handshake.wire);
        BIO_set_init(bio, 1);
        SSL_set_bio(m_ssl.get(), bio, bio);
        SSL_set_app_data(m_ssl.get(), &m_handshake);
        m_handshake.wire.connection.setDeadline(in(kQuick));
        const int done = SSL_accept(m_ssl.get());
        ERR_clear_error();
        return done == 1;
    }

    std::optional<std::size_t> read(std::uint8_t* buffer, std::size_t size) override
    {
        for (;;) {
            const int count = SSL_read(m_ssl.get(), buffer, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
            const int state = count > 0 ? SSL_ERROR_NONE : SSL_get_error(m_ssl.get(), count);
            ERR_clear_error();
            if (count > 0) return static_cast<std::size_t>(count);
            if (state == SSL_ERROR_ZERO_RETURN) return 0;
            // A message that held no data, such as a key update.
            if (state != SSL_ERROR_WANT_READ) return std::nullopt;
        }
    }

    bool write(ByteView bytes) override
    {
        while (!bytes.empty()) {
            const auto part = std::min<std::size_t>(bytes.size(), 1 << 20);
            const int count = SSL_write(m_ssl.get(), bytes.data(), static_cast<int>(part));
            ERR_clear_error();
            if (count <= 0) return false;
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// http.sys had nothing to show, and ends such connections without a word.
    bool silent() const { return m_handshake.wire.muted; }

    const SslRecord& record() const override { return m_handshake.record; }
    bool isTls13() const override { return SSL_version(m_ssl.get()) >= TLS1_3_VERSION; }
    bool isHttp2() const override { return m_handshake.protocol == "h2"; }

    std::vector<Bytes> presented() const override
    {
        std::vector<Bytes> certificates;
        if (const X509* leaf = SSL_get0_peer_certificate(m_ssl.get())) certificates.push_back(derOf(leaf));
        // On the server's side the chain lacks the leaf.
        const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(m_ssl.get());
        for (int i = 0; i < sk_X509_num(chain); ++i) certificates.push_back(derOf(sk_X509_value(chain, i)));
        return certificates;
    }

    LateRequest askLate(Bytes& early) override
    {
        SSL_set_verify(m_ssl.get(), SSL_VERIFY_PEER, nullptr);
        m_handshake.wire.connection.setDeadline(in(kPatient));
        if (!isTls13()) return renegotiate(early);
        SSL_set_verify(m_ssl.get(), SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, nullptr);
        const int before = m_handshake.finishedMessages;
        const bool offered = SSL_verify_client_post_handshake(m_ssl.get()) == 1;
        ERR_clear_error();
        if (!offered) return LateRequest::NotOffered;
        if (SSL_do_handshake(m_ssl.get()) != 1) return broken();
        while (m_handshake.finishedMessages == before)
            if (!pump(early)) return broken();
        return LateRequest::Answered;
    }

    void close() override
    {
        SSL_shutdown(m_ssl.get());
        ERR_clear_error();
    }

private:
    LateRequest renegotiate(Bytes& early)
    {
        if (SSL_renegotiate(m_ssl.get()) != 1 || SSL_do_handshake(m_ssl.get()) != 1) return broken();
        while (SSL_renegotiate_pending(m_ssl.get()))
            if (!pump(early)) return broken();
        return LateRequest::Answered;
    }

    static LateRequest broken()
    {
        ERR_clear_error();
        return LateRequest::Broken;
    }

    /// Takes in one message; false if the client is gone or sends too much instead of answering.
    bool pump(Bytes& early)
    {
        std::uint8_t buffer[4096];
        const int count = SSL_read(m_ssl.get(), buffer, sizeof buffer);
        if (count > 0) {
            early.insert(early.end(), buffer, buffer + count);
            return early.size() <= 64 * 1024;
        }
        const int state = SSL_get_error(m_ssl.get(), count);
        ERR_clear_error();
        return state == SSL_ERROR_WANT_READ;
    }

    Handshake m_handshake;
    ContextHandle m_context;
    SslHandle m_ssl;
};

}  // namespace

std::unique_ptr<TlsSession> acceptTls(Connection& connection, Backend& backend, const Snapshot& snapshot,
                                      const Endpoint& endpoint)
{
    auto session = std::make_unique<OpensslSession>(connection, backend, snapshot, endpoint);
    if (session->accept()) return session;
    if (session->silent()) connection.reset();
    else connection.finish();
    return nullptr;
}

}  // namespace monban::practice
