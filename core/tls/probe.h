// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/pki/verdict.h"
#include "core/tls/http_address.h"
#include "core/tls/https_visit.h"
#include "core/tls/site_log.h"

namespace monban {

/// How a server took a visitor (CONTRACTS, "monban verify").
enum class Admission {
    Accepted,  ///< answered as those are answered who are let in, whatever the page
    Refused,   ///< an alert or a close because of the certificate, or 403 or 400
    Reset,     ///< closed without an answer, and no certificate had been asked for: a request for one that came too late
    Error,     ///< no answer that says anything: not reachable, no TLS, an error of the server's own (5xx)
};
const char* name(Admission admission);  ///< "accepted" …

/// A certificate that somebody may show, by the name of its file.
struct NamedIdentity {
    std::string name;
    ClientIdentity identity;
};

struct ProbeQuestion {
    HttpAddress address;
    std::string connectHost;  ///< where the connections go instead; empty: to the address
    std::uint16_t connectPort = 0;
    std::vector<Certificate> roots;  ///< of the server's certificate and of the clients': also the only CA names expected
    ClientIdentity client;           ///< the good one; null: not tried
    std::vector<NamedIdentity> refuse;
    /// Asks the site's own log for requests by the word in their query: the way to a sub-status that the server does not show.
    /// Empty: there is no log, and the address is opened as it stands.
    std::function<LoggedAnswers(const std::vector<std::string>& words)> log;
    Time at{};
    std::chrono::milliseconds time = std::chrono::seconds(10);  ///< for each attempt
    std::stop_token stop;
};

/// One visit of a probe, and what was expected of it.
struct ProbeAttempt {
    std::string name;  ///< "no-certificate", "client", "client-tls1.2", "refuse:FILE" …
    bool expectsAccepted = false;
    Admission observed = Admission::Error;
    Result<HttpsAnswer> answer;
    std::chrono::milliseconds took{};
    /// False where it says nothing about who gets in: a version of TLS that the server does not have.
    bool counts = true;
    std::string word{};  ///< that its address carried for the site's log; empty: none
    std::optional<LoggedAnswer> logged{};  ///< its line in that log, where the log was asked

    /// "7" of "403.7", as the page shows it or else as the log has it; empty where neither does, or where it is 0, which means none.
    std::string subStatus() const;
    bool hasLoggedSubStatus() const;  ///< it is the log that tells it
    /// An error page without a sub-status, of a request that the site's log should know. 400 and 503 are http.sys's own, which
    /// writes them elsewhere (HTTPERR).
    bool wantsItsLine() const;
    bool isAsExpected() const { return observed == (expectsAccepted ? Admission::Accepted : Admission::Refused); }
};
Message evidenceOf(const ProbeAttempt& attempt);
/// What was tried, in words: "Without a certificate, TLS 1.2".
Message titleOf(const ProbeAttempt& attempt);
Message wordFor(Admission admission);

struct ProbeReport {
    std::vector<Certificate> chain;  ///< as the server sent it; empty where no handshake ended
    std::optional<Verdict> server;   ///< of its certificate; nothing without one
    std::optional<Verdict> client;   ///< of the good client's certificate; nothing without one, or without roots to judge it by
    Asked asked = Asked::Never;
    std::vector<std::string> acceptableIssuers;
    std::size_t acceptableIssuersBytes = 0;
    std::vector<std::string> unexpectedIssuers;  ///< of those, the ones that no given root has for its name
    std::vector<ProbeAttempt> attempts;
    /// Of the certificates that were given, which ones a browser would offer for that list of CA names (RFC 8446, 4.2.4: the issuer
    /// of any certificate of its chain is in the list; an empty list takes all).
    std::vector<std::string> offered;
    std::vector<std::string> notOffered;

    /// Those are let in who shall be, nobody else is, and no other CA is offered. The server's own certificate is judged apart.
    bool passes() const;
};

/// Visits the site once for each attempt, all at the same time, and judges what was met. Errors: Cancelled.
Result<ProbeReport> probe(const ProbeQuestion& question);

/// What a report means and what to do, worst first.
std::vector<Finding> findingsOf(const ProbeReport& report);

/// Schannel sends no longer list of CA names (WINDOWS-FACTS 6.1).
constexpr std::size_t kMostIssuerBytes = 16 * 1024;

}  // namespace monban
