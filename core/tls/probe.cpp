// SPDX-License-Identifier: MIT
#include "core/tls/probe.h"

#include <algorithm>
#include <future>
#include <set>

#include "core/base/joined.h"

namespace monban {
namespace {

/// What is tried, before anybody answered.
struct Planned {
    std::string name;
    bool expectsAccepted = false;
    HttpsVisit visit;
};

std::vector<Planned> plannedFor(const ProbeQuestion& question)
{
    HttpsVisit plain;
    plain.host = question.address.host;
    plain.port = question.address.port;
    plain.target = question.address.target;
    plain.connectHost = question.connectHost;
    plain.connectPort = question.connectPort;
    plain.time = question.time;
    plain.stop = question.stop;
    std::vector<Planned> planned;
    const auto add = [&](const std::string& name, bool expectsAccepted, const ClientIdentity& client, TlsVersion tls = TlsVersion::Any, bool http2 = false) {
        HttpsVisit visit = plain;
        visit.client = client;
        visit.tls = tls;
        visit.offersHttp2 = http2;
        planned.push_back({name, expectsAccepted, std::move(visit)});
    };
    const auto addVersions = [&](const std::string& name, bool expectsAccepted, const ClientIdentity& client) {
        add(name, expectsAccepted, client);
        add(name + "-tls1.2", expectsAccepted, client, TlsVersion::Tls12);
        add(name + "-tls1.3", expectsAccepted, client, TlsVersion::Tls13);
        add(name + "-h2", expectsAccepted, client, TlsVersion::Any, true);
    };
    addVersions("no-certificate", false, nullptr);
    if (question.client) addVersions("client", true, question.client);
    for (const NamedIdentity& one : question.refuse) add("refuse:" + one.name, false, one.identity);
    return planned;
}

/// 403.7, 12, 13, 16 and 17 are about the certificate (WINDOWS-FACTS 7); any other sub-status of 403 is not.
bool isOfTheCertificate(const HttpsAnswer& answer)
{
    static const std::set<std::string> kOfTheCertificate{"7", "12", "13", "16", "17"};
    return answer.status == 403 && kOfTheCertificate.contains(answer.subStatus);
}

/// 400 is what nginx says; a 403 without a sub-status may be about anything.
bool maybeOfTheCertificate(const HttpsAnswer& answer)
{
    return isOfTheCertificate(answer) || (answer.status == 403 && answer.subStatus.empty()) || answer.status == 400;
}

/// good: what the good certificate met. Where it meets the same, it is not the certificate's fault, unless the server asks for
/// certificates so late that nobody can show one.
Admission admissionOf(const Result<HttpsAnswer>& answer, const HttpsAnswer* good, Asked asked)
{
    const bool asksLate = asked == Asked::Renegotiation || asked == Asked::PostHandshake;
    if (!answer) return Admission::Error;
    if (!answer->status) {
        if (!answer->isClosedByPeer) return Admission::Error;
        if (answer->isAskedForCertificate()) return Admission::Refused;
        return answer->tlsVersion.empty() ? Admission::Error : Admission::Reset;
    }
    if (isOfTheCertificate(*answer)) return Admission::Refused;
    if (maybeOfTheCertificate(*answer)) {
        // Nobody is asked for one, and nobody gets in either: a wrong host name, a proxy.
        if (!good && asked == Asked::Never) return Admission::Error;
        const bool isForEverybody = !asksLate && good && good->status == answer->status && good->subStatus == answer->subStatus;
        return isForEverybody && answer->status == 403 ? Admission::Accepted : Admission::Refused;
    }
    // 408, 421, 425, 429: not answered for reasons that have nothing to do with who asks.
    static const std::set<int> kNotAnswered{408, 421, 425, 429};
    return *answer->status / 100 == 5 || kNotAnswered.contains(*answer->status) ? Admission::Error : Admission::Accepted;
}

ProbeAttempt attempted(const Planned& planned)
{
    const auto begin = std::chrono::steady_clock::now();
    ProbeAttempt attempt{planned.name, planned.expectsAccepted, Admission::Error, visit(planned.visit), {}, true};
    attempt.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    return attempt;
}

const ProbeAttempt* attemptNamed(const std::vector<ProbeAttempt>& attempts, const std::string& name)
{
    const auto found = std::ranges::find_if(attempts, [&](const ProbeAttempt& one) { return one.name == name; });
    return found == attempts.end() ? nullptr : &*found;
}

bool hasHandshake(const ProbeAttempt* attempt) { return attempt && attempt->answer && !attempt->answer->tlsVersion.empty(); }

/// Of one version of TLS alone: it says nothing where the server has only the other one.
bool isOfAMissingVersion(const ProbeAttempt& attempt, const std::vector<ProbeAttempt>& attempts)
{
    const auto ofVersion = [&](const char* version) { return attempt.name.ends_with(version); };
    if (attempt.name.starts_with("refuse:") || (!ofVersion("-tls1.2") && !ofVersion("-tls1.3"))) return false;
    if (!attempt.answer || hasHandshake(&attempt) || attempt.answer->isAskedForCertificate()) return false;
    return std::ranges::any_of(attempts, [](const ProbeAttempt& one) { return hasHandshake(&one) || (one.answer && one.answer->isAskedForCertificate()); });
}

/// Once somebody was asked, or once nobody was: a visitor that offers to be asked after the handshake.
void lookForALateRequest(const ProbeQuestion& question, ProbeReport& report)
{
    const bool has13 = std::ranges::any_of(report.attempts, [](const ProbeAttempt& one) { return hasHandshake(&one) && one.answer->tlsVersion == "TLSv1.3"; });
    if (!has13 || question.stop.stop_requested()) return;
    Planned late = plannedFor(question).front();
    late.name = question.client ? "client-post-handshake" : "no-certificate-post-handshake";
    late.visit.client = question.client;
    late.visit.tls = TlsVersion::Tls13;
    late.visit.offersPostHandshake = true;
    late.expectsAccepted = question.client != nullptr;
    ProbeAttempt attempt = attempted(late);
    if (!attempt.answer || attempt.answer->asked != Asked::PostHandshake) return;
    attempt.counts = false;  // no browser makes it
    report.attempts.push_back(std::move(attempt));
}

/// The request that browsers meet: in the handshake, or else that of the newest TLS.
void collectRequests(const ProbeQuestion& question, ProbeReport& report)
{
    const HttpsAnswer* seen = nullptr;
    const auto rank = [](Asked asked) { return asked == Asked::Handshake ? 0 : asked == Asked::PostHandshake ? 1 : 2; };
    for (const ProbeAttempt& attempt : report.attempts)
        if (attempt.answer && attempt.answer->isAskedForCertificate() && (!seen || rank(attempt.answer->asked) < rank(seen->asked))) seen = &*attempt.answer;
    if (!seen) return;
    report.asked = seen->asked;
    report.acceptableIssuers = seen->acceptableIssuers;
    report.acceptableIssuersBytes = seen->acceptableIssuersBytes;
    if (question.roots.empty()) return;
    for (const std::string& issuer : seen->acceptableIssuers)
        if (std::ranges::none_of(question.roots, [&](const Certificate& root) { return root.subject == issuer; })) report.unexpectedIssuers.push_back(issuer);
}

bool isOffered(const Pkcs12Contents& identity, const std::vector<std::string>& issuers)
{
    if (issuers.empty()) return true;
    for (std::size_t i = 0; i < identity.certificates.size() && i < std::max<std::size_t>(identity.chainLength, 1); ++i)
        if (std::ranges::find(issuers, identity.certificates[i].issuer) != issuers.end()) return true;
    return false;
}

void judgeOffers(const ProbeQuestion& question, ProbeReport& report)
{
    if (report.asked == Asked::Never) return;
    const auto judge = [&](const std::string& name, const ClientIdentity& identity) {
        (isOffered(*identity, report.acceptableIssuers) ? report.offered : report.notOffered).push_back(name);
    };
    if (question.client) judge("client", question.client);
    for (const NamedIdentity& one : question.refuse) judge(one.name, one.identity);
}

/// What is wrong with it by itself explains a refusal better than any status.
void judgeClient(const ProbeQuestion& question, ProbeReport& report)
{
    if (!question.client || question.roots.empty()) return;
    VerdictQuestion verdict;
    verdict.certificate = question.client->certificates.front();
    verdict.others.assign(std::next(question.client->certificates.begin()), question.client->certificates.end());
    verdict.roots = question.roots;
    verdict.at = question.at;
    verdict.purpose = Purpose::Client;
    report.client = judge(verdict);
}

void judgeServer(const ProbeQuestion& question, ProbeReport& report)
{
    const auto seen = std::ranges::find_if(report.attempts, [](const ProbeAttempt& one) { return one.answer && !one.answer->chain.empty(); });
    if (seen == report.attempts.end()) return;
    for (const Bytes& der : seen->answer->chain)
        if (auto certificate = parseCertificate(der)) report.chain.push_back(std::move(*certificate));
    if (report.chain.empty()) return;
    VerdictQuestion verdict;
    verdict.certificate = report.chain.front();
    verdict.others.assign(std::next(report.chain.begin()), report.chain.end());
    verdict.roots = question.roots;
    verdict.host = question.address.host;
    verdict.at = question.at;
    report.server = judge(verdict);
}

}  // namespace

const char* name(Admission admission)
{
    switch (admission) {
    case Admission::Accepted: return "accepted";
    case Admission::Refused: return "refused";
    case Admission::Reset: return "reset";
    case Admission::Error: return "error";
    }
    return "error";
}

Result<ProbeReport> probe(const ProbeQuestion& question)
{
    ProbeReport report;
    std::vector<std::future<ProbeAttempt>> running;
    for (const Planned& planned : plannedFor(question)) running.push_back(std::async(std::launch::async, [planned] { return attempted(planned); }));
    for (auto& one : running) report.attempts.push_back(one.get());
    if (question.stop.stop_requested()) return Error{ErrorCode::Cancelled, {tr("Cancelled."), {}}, "stopped"};
    collectRequests(question, report);
    if (report.asked == Asked::Never || report.asked == Asked::Renegotiation) {
        lookForALateRequest(question, report);
        collectRequests(question, report);
    }
    const ProbeAttempt* good = attemptNamed(report.attempts, "client");
    for (ProbeAttempt& attempt : report.attempts) {
        attempt.observed = admissionOf(attempt.answer, good && good->answer ? &*good->answer : nullptr, report.asked);
        if (isOfAMissingVersion(attempt, report.attempts)) attempt.counts = false;
    }
    judgeServer(question, report);
    judgeClient(question, report);
    judgeOffers(question, report);
    return report;
}

bool ProbeReport::passes() const
{
    return unexpectedIssuers.empty() && std::ranges::all_of(attempts, [](const ProbeAttempt& one) { return !one.counts || one.isAsExpected(); });
}

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
        const std::string code = std::to_string(*answer.status) + (answer.subStatus.empty() ? "" : "." + answer.subStatus);
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
