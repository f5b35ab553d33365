// SPDX-License-Identifier: MIT
#include "core/tls/http_get.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "core/base/file.h"
#include "core/base/utf8.h"
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
using Parser = http::response_parser<http::vector_body<std::uint8_t>>;

constexpr std::size_t kLargestHeader = 16 * 1024;
constexpr int kMostInterimAnswers = 8;

/// Who is asked, and by whom where that is a proxy.
std::string asked(const HttpAddress& address, const std::string& proxy)
{
    return proxy.empty() ? address.authority() : proxy + " → " + address.authority();
}

Error timedOut(const std::string& whom, std::chrono::milliseconds time)
{
    return {ErrorCode::TimedOut,
            {tr("{0} did not answer completely within {1} seconds. Look whether this computer can reach it (name, firewall, proxy), or "
                "download the file yourself and name the file."),
             {whom, std::to_string((time.count() + 999) / 1000)}},
            "timed out"};
}

Error unreachable(const std::string& whom, const error_code& problem)
{
    return {ErrorCode::Io,
            {tr("{0} cannot be reached: {1}. Look whether this computer can reach it (name, firewall, proxy), or download the file "
                "yourself and name the file."),
             {whom, validUtf8(problem.message())}},
            problem.message()};
}

/// One fetch: everything happens on the calling thread, in one io_context, within one deadline.
class Fetch {
public:
    /// peer: the address itself, or that of the proxy.
    Fetch(const HttpAddress& address, const HttpAddress& peer, const HttpLimits& limits, Clock::time_point deadline)
        : m_address(address), m_peer(peer), m_limits(limits), m_shown(asked(address, limits.proxy)), m_deadline(deadline), m_stream(m_context)
    {
    }

    Result<Bytes> run()
    {
        const auto endpoints = resolve();
        if (!endpoints) return endpoints.error();
        return exchange<Bytes>(*endpoints, [this] { return receive(); });
    }

    Result<int> status(std::uint16_t loopbackPort)
    {
        const auto endpoints = loopbackPort == 0 ? resolve() : std::vector{tcp::endpoint(asio::ip::address_v4::loopback(), loopbackPort)};
        if (!endpoints) return endpoints.error();
        return exchange<int>(*endpoints, [this] { return receiveStatus(); });
    }

    /// Where the answer points to instead; empty: it does not.
    const std::string& movedTo() const { return m_movedTo; }

private:
    template <class Answer, class Receive>
    Result<Answer> exchange(const std::vector<tcp::endpoint>& endpoints, const Receive& receiving)
    {
        const std::stop_callback interrupt(m_limits.stop, [this] { asio::post(m_context, [this] { m_stream.close(); }); });
        if (auto connected = connect(endpoints); !connected) return connected.error();
        if (auto sent = send(); !sent) return sent.error();
        return receiving();
    }

    Result<std::vector<tcp::endpoint>> resolve()
    {
        if (m_peer.isIp) return std::vector{tcp::endpoint(asio::ip::make_address(m_peer.host), m_peer.port)};
        const Found found = lookUp(m_peer.host, m_peer.port, m_deadline, m_limits.stop);
        if (!found.isAnswered) return m_limits.stop.stop_requested() ? cancelled() : timedOut(m_shown, m_limits.time);
        if (found.problem || found.endpoints.empty()) return unreachable(m_shown, found.problem);
        return found.endpoints;
    }

    /// Runs what was started until it has ended, its time is up or the caller wants to stop.
    Result<Done> wait(const error_code& problem)
    {
        m_context.restart();
        m_context.run();
        if (m_limits.stop.stop_requested()) return cancelled();
        if (problem == beast::error::timeout) return timedOut(m_shown, m_limits.time);
        return Done{};
    }

