// SPDX-License-Identifier: MIT
#include "core/practice/visit.h"

#include <array>

#include "core/practice/folder_backend.h"
#include "core/practice/http2_session.h"
#include "core/practice/judge.h"
#include "core/practice/tls_session.h"

namespace monban::practice {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(15);
constexpr int kRequestsPerConnection = 1000;
/// uploadReadAheadSize: how much of a body IIS takes in before it renegotiates (WINDOWS-FACTS 6.3).
constexpr std::uint64_t kReadAhead = 49'152;

constexpr std::uint32_t kTrustModeExclusiveCa = 2;

Outcome closing(Answer answer) { return {std::move(answer), Next::Close}; }
Outcome resetting() { return {std::nullopt, Next::Reset}; }

class Visit {
public:
    Visit(Connection& connection, Backend& backend, const Snapshot& snapshot, const Endpoint& endpoint, AccessLog& log)
        : m_connection(connection), m_backend(backend), m_snapshot(snapshot), m_endpoint(endpoint), m_log(log)
    {
    }

    void run()
    {
        if (m_endpoint.tls && !(m_tls = acceptTls(m_connection, m_backend, m_snapshot, m_endpoint))) return;
        Stream& stream = m_tls ? static_cast<Stream&>(*m_tls) : m_connection;
        const bool http2 = m_tls && m_tls->isHttp2();
        const Next last = http2 ? serveHttp2(m_connection, stream, site(), clock()) : serveHttp11(stream);
        if (last == Next::Reset) return m_connection.reset();
        if (m_tls) m_tls->close();
        m_connection.finish();
    }

private:
    /// Where a request goes, known from its head.
    struct Place {
        const Site* site = nullptr;
        std::uint32_t flags = 0;  ///< of the site's access section
        bool asksLate = false;    ///< a certificate is wanted that the handshake did not ask for
    };

    const Machine& machine() const { return m_snapshot.machine; }
    std::function<Time()> clock() const
    {
        return [this] { return machine().clock(); };
    }

    Next serveHttp11(Stream& stream)
    {
        HttpReader reader(stream);
        for (int i = 0; i < kRequestsPerConnection; ++i)
            if (const Next next = serveOne(stream, reader); next != Next::KeepAlive) return next;
        return Next::Close;
    }

    Next serveOne(Stream& stream, HttpReader& reader)
    {
        m_connection.setDeadline(Clock::now() + kPatience);
        auto next = reader.next();
        if (std::holds_alternative<NoRequest>(next)) return Next::Close;
        const auto begin = Clock::now();
        const auto* request = std::get_if<HttpRequest>(&next);
        Outcome outcome = request ? answerTo(*request, reader)
                                  : closing(httpSysPage(std::get<BadRequest>(next).status, machine()));
        if (!outcome.answer) return outcome.next;
        announceHttp3(*outcome.answer);
        if (request) note(*request, *outcome.answer, begin);
        const bool keep = request && request->keepAlive && outcome.next == Next::KeepAlive;
        const bool withBody = !request || request->method != "HEAD";
        m_connection.setDeadline(Clock::now() + kPatience);
        const bool sent = stream.write(viewOf(responseText(*outcome.answer, withBody, keep, machine().clock())));
        return sent && keep ? Next::KeepAlive : Next::Close;
    }

    /// Where else the site is said to be (RFC 7838).
    void announceHttp3(Answer& answer) const
    {
        if (m_tls && m_snapshot.announcesHttp3(m_tls->record()))
            answer.headers.emplace_back("Alt-Svc", "h3=\":" + std::to_string(m_endpoint.port) + "\"; ma=86400");
    }

    std::variant<Place, Outcome> placeFor(const HttpRequest& request) const
    {
        if (m_snapshot.sitesProblem) return closing(brokenStatePage(machine(), *m_snapshot.sitesProblem));
        bool known = false;
        Place place;
        place.site = siteFor(m_snapshot, m_endpoint, request.host, known);
        if (!place.site) return closing(httpSysPage(known ? 400 : 404, machine()));
        if (const std::uint32_t trouble = configurationTrouble(*place.site, request.path))
            return closing(errorPage(machine(), request, 500, 19, trouble));
        place.flags = accessFor(*place.site, request.path);
        place.asksLate = m_tls && (place.flags & access_flags::kNegotiateCert) && !m_askedLate &&
                         !m_tls->record().negotiatesClientCertificate();
        return place;
    }

