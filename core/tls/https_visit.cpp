// SPDX-License-Identifier: MIT
#include "core/tls/https_visit.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/pki/names.h"
#include "core/pki/openssl.h"
#include "core/pki/pkcs12.h"
#include "core/tls/http_address.h"
#include "core/tls/name_lookup.h"

namespace monban {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargestHeader = 16 * 1024;
constexpr std::size_t kLargestPage = 64 * 1024;  // what is asked of it is at its beginning

Error cancelled() { return {ErrorCode::Cancelled, {tr("Cancelled."), {}}, "stopped"}; }
Error timedOut(const std::string& host)
{
    return {ErrorCode::TimedOut, {tr("{0} did not answer in time. Look whether this computer can reach it (name, firewall)."), {host}}, "timed out"};
}
Error unreachable(const std::string& host, const error_code& problem)
{
    return {ErrorCode::Io, {tr("{0} cannot be reached: {1}. Look whether this computer can reach it (name, firewall)."), {host, validUtf8(problem.message())}}, problem.message()};
}

class Visitor {
public:
    explicit Visitor(const HttpsVisit& wanted)
        : m_wanted(wanted), m_deadline(Clock::now() + wanted.time), m_tls(asio::ssl::context::tls_client), m_stream(m_context, m_tls)
    {
    }

    Result<HttpsAnswer> run()
    {
        if (auto ready = prepare(); !ready) return ready.error();
        const std::stop_callback interrupt(m_wanted.stop, [this] { asio::post(m_context, [this] { beast::get_lowest_layer(m_stream).close(); }); });
        if (auto connected = connect(); !connected) return connected.error();
        if (auto done = step([this](error_code& problem) { m_stream.async_handshake(asio::ssl::stream_base::client, [&](const error_code& c) { problem = c; }); }); !done)
            return ended(done.error());
        m_answer.tlsVersion = SSL_get_version(m_stream.native_handle());
        seeServer();
        return ask();
    }

private:
    /// The certificate it shows when asked, and a note that it was asked.
    Result<Done> prepare()
    {
        m_tls.set_verify_mode(asio::ssl::verify_none);
        // On the connection itself, which exists already: it has taken over what the context had.
        SSL_set_options(m_stream.native_handle(), SSL_OP_LEGACY_SERVER_CONNECT);
        SSL_set_cert_cb(
            m_stream.native_handle(),
            [](SSL* ssl, void* self) {
                static_cast<Visitor*>(self)->seeRequest(*ssl);
                return 1;
            },
            this);
        error_code isNoAddress;
        asio::ip::make_address(m_wanted.host, isNoAddress);
        if (isNoAddress) SSL_set_tlsext_host_name(m_stream.native_handle(), m_wanted.host.c_str());  // RFC 6066, 3: names only
        if (!m_wanted.client) return Done{};
        const Secret none;
        auto opened = openPkcs12(*m_wanted.client, m_wanted.password ? *m_wanted.password : none);
        if (!opened) return opened.error();
        if (opened->certificates.empty() || opened->keyCount == 0)
            return Error{ErrorCode::InvalidInput, {tr("The file holds no certificate with a private key. Export it again, with its key."), {}}, "no key"};
        SSL* ssl = m_stream.native_handle();
        const auto use = [&](const Certificate& one, bool isLeaf) {
            const X509Ptr parsed = x509FromDer(one.der);
            return parsed && (isLeaf ? SSL_use_certificate(ssl, parsed.get()) : SSL_add1_chain_cert(ssl, parsed.get())) == 1;
        };
        bool fits = use(opened->certificates.front(), true);
        for (std::size_t i = 1; i < opened->chainLength && i < opened->certificates.size(); ++i) fits = fits && use(opened->certificates[i], false);
        fits = fits && opened->keyPem.use([&](std::string_view text) {
            const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
            const PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
            return key && SSL_use_PrivateKey(ssl, key.get()) == 1;
        });
        if (!fits) return Error{ErrorCode::Unsupported, {tr("The client certificate cannot be used: its key is of a kind this program does not know."), {}}, "client key"};
        return Done{};
    }

    template <class Start>
    Result<Done> step(Start start)
    {
        return step(m_deadline, start);
    }

    template <class Start>
    Result<Done> step(Clock::time_point deadline, Start start)
    {
        error_code problem;
        beast::get_lowest_layer(m_stream).expires_at(deadline);
        start(problem);
        m_context.restart();
        m_context.run();
        if (m_wanted.stop.stop_requested()) return cancelled();
        if (problem == beast::error::timeout) return timedOut(m_wanted.host);
        if (problem) return unreachable(m_wanted.host, problem);
        return Done{};
    }