    /// Each address in turn; one that swallows the packets leaves time for those behind it.
    Result<Done> connect(const std::vector<tcp::endpoint>& endpoints)
    {
        error_code problem;
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            const auto left = m_deadline - Clock::now();
            m_stream.expires_after(left / static_cast<long>(endpoints.size() - i));
            m_stream.async_connect(endpoints[i], [&](const error_code& code) { problem = code; });
            const auto waited = wait(problem);
            if (!waited && (waited.error().code == ErrorCode::Cancelled || i + 1 == endpoints.size())) return waited.error();
            if (waited && !problem) return Done{};
            error_code ignored;
            m_stream.socket().close(ignored);
        }
        return unreachable(m_shown, problem);
    }

    Result<Done> send()
    {
        // To a proxy the whole address (RFC 9112 section 3.2.2).
        const std::string target = m_limits.proxy.empty() ? m_address.target : "http://" + m_address.authority() + m_address.target;
        http::request<http::empty_body> request(http::verb::get, target, 11);
        request.set(http::field::host, m_address.authority());
        request.set(http::field::user_agent, "Monban/" MONBAN_VERSION);
        request.set(http::field::accept, "*/*");
        request.set(http::field::accept_encoding, "identity");
        request.set(http::field::connection, "close");
        error_code problem;
        m_stream.expires_at(m_deadline);
        http::async_write(m_stream, request, [&](const error_code& code, std::size_t) { problem = code; });
        if (auto waited = wait(problem); !waited) return waited;
        // A server may answer and close before it has read everything: what it said is still to be had.
        return Done{};
    }

    Result<Bytes> receive()
    {
        beast::flat_buffer buffer;
        for (int interim = 0; interim <= kMostInterimAnswers; ++interim) {
            Parser parser;
            parser.header_limit(kLargestHeader);
            parser.body_limit(m_limits.bytes);
            error_code problem;
            m_stream.expires_at(m_deadline);
            http::async_read(m_stream, buffer, parser, [&](const error_code& code, std::size_t) { problem = code; });
            if (auto waited = wait(problem); !waited) return waited.error();
            if (problem) return broken(problem, parser);
            if (parser.get().result_int() / 100 != 1) return judged(parser.get(), buffer.size() > 0);
        }
        return strange("endless interim answers");
    }

    Result<int> receiveStatus()
    {
        beast::flat_buffer buffer;
        for (int interim = 0; interim <= kMostInterimAnswers; ++interim) {
            Parser parser;
            parser.header_limit(kLargestHeader);
            error_code problem;
            m_stream.expires_at(m_deadline);
            http::async_read_header(m_stream, buffer, parser, [&](const error_code& code, std::size_t) { problem = code; });
            if (auto waited = wait(problem); !waited) return waited.error();
            if (problem) return broken(problem, parser);
            const int status = parser.get().result_int() <= 999 ? static_cast<int>(parser.get().result_int()) : 0;
            if (status / 100 != 1) return status;
        }
        return strange("endless interim answers");
    }

    Error strange(const std::string& detail) const
    {
        return {ErrorCode::InvalidInput,
                {tr("{0} answers, but not as a web server does ({1}). Look whether the address is right."), {m_shown, detail}},
                detail};
    }
    Error tooLarge() const
    {
        return {ErrorCode::Unsupported,
                {tr("{0} sends more than {1} bytes, far more than a certificate or revocation list has. Look whether the address is right."),
                 {m_shown, std::to_string(m_limits.bytes)}},
                "body limit"};
    }
    Error cutShort() const
    {
        return {ErrorCode::Damaged,
                {tr("{0} broke off before it had sent everything. Try again, or download the file yourself and name the file."),
                 {m_shown}},
                "connection ended early"};
    }

    Error broken(const error_code& problem, const Parser& parser)
    {
        // A page that is too large, or cut off, of another status: the status says more.
        if (parser.is_header_done() && parser.get().result_int() != 200) return refused(parser.get());
        if (problem == http::error::body_limit) return tooLarge();
        if (problem == http::error::header_limit || problem == http::error::buffer_overflow) return strange("header too large");
        if (problem == http::error::partial_message || problem == asio::error::connection_reset) return cutShort();
        if (problem == http::error::end_of_stream) return strange("it closes the connection without an answer");
        if (problem.category() == http::make_error_code(http::error::bad_line_ending).category())
            return strange(validUtf8(problem.message()));
        return unreachable(m_shown, problem);
    }

    Error refused(const http::response_header<>& answer)
    {
        const std::string status = std::to_string(answer.result_int());
        if (answer.result_int() / 100 == 3) {
            const auto to = answer[http::field::location];
            m_movedTo = std::string(to);
            if (m_limits.redirects > 0)
                return {ErrorCode::Unsupported,
                        {tr("{0} answers with status {1} and points to {2} instead, where Monban does not go: that is no http address, or one redirect too many. "
                            "Download the file with a browser and name the file."),
                         {m_shown, status, to.empty() ? "-" : validUtf8(std::string(to.substr(0, 500)))}},
                        "redirect"};
            return {ErrorCode::Unsupported,
                    {tr("{0} answers with status {1} and points to {2} instead. Monban follows no redirects, so that what it fetches comes "
                        "from the address you gave. If that address is right, give it instead; if it does not begin with http:, "
                        "download the file with a browser and name the file."),
                     {m_shown, status, to.empty() ? "-" : validUtf8(std::string(to.substr(0, 500)))}},
                    "redirect"};
        }
        if (!m_limits.proxy.empty() && answer.result() == http::status::proxy_authentication_required)
            return {ErrorCode::Denied,
                    {tr("The proxy {0} wants a name and a password, which Monban does not give it. Download the file with a browser and name the "
                        "file."),
                     {m_limits.proxy}},
                    "status " + status};
        const ErrorCode code = answer.result_int() == 404 || answer.result_int() == 410 ? ErrorCode::NotFound
                               : answer.result_int() == 401 || answer.result_int() == 403 ? ErrorCode::Denied
                                                                                          : ErrorCode::Io;
        const std::string reason = validUtf8(std::string(answer.reason().substr(0, 100)));
        return {code,
                {tr("{0} answers with status {1} {2} instead of the file. Look whether the address is right."),
                 {m_shown, status, reason}},
                "status " + status};
    }

    Result<Bytes> judged(http::response<http::vector_body<std::uint8_t>>& answer, bool more)
    {
        if (answer.result_int() != 200) return refused(answer);
        const std::string encoding = lowerAscii(std::string(answer[http::field::content_encoding]));
        if (!encoding.empty() && encoding != "identity") return encoded(encoding);
        const std::string transfer = lowerAscii(std::string(answer[http::field::transfer_encoding]));
        if (!transfer.empty() && transfer != "chunked") return encoded(transfer);
        if (more) return strange("it sends more than it announced");
        if (answer.body().empty())
            return Error{ErrorCode::Damaged, {tr("{0} answers with an empty file. Look whether the address is right."), {m_shown}}, "empty body"};
        return std::move(answer.body());
    }
    Error encoded(const std::string& encoding) const
    {
        return {ErrorCode::Unsupported,
                {tr("{0} sends the file compressed ({1}) although that was not asked for. Download the file yourself and name the file."),
                 {m_shown, validUtf8(encoding.substr(0, 100))}},
                "content encoding"};
    }

    const HttpAddress& m_address;
    const HttpAddress& m_peer;
    const HttpLimits& m_limits;
    std::string m_shown;
    std::string m_movedTo;
    Clock::time_point m_deadline;
    asio::io_context m_context{1};
    beast::tcp_stream m_stream;
};

