// SPDX-License-Identifier: MIT
#include "core/pki/revocation.h"

#include <algorithm>

#include "core/base/joined.h"
#include "core/pki/findings.h"
#include "core/pki/openssl.h"

namespace monban {
namespace {

constexpr std::chrono::days kSoon{3};

bool maySignLists(const Certificate& ca)
{
    const X509Ptr handle = x509FromDer(ca.der);
    return handle && (X509_get_key_usage(handle.get()) & KU_CRL_SIGN);  // all bits where the extension is absent
}

JudgedList judged(const RevocationQuestion& question, const ListSource& source)
{
    JudgedList one{source.name, source.list, CheckResult::Unknown, CheckResult::Unknown, CheckResult::Unknown, {}, {}};
    if (!one.list) return one;
    const Crl& list = *one.list;
    one.scope = scopeOf(list);
    one.issuer = list.issuer == question.certificate.issuer ? CheckResult::Pass : CheckResult::Fail;
    // Only the key that signed the certificate may sign its list (RFC 5280, 6.3.3 f); another key of that name has lists of its own.
    std::vector<const Certificate*> signers;
    for (const Certificate& candidate : question.issuers)
        if (issuedBy(question.certificate, candidate) && maySignLists(candidate)) signers.push_back(&candidate);
    if (!signers.empty())
        one.signature = std::ranges::any_of(signers, [&](const Certificate* signer) { return signedBy(list, *signer); }) ? CheckResult::Pass : CheckResult::Fail;
    const bool isBegun = list.thisUpdate <= question.at;
    one.current = !isBegun || (list.nextUpdate && *list.nextUpdate < question.at) ? CheckResult::Fail : CheckResult::Pass;
    one.entry = entryOf(list, question.certificate.serial);
    return one;
}

}  // namespace

const char* name(RevocationState state)
{
    return state == RevocationState::Good ? "good" : state == RevocationState::Revoked ? "revoked" : "unknown";
}

bool JudgedList::counts() const
{
    return list && issuer == CheckResult::Pass && signature != CheckResult::Fail && !list->delta && !list->indirect && coversUsers() && !scope.someReasonsOnly &&
           !scope.hasUnknownCritical;
}

std::optional<std::chrono::seconds> RevocationVerdict::left() const
{
    return nextUpdate ? std::optional(std::chrono::seconds(*nextUpdate - at)) : std::nullopt;
}

RevocationVerdict judgeRevocation(const RevocationQuestion& question, const std::vector<ListSource>& lists)
{
    RevocationVerdict verdict;
    verdict.certificate = question.certificate;
    verdict.at = question.at;
    for (const ListSource& source : lists) verdict.lists.push_back(judged(question, source));
    // A list whose signature was checked is worth more than any whose was not.
    const bool isAnyChecked = std::ranges::any_of(verdict.lists, [](const JudgedList& one) { return one.list && one.signature == CheckResult::Pass; });
    const auto isTrusted = [&](const JudgedList& one) {
        return one.list && one.issuer == CheckResult::Pass && (isAnyChecked ? one.signature == CheckResult::Pass : one.signature != CheckResult::Fail);
    };
    const JudgedList* newest = nullptr;
    for (const JudgedList& one : verdict.lists) {
        if (!isTrusted(one)) continue;
        if (one.entry && !one.list->indirect) verdict.entry = one.entry;  // that stays so, whatever became of the list or how little else it says
        if (one.counts() && (!newest || newest->list->thisUpdate < one.list->thisUpdate)) newest = &one;
    }
    if (newest) verdict.nextUpdate = newest->list->nextUpdate;
    if (verdict.entry) verdict.state = RevocationState::Revoked;
    else if (newest && newest->current == CheckResult::Pass) verdict.state = RevocationState::Good;
    return verdict;
}

Message spanText(std::chrono::seconds span)
{
    const auto seconds = span.count() < 0 ? -span.count() : span.count();
    const auto days = seconds / 86400;
    const auto hours = seconds / 3600;
    const auto minutes = seconds / 60;
    if (days > 0) return {tr("{0} days {1} hours"), {std::to_string(days), std::to_string(hours % 24)}};
    if (hours > 0) return {tr("{0} hours {1} minutes"), {std::to_string(hours), std::to_string(minutes % 60)}};
    return {tr("{0} minutes"), {std::to_string(minutes)}};
}

Message summaryOf(const RevocationVerdict& verdict)
{
    const std::string who = nameForPeople(verdict.certificate);
    switch (verdict.state) {
    case RevocationState::Good: return {tr("{0} is not revoked."), {who}};
    case RevocationState::Revoked:
        return verdict.entry->reason.empty() ? Message{tr("{0} was revoked on {1}. A server that checks refuses it (403.13)."), {who, rfc3339(verdict.entry->revoked)}}
                                             : Message{tr("{0} was revoked on {1} ({2}). A server that checks refuses it (403.13)."), {who, rfc3339(verdict.entry->revoked), verdict.entry->reason}};
    case RevocationState::Unknown: return {tr("Whether {0} is revoked cannot be known. A server that checks then refuses it (403.13)."), {who}};
    }
    return {};
}

std::vector<Finding> findingsOf(const RevocationVerdict& verdict)
{
    std::vector<Finding> findings;
    const auto add = [&](const char* id, Severity severity, Message message, Message remedy) { findings.push_back({id, severity, std::move(message), std::move(remedy)}); };
    if (verdict.certificate.crlUrls.empty() && verdict.certificate.ocspUrls.empty())
        add("no-distribution-point", Severity::Error,
            {tr("{0} does not say where its CA publishes revocation lists. A server that checks finds none and refuses it (403.13)."), {nameForPeople(verdict.certificate)}},
            {tr("Have it issued anew with a distribution point, or install the CA's list in the store CA of the server and renew it before its next update."), {}});
    for (const JudgedList& one : verdict.lists) {
        if (!one.list) {
            // The usual second address of a Windows CA; it takes nothing away from the first.
            const bool isAnotherWay = one.list.error().code == ErrorCode::Unsupported && verdict.state != RevocationState::Unknown;
            add("list-not-read", isAnotherWay ? Severity::Info : Severity::Error, one.list.error().message, {tr("Look whether the CA publishes it there, and whether this server reaches the address: the services use the computer's proxy (netsh winhttp show proxy)."), {}});
            continue;
        }
        const Crl& list = *one.list;
        if (one.issuer == CheckResult::Fail)
            add("list-of-another-ca", Severity::Error, {tr("{0} is a list of {1}, not of the CA that issued the certificate ({2})."), {one.name, list.issuer, verdict.certificate.issuer}},
                {tr("Get the list of {0}."), {verdict.certificate.issuer}});
        if (one.signature == CheckResult::Fail)
            add("list-signature", Severity::Error, {tr("The signature of {0} does not verify with the CA's key: the list was altered, or is of an older or newer key of the CA. Windows does not use it."), {one.name}},
                {tr("Get the list again from the CA; if the CA has a new key, it has a list of its own for each."), {}});
        if (one.issuer == CheckResult::Pass && one.signature == CheckResult::Unknown)
            add("list-signature-unchecked", Severity::Warning, {tr("The signature of {0} was not checked: the certificate of {1} was not given."), {one.name, list.issuer}},
                {tr("Name the certificate of {0}."), {list.issuer}});
        if (list.delta)
            add("list-delta", Severity::Warning, {tr("{0} is a delta list: it counts only together with the complete list it is based on."), {one.name}}, {tr("Get the complete list as well."), {}});
        if (list.indirect)
            add("list-indirect", Severity::Warning, {tr("{0} is an indirect list, which also names certificates of other CAs. Windows does not use such lists."), {one.name}}, {tr("Ask the CA for a list of its own."), {}});
        if (!one.coversUsers())
            add("list-scope", Severity::Warning, {tr("{0} speaks of other kinds of certificates only, not of users'."), {one.name}}, {tr("Get the CA's list for users' certificates."), {}});
        if (one.scope.hasUnknownCritical)
            add("list-unknown-extension", Severity::Error, {tr("{0} carries an extension that is marked as critical and not known. Such a list must not be used."), {one.name}}, {tr("Ask the CA for a list without it."), {}});
        if (one.scope.someReasonsOnly)
            add("list-some-reasons", Severity::Warning, {tr("{0} names only certificates that were revoked for certain reasons."), {one.name}}, {tr("Get the CA's list for all reasons."), {}});
        if (list.thisUpdate > verdict.at)
            add("list-not-yet-valid", Severity::Error, {tr("{0} is not valid before {1}."), {one.name, rfc3339(list.thisUpdate)}}, {tr("Look at the clock of this computer; if it is right, ask the CA."), {}});
        else if (!list.nextUpdate)
            add("list-no-next-update", Severity::Warning, {tr("{0} does not say when the next list comes, so nobody knows whether it is still current."), {one.name}}, {tr("Ask the CA to publish lists with a next update."), {}});
        else if (*list.nextUpdate < verdict.at)
            add("list-expired", Severity::Error,
                {tr("{0} was to be replaced on {1}. Windows takes that for its expiry: a server that checks now refuses every user of this CA (403.13)."), {one.name, rfc3339(*list.nextUpdate)}},
                {tr("Get the current list from the CA; if that is the current one, the CA must publish a new one. In the meantime the check can be switched off for a limited time."), {}});
        else if (*list.nextUpdate - verdict.at < kSoon)
            add("list-expires-soon", Severity::Warning,
                {tr("{0} expires on {1}. If no newer list can be had by then, every user of this CA is refused (403.13)."), {one.name, rfc3339(*list.nextUpdate)}},
                {tr("Ask the CA when the next list comes."), {}});
    }
    if (verdict.lists.empty() && !verdict.certificate.crlUrls.empty())
        add("no-list", Severity::Error, {tr("No revocation list was to be had. The certificate names: {0}."), {joined(verdict.certificate.crlUrls)}}, {tr("Only lists at http:// addresses are fetched; get this one from the CA as a file."), {}});
    return findings;
}

}  // namespace monban