    Outcome answerTo(const HttpRequest& request, HttpReader& reader)
    {
        const auto found = placeFor(request);
        if (const auto* refused = std::get_if<Outcome>(&found)) return *refused;
        const auto& place = std::get<Place>(found);
        if (place.asksLate && (request.chunked || request.contentLength > kReadAhead))
            return closing(errorPage(machine(), request, 413, 1, 0));
        switch (reader.skipBody(request)) {
        case HttpReader::Body::TooLarge: return closing(errorPage(machine(), request, 404, 13, 0));
        case HttpReader::Body::Broken: return closing(httpSysPage(400, machine()));
        case HttpReader::Body::Read: break;
        }
        if (place.asksLate)
            if (auto refused = askLate(request, reader)) return std::move(*refused);
        return judged(request, place);
    }

    Outcome judged(const HttpRequest& request, const Place& place)
    {
        const auto verdict = verdictFor(place.flags);
        if (!verdict) return closing(brokenStatePage(machine(), verdict.error()));
        if (verdict->subStatus != 0)
            return {errorPage(machine(), request, 403, verdict->subStatus, verdict->win32), Next::KeepAlive};
        return {content(*place.site, request), Next::KeepAlive};
    }

    Http2Site site()
    {
        return [this](const std::variant<HttpRequest, BadRequest>& given, Arrived arrived) -> std::optional<Outcome> {
            const auto* request = std::get_if<HttpRequest>(&given);
            if (!request) return closing(httpSysPage(std::get<BadRequest>(given).status, machine()));
            const auto begin = Clock::now();
            auto outcome = overHttp2(*request, arrived);
            if (!outcome || !outcome->answer) return outcome;
            announceHttp3(*outcome->answer);
            note(*request, *outcome->answer, begin);
            return outcome;
        };
    }

    std::optional<Outcome> overHttp2(const HttpRequest& request, Arrived arrived)
    {
        const auto found = placeFor(request);
        if (const auto* refused = std::get_if<Outcome>(&found)) return *refused;
        const auto& place = std::get<Place>(found);
        if (arrived == Arrived::TooLarge) return Outcome{errorPage(machine(), request, 404, 13, 0), Next::KeepAlive};
        // Neither renegotiation (RFC 9113, 9.2.1) nor post-handshake authentication (RFC 8740, 3) goes with HTTP/2. The
        // former sends the client back to HTTP/1.1; TLS 1.3 ends as without an offer (WINDOWS-FACTS 6.3).
        if (place.asksLate && m_tls->isTls13()) return lateRequestImpossible(request);
        if (place.asksLate) return Outcome{std::nullopt, Next::Http11};
        if (arrived == Arrived::Head) return std::nullopt;
        return judged(request, place);
    }

    /// Server 2022 resets, Server 2025 answers 500 with ERROR_NOT_SUPPORTED (WINDOWS-FACTS 6.3).
    Outcome lateRequestImpossible(const HttpRequest& request) const
    {
        if (machine().build < windows_build::kServer2025) return resetting();
        return closing(errorPage(machine(), request, 500, 0, win32_status::kNotSupported));
    }

    /// Nothing: the client answered, with a certificate or without.
    std::optional<Outcome> askLate(const HttpRequest& request, HttpReader& reader)
    {
        Bytes early;
        const LateRequest result = m_tls->askLate(early);
        reader.keep(early);
        if (result == LateRequest::NotOffered) return lateRequestImpossible(request);
        if (result == LateRequest::Broken) return resetting();
        m_askedLate = true;
        return std::nullopt;
    }

    Result<Verdict> verdictFor(std::uint32_t flags)
    {
        if (!m_tls && (flags & access_flags::kSsl)) return Verdict{4, win32_status::kAccessDenied};
        // Every cipher that is spoken here has 128 bits and more, so only a visitor without TLS can lack them.
        if (!m_tls && (flags & access_flags::kSsl128)) return Verdict{5, win32_status::kAccessDenied};
        const bool required = flags & access_flags::kRequireCert;
        const Verdict none{required ? 7 : 0, required ? win32_status::kAccessDenied : 0};
        if (!(flags & (access_flags::kNegotiateCert | access_flags::kRequireCert))) return Verdict{};
        const auto presented = m_tls ? m_tls->presented() : std::vector<Bytes>{};
        if (presented.empty()) return none;
        const auto polluted = rootIsPolluted(m_backend);
        if (!polluted) return polluted.error();
        // KB 2802568: with the list on, the client is told nothing it could answer to; without, nothing is trusted.
        if (*polluted && m_snapshot.schannel("ClientAuthTrustMode") != kTrustModeExclusiveCa) {
            if (m_snapshot.schannel("SendTrustedIssuerList") == 1) return none;
            return Verdict{16, win32_status::kUntrustedRoot};
        }
        if (!m_judged) m_judged = judge(m_backend, m_snapshot, m_tls->record(), presented);
        if (*m_judged && (*m_judged)->subStatus == 0 && asksTheMapper(flags, m_tls->record())) return kNotMapped;
        return *m_judged;
    }