    Result<Done> connect()
    {
        const std::string& host = m_wanted.connectHost.empty() ? m_wanted.host : m_wanted.connectHost;
        const Found found = lookUp(host, m_wanted.connectPort ? m_wanted.connectPort : m_wanted.port, m_deadline, m_wanted.stop);
        if (!found.isAnswered) return m_wanted.stop.stop_requested() ? cancelled() : timedOut(m_wanted.host);
        Result<Done> last = unreachable(m_wanted.host, found.problem ? found.problem : make_error_code(asio::error::host_not_found));
        auto left = static_cast<Clock::rep>(found.endpoints.size());
        for (const tcp::endpoint& endpoint : found.endpoints) {
            // An address that swallows everything (IPv6 without a route, often) must leave time for the next one.
            const auto now = Clock::now();
            const auto deadline = now + (m_deadline - now) / left--;
            last = step(deadline, [&](error_code& problem) { beast::get_lowest_layer(m_stream).async_connect(endpoint, [&](const error_code& c) { problem = c; }); });
            if (last || last.error().code == ErrorCode::Cancelled) return last;
        }
        return last;
    }

    void seeRequest(const SSL& ssl)
    {
        m_answer.isAskedForCertificate = true;
        m_answer.acceptableIssuers.clear();
        const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(&ssl);
        for (int i = 0; i < sk_X509_NAME_num(names); ++i) m_answer.acceptableIssuers.push_back(nameText(sk_X509_NAME_value(names, i)));
    }

    void seeServer()
    {
        const X509Ptr server(SSL_get1_peer_certificate(m_stream.native_handle()));
        unsigned char* der = nullptr;
        const int size = server ? i2d_X509(server.get(), &der) : 0;
        if (size > 0) m_answer.serverCertificate = sha1Hex(ByteView(der, static_cast<std::size_t>(size)));
        OPENSSL_free(der);
    }

    Result<HttpsAnswer> ask()
    {
        http::request<http::empty_body> request(http::verb::get, m_wanted.target, 11);
        HttpAddress address;
        address.host = m_wanted.host;
        address.isSecure = true;
        address.port = m_wanted.port;
        request.set(http::field::host, address.authority());
        request.set(http::field::user_agent, "Monban/" MONBAN_VERSION);
        request.set(http::field::accept_encoding, "identity");
        request.set(http::field::connection, "close");
        // A server may answer and close before it has read everything: what it said is still to be had.
        (void)step([&](error_code& problem) { http::async_write(m_stream, request, [&](const error_code& c, std::size_t) { problem = c; }); });
        beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.header_limit(kLargestHeader);
        parser.body_limit(kLargestPage);
        auto read = step([&](error_code& problem) { http::async_read(m_stream, buffer, parser, [&](const error_code& c, std::size_t) { problem = c; }); });
        if (!parser.is_header_done()) return ended(read ? unreachable(m_wanted.host, {}) : read.error());
        m_answer.status = static_cast<int>(parser.get().result_int());
        m_answer.subStatus = subStatusIn(parser.get().body());
        return m_answer;
    }

    /// IIS's detailed pages carry "403.7 - Forbidden" in their title.
    std::string subStatusIn(const std::string& page) const
    {
        const std::string begin = std::to_string(*m_answer.status) + ".";
        const auto at = page.find(begin);
        if (at == std::string::npos) return {};
        std::string digits;
        for (std::size_t i = at + begin.size(); i < page.size() && page[i] >= '0' && page[i] <= '9' && digits.size() < 3; ++i) digits += page[i];
        return digits;
    }

    /// A handshake or answer that the server ended is an answer, too; only time and a stop are not.
    Result<HttpsAnswer> ended(const Error& error)
    {
        if (error.code != ErrorCode::Io) return error;
        m_answer.ended = error.detail.empty() ? "closed" : error.detail;
        return m_answer;
    }

    const HttpsVisit& m_wanted;
    Clock::time_point m_deadline;
    asio::io_context m_context;
    asio::ssl::context m_tls;
    beast::ssl_stream<beast::tcp_stream> m_stream;
    HttpsAnswer m_answer;
};

}  // namespace

Result<HttpsAnswer> visit(const HttpsVisit& wanted)
{
    return Visitor(wanted).run();
}

}  // namespace monban
