// SPDX-License-Identifier: MIT
#include "core/tls/probe.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <set>

#include "core/pki/digest.h"

namespace monban {
namespace {

/// What is tried, before anybody answered.
struct Planned {
    std::string name;
    bool expectsAccepted = false;
    HttpsVisit visit;
    std::string word;
};

/// Makes a request known in a log. Nobody else can have guessed it, so that a line with it is that request's.
std::string newWord() { return "monban=" + hex(randomBytes(8)); }

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
        const std::string word = question.log ? newWord() : std::string();
        if (!word.empty()) {  // in front: a log may keep the beginning of a long query only
            const auto query = visit.target.find('?');
            if (query == std::string::npos) visit.target += "?" + word;
            else visit.target.insert(query + 1, word + "&");
        }
        planned.push_back({name, expectsAccepted, std::move(visit), word});
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

/// Files of one name in two folders: the second is "client.p12 (2)".
void makeNamesDistinct(std::vector<NamedIdentity>& identities)
{
    std::set<std::string> taken;
    for (NamedIdentity& one : identities) {
        const std::string plain = one.name;
        for (int count = 2; !taken.insert(one.name).second; ++count) one.name = plain + " (" + std::to_string(count) + ")";
    }
}

/// 403.7, 12, 13, 16 and 17 are about the certificate (WINDOWS-FACTS 7); any other sub-status of 403 is not.
bool isOfTheCertificate(const ProbeAttempt& attempt)
{
    static const std::set<std::string> kOfTheCertificate{"7", "12", "13", "16", "17"};
    return attempt.answer->status == 403 && kOfTheCertificate.contains(attempt.subStatus());
}

/// 400 is what nginx says; a 403 without a sub-status may be about anything.
bool maybeOfTheCertificate(const ProbeAttempt& attempt)
{
    return isOfTheCertificate(attempt) || (attempt.answer->status == 403 && attempt.subStatus().empty()) || attempt.answer->status == 400;
}

/// A sub-status that is not known may be any.
bool isSameStatus(const ProbeAttempt& one, const ProbeAttempt& other)
{
    const std::string first = one.subStatus(), second = other.subStatus();
    return one.answer->status == other.answer->status && (first.empty() || second.empty() || first == second);
}

/// good: what the good certificate met. Where it meets the same, it is not the certificate's fault, unless the server asks for
/// certificates so late that nobody can show one.
Admission admissionOf(const ProbeAttempt& attempt, const ProbeAttempt* good, Asked asked)
{
    const Result<HttpsAnswer>& answer = attempt.answer;
    const bool asksLate = asked == Asked::Renegotiation || asked == Asked::PostHandshake;
    if (!answer) return Admission::Error;
    if (!answer->status) {
        if (!answer->isClosedByPeer) return Admission::Error;
        if (answer->isAskedForCertificate()) return Admission::Refused;
        return answer->tlsVersion.empty() ? Admission::Error : Admission::Reset;
    }
    if (isOfTheCertificate(attempt)) return Admission::Refused;
    if (maybeOfTheCertificate(attempt)) {
        // Nobody is asked for one, and nobody gets in either: a wrong host name, a proxy.
        if (!good && asked == Asked::Never) return Admission::Error;
        const bool isForEverybody = !asksLate && good && isSameStatus(*good, attempt);
        return isForEverybody && answer->status == 403 ? Admission::Accepted : Admission::Refused;
    }
    // 408, 421, 425, 429: not answered for reasons that have nothing to do with who asks.
    static const std::set<int> kNotAnswered{408, 421, 425, 429};
    return *answer->status / 100 == 5 || kNotAnswered.contains(*answer->status) ? Admission::Error : Admission::Accepted;
}

ProbeAttempt attempted(const Planned& planned)
{
    const auto begin = std::chrono::steady_clock::now();
    ProbeAttempt attempt{planned.name, planned.expectsAccepted, Admission::Error, visit(planned.visit), {}, true, planned.word, {}};
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

/// An error page that shows no sub-status: IIS has it in its log (WINDOWS-FACTS 7).
void lookInTheLog(const ProbeQuestion& question, ProbeReport& report)
{
    if (!question.log) return;
    std::vector<std::string> words;
    for (const ProbeAttempt& attempt : report.attempts)
        if (attempt.wantsItsLine()) words.push_back(attempt.word);
    if (words.empty()) return;
    const LoggedAnswers found = question.log(words);
    for (ProbeAttempt& attempt : report.attempts) {
        const auto lines = found.find(attempt.word);
        if (lines == found.end() || lines->second.empty()) continue;
        // Of several the one that tells most about what was met. A front end may have answered otherwise than the site behind it.
        const auto worth = [&](const LoggedAnswer& one) { return one.status != attempt.answer->status ? 0 : one.subStatus == 0 ? 1 : 2; };
        attempt.logged = *std::ranges::max_element(lines->second, {}, worth);
    }
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

/// All at once while they are few. Of those to be refused there may be hundreds, and each visit takes a thread.
std::vector<ProbeAttempt> attemptedAll(const std::vector<Planned>& planned)
{
    constexpr std::size_t kAtOnce = 16;
    std::vector<std::optional<ProbeAttempt>> made(planned.size());
    std::atomic<std::size_t> next = 0;
    std::vector<std::future<void>> visitors;
    for (std::size_t i = 0; i < std::min(kAtOnce, planned.size()); ++i)
        visitors.push_back(std::async(std::launch::async, [&] {
            for (std::size_t mine = next++; mine < planned.size(); mine = next++) made[mine] = attempted(planned[mine]);
        }));
    for (auto& one : visitors) one.get();
    std::vector<ProbeAttempt> attempts;
    for (auto& one : made) attempts.push_back(std::move(*one));
    return attempts;
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

Result<ProbeReport> probe(const ProbeQuestion& given)
{
    ProbeQuestion question = given;
    makeNamesDistinct(question.refuse);
    ProbeReport report;
    report.attempts = attemptedAll(plannedFor(question));
    if (question.stop.stop_requested()) return cancelled();
    collectRequests(question, report);
    if (report.asked == Asked::Never || report.asked == Asked::Renegotiation) {
        lookForALateRequest(question, report);
        collectRequests(question, report);
    }
    lookInTheLog(question, report);
    if (question.stop.stop_requested()) return cancelled();
    const ProbeAttempt* good = attemptNamed(report.attempts, "client");
    for (ProbeAttempt& attempt : report.attempts) {
        attempt.observed = admissionOf(attempt, good && good->answer ? good : nullptr, report.asked);
        if (isOfAMissingVersion(attempt, report.attempts)) attempt.counts = false;
    }
    judgeServer(question, report);
    judgeClient(question, report);
    judgeOffers(question, report);
    return report;
}

bool ProbeAttempt::hasLoggedSubStatus() const
{
    return answer && answer->subStatus.empty() && logged && logged->status == answer->status && logged->subStatus != 0;
}

std::string ProbeAttempt::subStatus() const
{
    if (hasLoggedSubStatus()) return std::to_string(logged->subStatus);
    return !answer || answer->subStatus == "0" ? std::string() : answer->subStatus;
}

bool ProbeAttempt::wantsItsLine() const
{
    return !word.empty() && answer && answer->status && *answer->status >= 400 && *answer->status != 400 && *answer->status != 503 && answer->subStatus.empty();
}

bool ProbeReport::passes() const
{
    return unexpectedIssuers.empty() && std::ranges::all_of(attempts, [](const ProbeAttempt& one) { return !one.counts || one.isAsExpected(); });
}

}  // namespace monban