    Answer content(const Site& site, const HttpRequest& request)
    {
        if (request.method != "GET" && request.method != "HEAD" && request.method != "POST" && request.method != "OPTIONS") {
            Answer refused = errorPage(machine(), request, 405, 0, 1);
            refused.headers.emplace_back("Allow", "GET, HEAD, OPTIONS, POST");
            return refused;
        }
        static constexpr std::array kPages = {"/", "/default.htm", "/default.aspx", "/index.html", "/iisstart.htm",
                                              "/clientcert.aspx"};
        bool there = hasLocation(site, request.path);
        for (const char* page : kPages) there = there || equalsIgnoringCase(page, request.path);
        if (!there) return errorPage(machine(), request, 404, 0, 2);
        std::optional<Certificate> client;
        if (const auto presented = m_tls ? m_tls->presented() : std::vector<Bytes>{}; !presented.empty())
            if (auto parsed = parseCertificate(presented.front())) client = std::move(*parsed);
        return acceptedPage(machine(), client);
    }

    void note(const HttpRequest& request, const Answer& answer, Clock::time_point begin)
    {
        if (answer.fromHttpSys) return;  // those stand in http.sys's own log
        LoggedRequest entry;
        entry.at = machine().clock();
        entry.method = request.method;
        entry.path = request.path;
        entry.query = request.query;
        entry.port = m_endpoint.port;
        if (const auto* agent = request.header("user-agent")) entry.userAgent = *agent;
        if (const auto* referer = request.header("referer")) entry.referer = *referer;
        entry.status = answer.status;
        entry.subStatus = answer.subStatus;
        entry.win32 = answer.win32;
        entry.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
        m_log.add(entry);
    }

    Connection& m_connection;
    Backend& m_backend;
    const Snapshot& m_snapshot;
    const Endpoint& m_endpoint;
    AccessLog& m_log;
    std::unique_ptr<TlsSession> m_tls;
    bool m_askedLate = false;
    std::optional<Result<Verdict>> m_judged;
};

Answer caAnswer(Backend& backend, const Machine& machine, const HttpRequest& request)
{
    static constexpr std::string_view kPrefix = "/crl/";
    if (request.method != "GET" && request.method != "HEAD") return httpSysPage(405, machine);
    if (!request.path.starts_with(kPrefix)) return httpSysPage(404, machine);
    const std::string name = request.path.substr(kPrefix.size());
    const auto file = name.empty() || !isUtf8(name) ? Result<Bytes>(Error{}) : backend.caFile(name);
    if (!file) return httpSysPage(404, machine);
    Answer answer;
    const std::string lower = lowerAscii(name);
    answer.contentType = lower.ends_with(".crl")   ? "application/pkix-crl"
                         : lower.ends_with(".p7b") ? "application/x-pkcs7-certificates"
                                                   : "application/pkix-cert";
    answer.body = std::string(textOf(*file));
    return answer;
}

}  // namespace

void serveSite(Connection& connection, const fs::path& folder, const Endpoint& endpoint, AccessLog& log)
{
    const auto backend = openFolder(folder);
    const auto snapshot = backend ? readSnapshot(**backend) : Result<Snapshot>(backend.error());
    if (!snapshot && !endpoint.tls) {
        connection.write(viewOf(responseText(brokenStatePage(Machine{}, snapshot.error()), true, false, hostTime())));
        return connection.finish();
    }
    // Without a service nobody listens; without records there is nothing to show in a handshake.
    if (!snapshot || !snapshot->running) return connection.reset();
    Visit(connection, **backend, *snapshot, endpoint, log).run();
}

void serveCa(Connection& connection, const fs::path& folder)
{
    const auto backend = openFolder(folder);
    if (!backend) return connection.reset();
    const auto state = (*backend)->machine();
    const Machine machine = state ? *state : Machine{};
    HttpReader reader(connection);
    for (int i = 0; i < kRequestsPerConnection; ++i) {
        connection.setDeadline(Clock::now() + kPatience);
        const auto next = reader.next();
        if (std::holds_alternative<NoRequest>(next)) break;
        const auto* request = std::get_if<HttpRequest>(&next);
        const bool read = request && reader.skipBody(*request) == HttpReader::Body::Read;
        const Answer answer = read ? caAnswer(**backend, machine, *request) : httpSysPage(400, machine);
        const bool keep = read && request->keepAlive;
        const bool withBody = !request || request->method != "HEAD";
        connection.setDeadline(Clock::now() + kPatience);
        if (!connection.write(viewOf(responseText(answer, withBody, keep, machine.clock()))) || !keep) break;
    }
    connection.finish();
}

}  // namespace monban::practice
