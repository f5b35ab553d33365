// SPDX-License-Identifier: MIT
#include "core/pki/revocation.h"

#include <algorithm>

#include "core/base/joined.h"
#include "core/pki/certificate_list.h"
#include "core/pki/findings.h"
#include "core/pki/openssl.h"
#include "core/pki/pem.h"

namespace monban {
namespace {

constexpr std::chrono::days kSoon{3};

constexpr std::size_t kMostLists = 1000;  // of one file; a bundle of many CAs has some hundred

using UsageBitsPtr = Handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;

/// Read from the extension itself: OpenSSL's word for it is "no" as soon as any other extension is broken.
bool maySignLists(const Certificate& ca)
{
    const ErrorQueueScope scope;
    const X509Ptr handle = x509FromDer(ca.der);
    if (!handle) return false;
    if (X509_get_ext_by_NID(handle.get(), NID_key_usage, -1) < 0) return true;
    constexpr int kCrlSignBit = 6;  // RFC 5280, section 4.2.1.3
    const UsageBitsPtr usage(static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(handle.get(), NID_key_usage, nullptr, nullptr)));
    return usage && ASN1_BIT_STRING_get_bit(usage.get(), kCrlSignBit) == 1;
}

struct Signers {
    ListSigner kind = ListSigner::NotGiven;
    std::vector<const Certificate*> certificates;
};

/// Only the key that signed the certificate may sign its list (RFC 5280, 6.3.3 f); another key of that name has lists of its own.
Signers signersFor(const RevocationQuestion& question)
{
    Signers signers;
    bool isIssuerThere = false;
    for (const Certificate& candidate : question.issuers) {
        if (!issuedBy(question.certificate, candidate)) continue;
        isIssuerThere = true;
        if (maySignLists(candidate)) signers.certificates.push_back(&candidate);
    }
    if (isIssuerThere) signers.kind = signers.certificates.empty() ? ListSigner::MayNotSign : ListSigner::Known;
    else if (question.isIssuerNamed) signers.kind = ListSigner::NoneFits;
    return signers;
}

CheckResult signatureOf(const Crl& list, const Signers& signers)
{
    if (signers.kind == ListSigner::NotGiven || signers.kind == ListSigner::NoneFits) return CheckResult::Unknown;
    return std::ranges::any_of(signers.certificates, [&](const Certificate* signer) { return signedBy(list, *signer); }) ? CheckResult::Pass : CheckResult::Fail;
}

JudgedList judged(const RevocationQuestion& question, const Signers& signers, const ListSource& source)
{
    JudgedList one{.name = source.name, .list = source.list};
    one.signer = signers.kind;
    if (!one.list) return one;
    const Crl& list = *one.list;
    one.scope = scopeOf(list);
    one.coversKind = !one.scope.attributesOnly && !(question.certificate.isCa ? one.scope.usersOnly : one.scope.casOnly);
    one.coversPoint = isOfPoint(list, question.certificate);
    one.issuer = isOfIssuer(list, question.certificate) ? CheckResult::Pass : CheckResult::Fail;
    one.signature = signatureOf(list, signers);
    const bool isBegun = list.thisUpdate <= question.at;
    one.current = !isBegun || (list.nextUpdate && *list.nextUpdate < question.at) ? CheckResult::Fail : CheckResult::Pass;
    one.entry = entryOf(list, question.certificate.serial);
    return one;
}

/// The list that Windows goes by: the latest one; one that has not begun only where none has.
const JudgedList* newestOf(const std::vector<const JudgedList*>& lists, Time at)
{
    const auto rank = [&](const JudgedList& one) { return std::pair(one.list->thisUpdate <= at, one.list->thisUpdate); };
    const JudgedList* newest = nullptr;
    for (const JudgedList* one : lists)
        if (one->counts() && (!newest || rank(*newest) < rank(*one))) newest = one;
    return newest;
}

/// A certificate on hold may be let in again (RFC 5280, section 5.3.1); a complete, proven and current list of a later time without it says
/// so. Any other entry stays, whatever became of the list or how little else it says.
bool isReleased(const JudgedList& one, const JudgedList* newest)
{
    return one.entry->reason == "certificateHold" && newest && newest->current == CheckResult::Pass && newest->signature == CheckResult::Pass && !newest->entry &&
           one.list->thisUpdate < newest->list->thisUpdate;
}

/// The objects of a file that are lists, each as its DER; those that are damaged, as nothing.
std::vector<std::optional<Bytes>> listsAsDer(ByteView bytes)
{
    std::vector<std::optional<Bytes>> found;
    const auto add = [&](ByteView der) {
        const DerKind kind = derKind(der);
        if (kind == DerKind::Crl) found.emplace_back(Bytes(der.begin(), der.end()));
        if (kind != DerKind::Pkcs7) return;
        for (Bytes& list : listsOfPkcs7(der)) found.emplace_back(std::move(list));
    };
    if (looksLikeDer(bytes)) add(bytes);
    if (!found.empty()) return found;
    PemReader reader(bytes);
    while (const auto block = reader.next()) {
        if (!block->damaged) add(block->der);
        else if (block->label == "X509 CRL") found.emplace_back();
    }
    if (const auto bare = found.empty() ? fromBareBase64(bytes) : std::nullopt) add(*bare);
    return found;
}

}  // namespace

