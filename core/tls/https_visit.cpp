// SPDX-License-Identifier: MIT
#include "core/tls/https_visit.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <algorithm>
#include <set>

#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/pki/names.h"
#include "core/pki/openssl.h"
#include "core/tls/http2_request.h"
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
constexpr int kMostInterimAnswers = 8;
constexpr long kLargestCertificateMessage = 1024 * 1024;  // OpenSSL's own limit is 100 KB; real servers with many CA names send more

constexpr char kAlpnHttp2[] = "\x02h2\x08http/1.1";

/// Alerts and state changes come to a callback without an argument of ours; Asio keeps something of its own as the app data.
int ownIndex()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

Error timedOut(const std::string& host)
{
    return {ErrorCode::TimedOut, {tr("{0} did not answer in time. Look whether this computer can reach it (name, firewall)."), {host}}, "timed out"};
}
Error unreachable(const std::string& host, const error_code& problem)
{
    return {ErrorCode::Io, {tr("{0} cannot be reached: {1}. Look whether this computer can reach it (name, firewall)."), {host, validUtf8(problem.message())}}, problem.message()};
}

/// By the words of RFC 8446, section 6, which OpenSSL 3.0 knows but for those that came with TLS 1.3.
std::string alertName(int code)
{
    if (code == TLS13_AD_MISSING_EXTENSION) return "missing_extension";
    if (code == TLS13_AD_CERTIFICATE_REQUIRED) return "certificate_required";
    std::string name = lowerAscii(SSL_alert_desc_string_long(code));
    std::ranges::replace(name, ' ', '_');
    return name == "unknown" ? "alert_" + std::to_string(code) : name;
}

constexpr const char* kNotByHttp2 = "HTTP/2 HTTP_1_1_REQUIRED";

class Visitor {
public:
    explicit Visitor(const HttpsVisit& wanted)
        : m_wanted(wanted), m_deadline(m_begin + wanted.time), m_tls(asio::ssl::context::tls_client), m_stream(m_context, m_tls)
    {
    }

