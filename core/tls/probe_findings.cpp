// SPDX-License-Identifier: MIT
#include "core/base/joined.h"
#include "core/tls/probe.h"

// What a probe says, in words.

namespace monban {

Message wordFor(Admission admission)
{
    switch (admission) {
    case Admission::Accepted: return {tr("gets in"), {}};
    case Admission::Refused: return {tr("is refused"), {}};
    case Admission::Reset: return {tr("is cut off"), {}};
    case Admission::Error: return {tr("no answer"), {}};
    }
    return {tr("no answer"), {}};
}

Message titleOf(const ProbeAttempt& attempt)
{
    constexpr std::string_view kRefuse = "refuse:";
    if (attempt.name.starts_with(kRefuse)) return {tr("To be refused: {0}"), {attempt.name.substr(kRefuse.size())}};
    const bool isStranger = attempt.name.starts_with("no-certificate");
    const auto is = [&](const char* end) { return attempt.name.ends_with(end); };
    if (is("-tls1.2")) return {isStranger ? tr("Without a certificate, TLS 1.2") : tr("With the client certificate, TLS 1.2"), {}};
    if (is("-tls1.3")) return {isStranger ? tr("Without a certificate, TLS 1.3") : tr("With the client certificate, TLS 1.3"), {}};
    if (is("-post-handshake")) return {isStranger ? tr("Without a certificate, asked after the handshake") : tr("With the client certificate, asked after the handshake"), {}};
    if (is("-h2")) return {isStranger ? tr("Without a certificate, HTTP/2") : tr("With the client certificate, HTTP/2"), {}};
    return {isStranger ? tr("Without a certificate") : tr("With the client certificate"), {}};
}

Message evidenceOf(const ProbeAttempt& attempt)
{
    if (!attempt.answer) return attempt.answer.error().message;
    const HttpsAnswer& answer = *attempt.answer;
    if (answer.status) {
        const std::string code = std::to_string(*answer.status) + (attempt.subStatus().empty() ? "" : "." + attempt.subStatus());
        if (attempt.hasLoggedSubStatus())
            return answer.isAskedForCertificate() ? Message{tr("HTTP {0} (from the site's log) over {1}; a certificate was asked for ({2})."), {code, answer.tlsVersion, name(answer.asked)}}
                                                  : Message{tr("HTTP {0} (from the site's log) over {1}; no certificate was asked for."), {code, answer.tlsVersion}};
        return answer.isAskedForCertificate() ? Message{tr("HTTP {0} over {1}; a certificate was asked for ({2})."), {code, answer.tlsVersion, name(answer.asked)}}
                                              : Message{tr("HTTP {0} over {1}; no certificate was asked for."), {code, answer.tlsVersion}};
    }
    if (!answer.alert.empty()) return {tr("The server ended the connection with the TLS alert {0}."), {answer.alert}};
    if (answer.isClosedByPeer) return {tr("The server closed the connection without an answer ({0})."), {answer.ended}};
    return {tr("No answer that can be read ({0})."), {answer.ended}};
}

std::vector<Finding> findingsOf(const ProbeReport& report)
{
    std::vector<Finding> findings;
    const auto add = [&](const char* id, Severity severity, Message message, Message remedy) { findings.push_back({id, severity, std::move(message), std::move(remedy)}); };
    const auto named = [&](const auto& which) {
        std::vector<std::string> names;
        for (const ProbeAttempt& one : report.attempts)
            if (one.counts && which(one)) names.push_back(one.name);
        return joined(names);
    };
    const auto isStranger = [](const ProbeAttempt& one) { return one.name.starts_with("no-certificate"); };
    const std::string strangers = named([&](const ProbeAttempt& one) { return isStranger(one) && one.observed == Admission::Accepted; });
    if (!strangers.empty())
        add("admitted-without-certificate", Severity::Error,
            report.asked == Asked::Never ? Message{tr("Somebody without a certificate gets in, and nobody is asked for one ({0})."), {strangers}}
                                         : Message{tr("The server asks for a certificate, but whoever has none gets in all the same ({0})."), {strangers}},
            {tr("Set the SSL settings of the site to require client certificates."), {}});
    const std::string wrong = named([](const ProbeAttempt& one) { return one.name.starts_with("refuse:") && one.observed == Admission::Accepted; });
    if (!wrong.empty())
        add("admitted-wrong-certificate", Severity::Error, {tr("A certificate that must be refused gets in: {0}."), {wrong}},
            {tr("Look which CAs stand in the store that serves as the CTL, and whether revocation is checked."), {}});
    const std::string refused = named([](const ProbeAttempt& one) { return one.expectsAccepted && one.observed == Admission::Refused; });
    if (!refused.empty())
        add("good-certificate-refused", Severity::Error, {tr("The client certificate that should get in is refused ({0})."), {refused}},
            {tr("Look whether its root CA stands in both stores, whether it is within its dates and not revoked, and whether the revocation list can be fetched and is current."), {}});
    const std::string late = named([](const ProbeAttempt& one) { return one.observed == Admission::Reset; });
    const bool isLate = report.asked == Asked::Renegotiation || report.asked == Asked::PostHandshake || !late.empty();
    if (isLate)
        add("late-request", Severity::Error,
            late.empty() ? Message{tr("The server asks for the certificate only after the request ({0}). With TLS 1.3 and HTTP/2 browsers get in with none."), {name(report.asked)}}
                         : Message{tr("The server broke off in the middle of the request ({0}): that happens where it asks for the certificate too late, which TLS 1.3 and HTTP/2 do not allow."), {late}},
            {tr("Have it ask in the first handshake: negotiate the client certificate in the http.sys record (clientcertnegotiation=enable)."), {}});
    if (!report.unexpectedIssuers.empty())
        add("unexpected-ca-names", Severity::Error,
            {tr("The server offers CA names that are not expected: {0}. Browsers then offer certificates that are refused."), {joined(report.unexpectedIssuers, "; ")}},
            {tr("Name the store that holds your CA alone in the http.sys record (sslctlstorename), and remove the others from it."), {}});
    if (report.acceptableIssuersBytes > kMostIssuerBytes)
        add("too-many-ca-names", Severity::Warning,
            {tr("The list of CA names has {0} bytes. Windows sends at most {1}; of a longer list the rest is missing."), {std::to_string(report.acceptableIssuersBytes), std::to_string(kMostIssuerBytes)}},
            {tr("Name the store that holds your CA alone in the http.sys record (sslctlstorename)."), {}});
    if (report.asked != Asked::Never && report.acceptableIssuers.empty())
        add("no-ca-names", Severity::Info, {tr("The server sends no CA names: browsers offer every client certificate there is."), {}},
            {tr("Set SendTrustedIssuerList to 1 to narrow the choice."), {}});
    const std::string silent = named([](const ProbeAttempt& one) { return one.observed == Admission::Error; });
    if (!silent.empty())
        add("no-answer", Severity::Error, {tr("Some attempts had no answer that says anything ({0})."), {silent}},
            {tr("Look at the evidence of each: whether the address is right, the server runs, and a firewall lets it through."), {}});
    const std::string lost = named([](const ProbeAttempt& one) { return one.wantsItsLine() && !one.logged; });
    if (!lost.empty())
        add("not-in-log", Severity::Info, {tr("The server shows no sub-status, and no line of these requests was found in the site's log: {0}."), {lost}},
            {tr("Name the log folder of this very site, and have it log cs-uri-query, sc-status and sc-substatus. Windows writes a line within a minute; \"netsh http flush logbuffer\" makes it write at once. What http.sys answers by itself stands in its own log (HTTPERR)."), {}});
    const std::string changed = named([](const ProbeAttempt& one) { return one.logged && one.logged->status != one.answer->status; });
    if (!changed.empty())
        add("log-differs", Severity::Info, {tr("The site's log has another HTTP status than was met ({0}): something in front of the site changes its answers."), {changed}}, {});
    for (const ProbeAttempt& attempt : report.attempts)
        if (!attempt.counts && attempt.name.starts_with("no-certificate-tls"))
            add("tls-version-missing", Severity::Info, {tr("The server does not speak TLS {0}."), {attempt.name.substr(attempt.name.size() - 3)}}, {});
    if (report.server) {
        const auto ofServer = findingsOf(*report.server);
        findings.insert(findings.end(), ofServer.begin(), ofServer.end());
    }
    if (report.client)
        for (Finding& finding : findingsOf(*report.client)) {
            finding.id = "client-" + finding.id;
            findings.push_back(std::move(finding));
        }
    return findings;
}

}  // namespace monban