const char* name(RevocationState state)
{
    return state == RevocationState::Good ? "good" : state == RevocationState::Revoked ? "revoked" : "unknown";
}

bool JudgedList::counts() const
{
    return list && issuer == CheckResult::Pass && signature != CheckResult::Fail && signer != ListSigner::NoneFits && !list->delta && !list->indirect && coversKind &&
           coversPoint && !scope.someReasonsOnly && !scope.hasUnknownCritical;
}

std::vector<ListSource> listsIn(const std::string& name, ByteView bytes)
{
    const auto ders = listsAsDer(bytes);
    if (ders.empty()) return {{name, parseCrl(bytes)}};  // which says that there is none
    if (ders.size() > kMostLists)
        return {{name, Error{ErrorCode::InvalidInput, {tr("{0} holds more than {1} revocation lists. Monban reads smaller files only."), {name, std::to_string(kMostLists)}}, "lists"}}};
    std::vector<ListSource> lists;
    for (const auto& der : ders) {
        const std::string own = lists.empty() ? name : name + " (" + std::to_string(lists.size() + 1) + ")";
        lists.push_back({own, der ? parseCrl(*der) : Result<Crl>(Error{ErrorCode::Damaged, {tr("The revocation list is damaged: it is cut short or was altered."), {}}, {}})});
    }
    return lists;
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
    const Signers signers = signersFor(question);
    for (const ListSource& source : lists) verdict.lists.push_back(judged(question, signers, source));
    // A list whose signature was checked is worth more than any whose was not.
    const bool isAnyChecked = std::ranges::any_of(verdict.lists, [](const JudgedList& one) { return one.list && one.signature == CheckResult::Pass; });
    std::vector<const JudgedList*> trusted;
    for (const JudgedList& one : verdict.lists)
        if (one.list && one.issuer == CheckResult::Pass && (isAnyChecked ? one.signature == CheckResult::Pass : one.signature != CheckResult::Fail)) trusted.push_back(&one);
    const JudgedList* const newest = newestOf(trusted, question.at);
    for (const JudgedList* one : trusted)
        if (one->entry && !one->list->indirect && !isReleased(*one, newest)) verdict.entry = one->entry;
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
    if (std::ranges::any_of(verdict.lists, [](const JudgedList& one) { return one.list && one.signer == ListSigner::NoneFits; }))
        add("list-issuer-differs", Severity::Error, {tr("None of the certificates that were named as its CA's issued {0}, so nobody can say whether the lists are genuine."), {nameForPeople(verdict.certificate)}},
            {tr("Name the certificate of {0} whose key signed it."), {verdict.certificate.issuer}});
    const bool isGood = verdict.state == RevocationState::Good;  // then another list is the one that counts
    for (const JudgedList& one : verdict.lists) {
        if (!one.list) {
            // The usual second address of a Windows CA; it takes nothing away from the first.
            const bool isAnotherWay = one.list.error().code == ErrorCode::Unsupported && verdict.state != RevocationState::Unknown;
            add("list-not-read", isAnotherWay || isGood ? Severity::Info : Severity::Error, one.list.error().message, {tr("Look whether the CA publishes it there, and whether this server reaches the address: the services use the computer's proxy (netsh winhttp show proxy)."), {}});
            continue;
        }
        const Crl& list = *one.list;
        if (one.issuer == CheckResult::Fail)
            add("list-of-another-ca", isGood ? Severity::Info : Severity::Error, {tr("{0} is a list of {1}, not of the CA that issued the certificate ({2})."), {one.name, list.issuer, verdict.certificate.issuer}},
                {tr("Get the list of {0}."), {verdict.certificate.issuer}});
        if (one.issuer == CheckResult::Fail && isGood) continue;
        if (one.signer == ListSigner::MayNotSign)
            add("list-issuer-usage", Severity::Error, {tr("{0} does not count: the key usage of {1} does not allow its key to sign revocation lists."), {one.name, verdict.certificate.issuer}},
                {tr("Ask the CA: its certificate needs the key usage CRL signing."), {}});
        else if (one.signature == CheckResult::Fail)
            add("list-signature", isGood ? Severity::Info : Severity::Error, {tr("The signature of {0} does not verify with the CA's key: the list was altered, or is of an older or newer key of the CA. Windows does not use it."), {one.name}},
                {tr("Get the list again from the CA; if the CA has a new key, it has a list of its own for each."), {}});
        if (one.issuer == CheckResult::Pass && one.signer == ListSigner::NotGiven)
            add("list-signature-unchecked", Severity::Warning, {tr("The signature of {0} was not checked: the certificate of {1} was not given."), {one.name, list.issuer}},
                {tr("Name the certificate of {0}."), {list.issuer}});
        if (list.delta)
            add("list-delta", Severity::Warning, {tr("{0} is a delta list: it counts only together with the complete list it is based on."), {one.name}}, {tr("Get the complete list as well."), {}});
        if (list.indirect)
            add("list-indirect", Severity::Warning, {tr("{0} is an indirect list, which also names certificates of other CAs. Windows does not use such lists."), {one.name}}, {tr("Ask the CA for a list of its own."), {}});
        if (!one.coversKind && verdict.certificate.isCa)
            add("list-scope", Severity::Warning, {tr("{0} speaks of other kinds of certificates only, not of CAs'."), {one.name}}, {tr("Get the list of {0} for CAs' certificates."), {verdict.certificate.issuer}});
        else if (!one.coversKind)
            add("list-scope", Severity::Warning, {tr("{0} speaks of other kinds of certificates only, not of users'."), {one.name}}, {tr("Get the CA's list for users' certificates."), {}});
        if (!one.coversPoint)
            add("list-scope", Severity::Warning, {tr("{0} speaks only of certificates with another distribution point: {1}."), {one.name, joined(one.scope.points)}},
                {tr("Get the list from where the certificate says: {0}."), {verdict.certificate.crlUrls.empty() ? "–" : joined(verdict.certificate.crlUrls)}});
        if (one.scope.hasUnknownCritical)
            add("list-unknown-extension", Severity::Error, {tr("{0} carries an extension that is marked as critical and not known. Such a list must not be used."), {one.name}}, {tr("Ask the CA for a list without it."), {}});
        if (one.scope.someReasonsOnly)
            add("list-some-reasons", Severity::Warning, {tr("{0} names only certificates that were revoked for certain reasons."), {one.name}}, {tr("Get the CA's list for all reasons."), {}});
        if (list.thisUpdate > verdict.at)
            add("list-not-yet-valid", isGood ? Severity::Info : Severity::Error, {tr("{0} is not valid before {1}."), {one.name, rfc3339(list.thisUpdate)}}, {tr("Look at the clock of this computer; if it is right, ask the CA."), {}});
        else if (!list.nextUpdate)
            add("list-no-next-update", Severity::Warning, {tr("{0} does not say when the next list comes, so nobody knows whether it is still current."), {one.name}}, {tr("Ask the CA to publish lists with a next update."), {}});
        else if (*list.nextUpdate < verdict.at && isGood)
            add("list-expired", Severity::Info, {tr("{0} was to be replaced on {1}; a list that is current counts in its place."), {one.name, rfc3339(*list.nextUpdate)}}, {});
        else if (*list.nextUpdate < verdict.at)
            add("list-expired", Severity::Error,
                {tr("{0} was to be replaced on {1}. Windows takes that for its expiry: a server that checks now refuses every user of this CA (403.13)."), {one.name, rfc3339(*list.nextUpdate)}},
                {tr("Get the current list from the CA; if that is the current one, the CA must publish a new one. In the meantime the check can be switched off for a limited time."), {}});
        else if (*list.nextUpdate - verdict.at < kSoon && (!isGood || list.nextUpdate == verdict.nextUpdate))
            add("list-expires-soon", Severity::Warning,
                {tr("{0} expires on {1}. If no newer list can be had by then, every user of this CA is refused (403.13)."), {one.name, rfc3339(*list.nextUpdate)}},
                {tr("Ask the CA when the next list comes."), {}});
    }
    if (verdict.lists.empty() && !verdict.certificate.crlUrls.empty())
        add("no-list", Severity::Error, {tr("No revocation list was to be had. The certificate names: {0}."), {joined(verdict.certificate.crlUrls)}}, {tr("Only lists at http:// addresses are fetched; get this one from the CA as a file."), {}});
    return findings;
}

}  // namespace monban