    Result<HttpsAnswer> run()
    {
        if (auto ready = prepare(); !ready) return ready.error();
        const std::stop_callback interrupt(m_wanted.stop, [this] { asio::post(m_context, [this] { beast::get_lowest_layer(m_stream).close(); }); });
        if (auto connected = connect(); !connected) return connected.error();
        m_answer.connected = sinceBegin();
        if (auto done = step([this](error_code& problem) { m_stream.async_handshake(asio::ssl::stream_base::client, [&](const error_code& c) { problem = c; }); }); !done)
            return ended(done.error());
        m_answer.handshaken = sinceBegin();
        seeServer();
        return m_answer.alpn == "h2" ? askHttp2() : ask();
    }

private:
    /// The certificate it shows when asked, and a note that it was asked.
    Result<Done> prepare()
    {
        m_tls.set_verify_mode(asio::ssl::verify_none);
        // On the connection itself, which exists already: it has taken over what the context had.
        SSL* ssl = m_stream.native_handle();
        SSL_set_options(ssl, SSL_OP_LEGACY_SERVER_CONNECT);
        SSL_set_security_level(ssl, 0);  // old servers are seen as they are; nothing secret is sent
        SSL_set_max_cert_list(ssl, kLargestCertificateMessage);
        SSL_set_ex_data(ssl, ownIndex(), this);
        SSL_set_info_callback(ssl, [](const SSL* seen, int where, int what) {
            if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) static_cast<Visitor*>(SSL_get_ex_data(seen, ownIndex()))->seeAlert(what);
        });
        SSL_set_cert_cb(
            ssl,
            [](SSL* seen, void* self) {
                static_cast<Visitor*>(self)->seeRequest(*seen);
                return 1;
            },
            this);
        if (m_wanted.tls != TlsVersion::Any) {
            const int version = m_wanted.tls == TlsVersion::Tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
            SSL_set_min_proto_version(ssl, version);
            SSL_set_max_proto_version(ssl, version);
        }
        if (m_wanted.offersHttp2) SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(kAlpnHttp2), sizeof kAlpnHttp2 - 1);
        SSL_set_post_handshake_auth(ssl, m_wanted.offersPostHandshake ? 1 : 0);
        error_code isNoAddress;
        asio::ip::make_address(m_wanted.host, isNoAddress);
        if (isNoAddress) SSL_set_tlsext_host_name(ssl, m_wanted.host.c_str());  // RFC 6066, 3: names only
        if (!m_wanted.client) return Done{};
        const auto use = [&](const Certificate& one, bool isLeaf) {
            const X509Ptr parsed = x509FromDer(one.der);
            return parsed && (isLeaf ? SSL_use_certificate(ssl, parsed.get()) : SSL_add1_chain_cert(ssl, parsed.get())) == 1;
        };
        bool fits = use(m_wanted.client->certificates.front(), true);
        for (std::size_t i = 1; i < m_wanted.client->chainLength && i < m_wanted.client->certificates.size(); ++i) fits = fits && use(m_wanted.client->certificates[i], false);
        fits = fits && m_wanted.client->keyPem.use([&](std::string_view text) {
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
        if (problem) {
            static const std::set<error_code> kEndings{asio::error::eof, asio::error::connection_reset, asio::error::broken_pipe, asio::error::connection_aborted,
                                                       asio::ssl::error::stream_truncated, http::error::end_of_stream, http::error::partial_message};
            m_answer.isClosedByPeer = kEndings.contains(problem) || !m_answer.alert.empty();
            return unreachable(m_wanted.host, problem);
        }
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
            error_code ignored;
            beast::get_lowest_layer(m_stream).socket().close(ignored);  // it is of that address's family
        }
        return last;
    }

    void seeRequest(const SSL& ssl)
    {
        m_answer.asked = m_answer.tlsVersion.empty() ? Asked::Handshake : SSL_version(&ssl) == TLS1_3_VERSION ? Asked::PostHandshake : Asked::Renegotiation;
        m_answer.acceptableIssuers.clear();
        m_answer.acceptableIssuersBytes = 0;
        const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(&ssl);
        for (int i = 0; i < sk_X509_NAME_num(names); ++i) {
            X509_NAME* const issuer = sk_X509_NAME_value(names, i);
            m_answer.acceptableIssuers.push_back(nameText(issuer));
            m_answer.acceptableIssuersBytes += 2 + static_cast<std::size_t>(std::max(i2d_X509_NAME(issuer, nullptr), 0));
        }
    }

    void seeAlert(int code)
    {
        if ((code & 0xFF) == SSL_AD_CLOSE_NOTIFY || code >> 8 == SSL3_AL_WARNING) return;  // neither ends a connection for a reason
        m_answer.alert = alertName(code & 0xFF);
    }

    void seeServer()
    {
        const SSL* ssl = m_stream.native_handle();
        m_answer.tlsVersion = SSL_get_version(ssl);
        if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl)) m_answer.cipher = SSL_CIPHER_standard_name(cipher);
        const unsigned char* chosen = nullptr;
        unsigned int size = 0;
        SSL_get0_alpn_selected(ssl, &chosen, &size);
        m_answer.alpn = validUtf8(std::string(chosen, chosen + size));
        seeChain();
    }

    /// Also where the server ends the handshake after it has shown them.
    void seeChain()
    {
        if (!m_answer.chain.empty()) return;
        const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(m_stream.native_handle());
        for (int i = 0; i < sk_X509_num(sent); ++i) {
            unsigned char* der = nullptr;
            if (const int length = i2d_X509(sk_X509_value(sent, i), &der); length > 0) m_answer.chain.emplace_back(der, der + length);
            OPENSSL_free(der);
        }
        if (!m_answer.chain.empty()) m_answer.serverCertificate = sha1Hex(m_answer.chain.front());
    }

    std::string authority() const
    {
        HttpAddress address;
        address.host = m_wanted.host;
        address.isSecure = true;
        address.port = m_wanted.port;
        return address.authority();
    }

    Result<HttpsAnswer> ask()
    {
        http::request<http::empty_body> request(http::verb::get, m_wanted.target, 11);
        request.set(http::field::host, authority());
        request.set(http::field::user_agent, "Monban/" MONBAN_VERSION);
        request.set(http::field::accept_encoding, "identity");
        request.set(http::field::connection, "close");
        // A server may answer and close before it has read everything: what it said is still to be had.
        (void)step([&](error_code& problem) { http::async_write(m_stream, request, [&](const error_code& c, std::size_t) { problem = c; }); });
        beast::flat_buffer buffer;
        for (int interim = 0; interim <= kMostInterimAnswers; ++interim) {
            http::response_parser<http::string_body> parser;
            parser.header_limit(kLargestHeader);
            parser.body_limit(kLargestPage);
            auto read = step([&](error_code& problem) { http::async_read(m_stream, buffer, parser, [&](const error_code& c, std::size_t) { problem = c; }); });
            if (!parser.is_header_done()) return ended(read ? unreachable(m_wanted.host, {}) : read.error());
            if (parser.get().result_int() / 100 != 1) return answered(static_cast<int>(parser.get().result_int()), parser.get().body());
        }
        return ended(Error{ErrorCode::Io, {}, "endless interim answers"});
    }

    Result<HttpsAnswer> askHttp2()
    {
        Http2Request request(authority(), m_wanted.target);
        std::vector<char> buffer(16 * 1024);
        while (!request.isOver()) {
            if (const std::string bytes = request.toSend(); !bytes.empty())
                (void)step([&](error_code& problem) { asio::async_write(m_stream, asio::buffer(bytes), [&](const error_code& c, std::size_t) { problem = c; }); });
            std::size_t size = 0;
            const auto read = step([&](error_code& problem) {
                m_stream.async_read_some(asio::buffer(buffer), [&](const error_code& c, std::size_t count) { problem = c, size = count; });
            });
            if (size > 0 && !request.receive({buffer.data(), size})) return ended(Error{ErrorCode::Io, {}, "no HTTP/2 after ALPN chose it"});
            if (!read && !request.isOver()) return request.status() ? answered(*request.status(), request.page()) : ended(read.error());
        }
        if (request.status()) return answered(*request.status(), request.page());
        // Only these say that the request cannot be answered in this way; any other says that it was not even looked at.
        static const std::set<std::string> kForGood{"HTTP_1_1_REQUIRED", "INADEQUATE_SECURITY", "CANCEL"};
        m_answer.isClosedByPeer = kForGood.contains(request.ended());
        return ended(Error{ErrorCode::Io, {}, "HTTP/2 " + request.ended()});
    }

    HttpsAnswer answered(int status, const std::string& page)
    {
        m_answer.answered = sinceBegin();
        m_answer.status = status;
        m_answer.subStatus = subStatusIn(page);
        return m_answer;
    }

    std::chrono::milliseconds sinceBegin() const { return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - m_begin); }

    /// IIS's detailed pages carry "403.7 - Forbidden" in their title. What stands elsewhere on a page is the application's.
    std::string subStatusIn(const std::string& page) const
    {
        if (*m_answer.status / 100 != 4 && *m_answer.status / 100 != 5) return {};
        const auto from = page.find("<title>");
        const auto to = from == std::string::npos ? from : page.find("</title>", from);
        if (to == std::string::npos) return {};
        const std::string title = page.substr(from, to - from);
        const std::string begin = std::to_string(*m_answer.status) + ".";
        const auto at = title.find(begin);
        const auto isPart = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
        if (at == std::string::npos || isPart(title[at - 1])) return {};
        std::string digits;
        for (std::size_t i = at + begin.size(); i < title.size() && isPart(title[i]); ++i) digits += title[i];
        return digits.size() <= 2 && digits.find('.') == std::string::npos ? digits : std::string();
    }

    /// A handshake or answer that the server ended is an answer, too; only time and a stop are not.
    Result<HttpsAnswer> ended(const Error& error)
    {
        seeChain();
        const bool isLate = error.code == ErrorCode::TimedOut;
        if (error.code != ErrorCode::Io && !isLate) return error;
        if (isLate) m_answer.isClosedByPeer = false;
        m_answer.answered = sinceBegin();
        m_answer.ended = error.detail.empty() ? "closed" : error.detail;
        return m_answer;
    }

    const HttpsVisit& m_wanted;
    Clock::time_point m_begin = Clock::now();
    Clock::time_point m_deadline;
    asio::io_context m_context;
    asio::ssl::context m_tls;
    beast::ssl_stream<beast::tcp_stream> m_stream;
    HttpsAnswer m_answer;
};

}  // namespace

Result<ClientIdentity> clientIdentity(ByteView file, const Secret& password)
{
    auto opened = openPkcs12(file, password);
    if (!opened) return opened.error();
    if (opened->certificates.empty() || opened->keyCount == 0)
        return Error{ErrorCode::InvalidInput, {tr("The file holds no certificate with a private key. Export it again, with its key."), {}}, "no key"};
    return ClientIdentity(std::make_shared<const Pkcs12Contents>(std::move(*opened)));
}

const char* name(Asked asked)
{
    switch (asked) {
    case Asked::Never: return "never";
    case Asked::Handshake: return "handshake";
    case Asked::Renegotiation: return "renegotiation";
    case Asked::PostHandshake: return "post-handshake";
    }
    return "never";
}

Result<HttpsAnswer> visit(const HttpsVisit& wanted)
{
    auto answer = Visitor(wanted).run();
    if (!answer || answer->ended != kNotByHttp2) return answer;
    // RFC 9113, section 7: it can be asked again with HTTP/1.1, and browsers do.
    HttpsVisit again = wanted;
    again.offersHttp2 = false;
    again.time = wanted.time - answer->answered;
    return Visitor(again).run();
}

}  // namespace monban