template <class Answer, class Ask>
Result<Answer> fetched(const std::string& url, const HttpLimits& limits, Clock::time_point deadline, const Ask& ask)
{
    const auto address = parseHttpAddress(url);
    if (!address) return address.error();
    const auto peer = limits.proxy.empty() ? address : parseHttpAddress("http://" + limits.proxy + "/");
    if (!peer)
        return Error{ErrorCode::Unsupported,
                     {tr("{0} is not the address of a proxy. Look what netsh winhttp show proxy prints."), {shownAddress("http://" + limits.proxy)}},
                     peer.error().detail};
    try {
        Fetch fetch(*address, *peer, limits, deadline);
        return ask(fetch);
    } catch (const std::exception& error) {  // no memory, no socket, no thread left
        return Error{ErrorCode::Unexpected, {tr("{0} could not be fetched: {1}"), {asked(*address, limits.proxy), validUtf8(error.what())}}, error.what()};
    }
}

}  // namespace

HttpLimits limitsForRoot(std::stop_token stop)
{
    HttpLimits limits;
    limits.stop = std::move(stop);
    return limits;
}

HttpLimits limitsForList(std::stop_token stop)
{
    constexpr int kMostRedirects = 5;
    HttpLimits limits;
    limits.bytes = kLargestInput;
    limits.redirects = kMostRedirects;
    limits.stop = std::move(stop);
    return limits;
}

Result<Bytes> httpGet(const std::string& url, const HttpLimits& limits)
{
    const auto deadline = Clock::now() + limits.time;
    HttpLimits now = limits;
    std::string address = url;
    for (int followed = 0;; ++followed) {
        std::string movedTo;
        auto got = fetched<Bytes>(address, now, deadline, [&](Fetch& fetch) {
            auto body = fetch.run();
            movedTo = fetch.movedTo();
            return body;
        });
        const auto next = got || movedTo.empty() || followed == limits.redirects ? std::nullopt : redirectedAddress(address, movedTo);
        if (!next) return got;
        address = *next;
        if (const auto host = parseHttpAddress(address); host && limits.proxyFor) now.proxy = limits.proxyFor(host->host);
    }
}

Result<int> httpStatus(const std::string& url, const HttpLimits& limits, std::uint16_t loopbackPort)
{
    return fetched<int>(url, limits, Clock::now() + limits.time, [&](Fetch& fetch) { return fetch.status(loopbackPort); });
}

}  // namespace monban
