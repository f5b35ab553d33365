// SPDX-License-Identifier: MIT
#include "tests/core/truth/tls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>

#include "tests/core/truth/http2_client.h"

namespace monban::practice::rows {
namespace {

struct Talk {
    const Visit& wanted;
    Seen& seen;
};

std::string commonName(const X509_NAME* name)
{
    char text[256] = "";
    X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text);
    return text;
}

/// Called whenever the server asks for a certificate.
int onRequest(SSL* ssl, void* data)
{
    const Talk& talk = *static_cast<Talk*>(data);
    talk.seen.asked = true;
    talk.seen.askedLate = talk.seen.handshakeDone;
    const STACK_OF(X509_NAME)* const names = SSL_get_client_CA_list(ssl);
    for (int i = 0; i < sk_X509_NAME_num(names); ++i)
        talk.seen.names.push_back(commonName(sk_X509_NAME_value(names, i)));
    if (!talk.wanted.client) return 1;
    return SSL_use_certificate(ssl, talk.wanted.client->certificate.get()) == 1 &&
           SSL_use_PrivateKey(ssl, talk.wanted.client->key.key.get()) == 1;
}

std::shared_ptr<SSL_CTX> contextFor(const Visit& wanted, Talk& talk)
{
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    const int version = wanted.tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_set_cert_cb(context.get(), onRequest, &talk);
    if (wanted.offersHttp2) {
        static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
        SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof kProtocols - 1);
    }
    return context;
}

/// The alert the other side sent, if that is what the last error was.
int alertReceived()
{
    const unsigned long code = ERR_peek_last_error();
    const int reason = ERR_GET_REASON(code);
    return ERR_GET_LIB(code) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET ? reason - SSL_AD_REASON_OFFSET : -1;
}

constexpr const char* kHost = "iisdemo.spt-demo.local";

bool agreedOnHttp2(const SSL* ssl)
{
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    return std::string_view(reinterpret_cast<const char*>(name), size) == "h2";
}

void talkHttp2(SSL* ssl, Seen& seen)
{
    constexpr std::uint32_t kHttp11Required = 0xd;
    const Http2Reply reply = askOverHttp2(ssl, kHost);
    seen.status = reply.status;
    seen.response = reply.body;
    seen.sentBack = reply.streamError == kHttp11Required;
}

void talkHttp(SSL* ssl, Seen& seen)
{
    const std::string request = std::string("GET / HTTP/1.1\r\nHost: ") + kHost + "\r\nConnection: close\r\n\r\n";
    if (SSL_write(ssl, request.data(), static_cast<int>(request.size())) <= 0) return;
    char buffer[4096];
    for (int count; (count = SSL_read(ssl, buffer, sizeof buffer)) > 0;)
        seen.response.append(buffer, static_cast<std::size_t>(count));
    if (seen.response.starts_with("HTTP/1.1 ")) seen.status = std::stoi(seen.response.substr(9, 3));
}

}  // namespace

std::string Seen::subStatus() const
{
    const std::string wanted = "Detailed Error - " + std::to_string(status) + ".";
    const auto at = response.find(wanted);
    if (at == std::string::npos) return "-";
    const auto begin = at + wanted.size();
    return response.substr(begin, response.find(' ', begin) - begin);
}

namespace {

Seen visitOnce(const Visit& wanted)
{
    std::signal(SIGPIPE, SIG_IGN);
    Seen seen;
    Talk talk{wanted, seen};
    const auto context = contextFor(wanted, talk);
    const std::shared_ptr<SSL> ssl(SSL_new(context.get()), SSL_free);
    BIO* const connection = BIO_new_connect(("127.0.0.1:" + std::to_string(wanted.port)).c_str());
    SSL_set_bio(ssl.get(), connection, connection);
    if (BIO_do_connect(connection) <= 0) {
        ADD_FAILURE() << "nobody listens on port " << wanted.port;
        return seen;
    }
    const timeval patience{20, 0};  // nothing here takes that long; a test must not wait for ever
    setsockopt(static_cast<int>(BIO_get_fd(connection, nullptr)), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (!wanted.serverName.empty()) SSL_set_tlsext_host_name(ssl.get(), wanted.serverName.c_str());
    ERR_clear_error();
    if (SSL_connect(ssl.get()) != 1) {
        seen.alert = alertReceived();
        return seen;
    }
    seen.handshakeDone = true;
    if (const X509* const server = SSL_get0_peer_certificate(ssl.get())) seen.serverName = commonName(X509_get_subject_name(server));
    seen.http2 = agreedOnHttp2(ssl.get());
    (seen.http2 ? talkHttp2 : talkHttp)(ssl.get(), seen);
    SSL_shutdown(ssl.get());
    return seen;
}

}  // namespace

Seen visit(const Visit& wanted)
{
    const Seen first = visitOnce(wanted);
    if (!first.sentBack) return first;
    EXPECT_FALSE(first.asked) << "the certificate is asked for over HTTP/1.1, not before";
    Visit again = wanted;
    again.offersHttp2 = false;
    Seen second = visitOnce(again);
    second.sentBack = true;
    return second;
}

}  // namespace monban::practice::rows
