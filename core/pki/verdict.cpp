// SPDX-License-Identifier: MIT
#include "core/pki/verdict.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "core/base/host_name.h"
#include "core/base/joined.h"
#include "core/base/utf8.h"
#include "core/pki/certificate_form.h"
#include "core/pki/findings.h"
#include "core/pki/openssl.h"
#include "core/pki/path_search.h"

namespace monban {
namespace {

using StorePtr = Handle<X509_STORE, X509_STORE_free>;
using StoreContextPtr = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;
struct FreeStack {
    void operator()(STACK_OF(X509)* stack) const { sk_X509_pop_free(stack, X509_free); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), FreeStack>;

constexpr int kLeastRsaBits = 1024;  // Windows refuses less (security advisory 2661254), Chromium as well

/// RFC 5280's demands on a CA's certificate that neither Chromium nor Windows enforces.
bool isDemandOfTheBook(int error)
{
    static const std::set<int> kOfTheBook{
        X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN, X509_V_ERR_ISSUER_NAME_EMPTY,
        X509_V_ERR_SUBJECT_NAME_EMPTY,          X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER,
        X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER, X509_V_ERR_EMPTY_SUBJECT_ALT_NAME,
        X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL, X509_V_ERR_CA_BCONS_NOT_CRITICAL,
        X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL, X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL,
        X509_V_ERR_CA_CERT_MISSING_KEY_USAGE};
    return kOfTheBook.contains(error);
}

Flaw flawOf(int error)
{
    switch (error) {
    case X509_V_ERR_PATH_LENGTH_EXCEEDED: return Flaw::PathTooLong;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX: return Flaw::NameConstraint;
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return Flaw::NotACa;
    default: return isDemandOfTheBook(error) ? Flaw::NotByTheBook : Flaw::Malformed;
    }
}

bool isWarning(Flaw flaw) { return flaw == Flaw::KeyIdDiffers || flaw == Flaw::NotByTheBook; }

/// One path, judged.
class PathJudge {
public:
    PathJudge(const VerdictQuestion& question, const CertificatePath& path) : m_question(question), m_path(path)
    {
        for (const Certificate* certificate : path.certificates) {
            m_verdict.path.push_back(*certificate);
            m_handles.push_back(x509FromDer(certificate->der));
        }
        m_verdict.host = question.host;
        m_verdict.isOfClient = question.purpose == Purpose::Client;
    }

    Verdict run()
    {
        for (std::size_t depth = 0; depth < m_handles.size(); ++depth)
            if (m_handles[depth]) judgeForm(depth);  // first: it says more than OpenSSL does
        if (std::ranges::all_of(m_handles, [](const X509Ptr& handle) { return handle != nullptr; })) followTheBook();
        else add(Flaw::Malformed, 0);
        for (std::size_t depth = 0; depth < m_handles.size(); ++depth) judgeOne(depth);
        judgeEnd();
        judgeHost();
        if (!m_path.reachesRoot) forgetTheRest();
        for (Check* check : {&m_verdict.trusted, &m_verdict.validity, &m_verdict.hostname})
            if (!check->flaws.empty()) check->result = CheckResult::Fail;
        // Without a root to end at nobody can say; what is wrong in itself stays wrong.
        if (m_question.roots.empty() && m_verdict.trusted.flaws.empty()) {
            m_verdict.trusted.result = CheckResult::Unknown;
            add(Flaw::NoRootNamed, m_path.certificates.size() - 1);
        }
        return std::move(m_verdict);
    }

private:
    void add(Flaw flaw, std::size_t depth, std::string detail = {})
    {
        PathFlaw found{flaw, depth, std::move(detail)};
        auto& list = isWarning(flaw) ? m_verdict.warnings : m_verdict.trusted.flaws;
        // OpenSSL says the same of a CA once by itself and once for what it signed.
        const auto same = [&](const PathFlaw& one) { return one.flaw == flaw && one.depth == depth && (flaw != Flaw::NotByTheBook || one.detail == found.detail); };
        if (std::ranges::none_of(list, same)) list.push_back(std::move(found));
    }

    static int collect(int ok, X509_STORE_CTX* context)
    {
        if (!ok) static_cast<PathJudge*>(X509_STORE_CTX_get_app_data(context))->collect(X509_STORE_CTX_get_error(context), X509_STORE_CTX_get_error_depth(context));
        return 1;
    }
    void collect(int error, int depth)
    {
        // Where the path ends is judged apart, and critical extensions, too.
        static const std::set<int> kJudgedApart{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                                                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                                                X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_UNTRUSTED,
                                                X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, X509_V_ERR_INVALID_CA};
        if (kJudgedApart.contains(error)) return;
        const auto at = std::min(static_cast<std::size_t>(std::max(depth, 0)), m_handles.size() - 1);
        add(flawOf(error), at, X509_verify_cert_error_string(error));
    }

    /// The path is the one that was found, whatever key ids say.
    static int isNext(X509_STORE_CTX* context, X509* certificate, X509* issuer)
    {
        const auto& handles = static_cast<PathJudge*>(X509_STORE_CTX_get_app_data(context))->m_handles;
        for (std::size_t i = 0; i < handles.size(); ++i) {
            if (X509_cmp(handles[i].get(), certificate) != 0) continue;
            if (i + 1 < handles.size()) return X509_cmp(handles[i + 1].get(), issuer) == 0;
            return X509_cmp(certificate, issuer) == 0 && X509_self_signed(certificate, 0) == 1;
        }
        return 0;
    }

    /// RFC 5280, section 6, by OpenSSL: CAs, path lengths, name constraints, critical extensions. Dates, purposes and keys are
    /// judged by our own rules.
    void followTheBook()
    {
        const ErrorQueueScope scope;
        const StorePtr store(X509_STORE_new());
        const StoreContextPtr context(X509_STORE_CTX_new_ex(opensslContext(), nullptr));
        const StackPtr between(sk_X509_new_null());
        if (!store || !context || !between) return add(Flaw::Malformed, 0, "no memory");
        for (std::size_t i = 1; i < m_handles.size(); ++i) {
            const bool isRoot = m_path.reachesRoot && i + 1 == m_handles.size();
            if (isRoot) X509_STORE_add_cert(store.get(), m_handles[i].get());
            else if (X509_up_ref(m_handles[i].get()) == 1 && sk_X509_push(between.get(), m_handles[i].get()) == 0) X509_free(m_handles[i].get());
        }
        if (m_path.reachesRoot && m_handles.size() == 1) X509_STORE_add_cert(store.get(), m_handles[0].get());
        X509_STORE_set_check_issued(store.get(), isNext);
        if (X509_STORE_CTX_init(context.get(), store.get(), m_handles[0].get(), between.get()) != 1) return add(Flaw::Malformed, 0, "no memory");
        X509_STORE_CTX_set_app_data(context.get(), this);
        X509_STORE_CTX_set_verify_cb(context.get(), collect);
        X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_POLICY_CHECK);
        X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        X509_VERIFY_PARAM_add0_policy(rules, OBJ_nid2obj(NID_any_policy));  // none named would mean none allowed
        X509_VERIFY_PARAM_set_auth_level(rules, 0);
        if (X509_verify_cert(context.get()) < 0) add(Flaw::Malformed, 0, opensslDetail());
    }

    void judgeOne(std::size_t depth)
    {
        const Certificate& certificate = *m_path.certificates[depth];
        const bool isRoot = m_path.reachesRoot && depth + 1 == m_handles.size();
        // Of version 1 no root can say that it is a CA; being trusted, it need not (RFC 5280, 6.1).
        if (depth > 0 && !certificate.isCa && !(isRoot && certificate.version == 1)) add(Flaw::NotACa, depth);
        judgeDates(certificate, depth);
        judgeKey(certificate, depth);
        judgePurpose(certificate, depth);
        if (!certificate.selfSigned) judgeSignature(certificate, depth);  // nobody relies on the signature of a root
        if (depth > 0) {
            const Certificate& below = *m_path.certificates[depth - 1];
            if (!below.authorityKeyId.empty() && !certificate.subjectKeyId.empty() && below.authorityKeyId != certificate.subjectKeyId)
                add(Flaw::KeyIdDiffers, depth - 1);
        }
    }

    void judgeSignature(const Certificate& certificate, std::size_t depth)
    {
        // What Chromium takes (verify_signed_data.cc). Windows refuses SHA-1 of servers only.
        static const std::set<std::string> kStrong{"sha256", "sha384", "sha512"};
        const std::string& hash = certificate.signatureHash;
        if (m_verdict.isOfClient && hash == "sha1") m_verdict.warnings.push_back({Flaw::WeakSignature, depth, hash});
        else if (!kStrong.contains(hash)) add(Flaw::WeakSignature, depth, hash.empty() ? certificate.signatureAlgorithm : hash);
        else if (auto odd = m_verdict.isOfClient || !m_handles[depth] ? std::nullopt : oddPssParameters(m_handles[depth].get())) add(Flaw::WeakSignature, depth, *odd);
    }

    void judgeForm(std::size_t depth)
    {
        if (const auto unknown = unknownCriticals(m_handles[depth].get(), m_verdict.isOfClient ? Judge::Windows : Judge::Browser); !unknown.empty())
            add(Flaw::UnknownCriticalExtension, depth, joined(unknown));
        if (auto problem = formProblem(m_handles[depth].get())) add(depth > 0 && problem == "CA without keyCertSign" ? Flaw::NotACa : Flaw::Malformed, depth, *problem);
        for (std::size_t below = 0; below < depth; ++below)
            if (m_handles[below] && breaksConstraints(m_handles[depth].get(), m_handles[below].get())) add(Flaw::NameConstraint, below);
    }

    /// Where no root is reached, another way might: only what is wrong with the certificate itself counts, and where it ends.
    void forgetTheRest()
    {
        const auto isOfTheRest = [](const PathFlaw& one) { return one.depth > 0 && one.flaw != Flaw::RootUnknown && one.flaw != Flaw::IssuerMissing && one.flaw != Flaw::IssuerKeyDiffers && one.flaw != Flaw::RootNotSelfSigned; };
        for (Check* check : {&m_verdict.trusted, &m_verdict.validity}) {
            std::ranges::copy_if(check->flaws, std::back_inserter(m_verdict.warnings), isOfTheRest);
            std::erase_if(check->flaws, isOfTheRest);
        }
    }

    void judgeDates(const Certificate& certificate, std::size_t depth)
    {
        const auto note = [&](Flaw flaw, std::string detail) { m_verdict.validity.flaws.push_back({flaw, depth, std::move(detail)}); };
        if (!certificate.hasReadableDates || !m_handles[depth] || !hasProperDates(m_handles[depth].get())) note(Flaw::UnreadableDates, {});
        else if (m_question.at < certificate.notBefore) note(Flaw::NotYetValid, rfc3339(certificate.notBefore));
        else if (m_question.at > certificate.notAfter) note(Flaw::Expired, rfc3339(certificate.notAfter));  // that second counts (RFC 5280, 4.1.2.5)
    }

    void judgeKey(const Certificate& certificate, std::size_t depth)
    {
        const EVP_PKEY* key = m_handles[depth] ? X509_get0_pubkey(m_handles[depth].get()) : nullptr;
        const std::string size = certificate.key.algorithm + " " + std::to_string(certificate.key.bits);
        if (!key) return add(Flaw::WeakKey, depth, certificate.key.algorithm);
        const bool isRsa = EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
        if (isRsa && (certificate.key.bits < kLeastRsaBits || !isPracticalKey(key))) return add(Flaw::WeakKey, depth, size);
        if (m_verdict.isOfClient ? isRsa || EVP_PKEY_is_a(key, "EC") : isKeyOfBrowsers(key)) return;
        char curve[64] = "";
        if (EVP_PKEY_is_a(key, "EC")) EVP_PKEY_get_group_name(key, curve, sizeof curve, nullptr);
        add(Flaw::WeakKey, depth, *curve ? "EC " + std::string(curve) : size);
    }

    void judgePurpose(const Certificate& certificate, std::size_t depth)
    {
        const char* const wanted = m_question.purpose == Purpose::Server ? "serverAuth" : "clientAuth";
        const auto has = [&](const char* purpose) { return std::ranges::find(certificate.extendedKeyUsage, purpose) != certificate.extendedKeyUsage.end(); };
        if (certificate.hasExtendedKeyUsage && !has(wanted) && !has("anyExtendedKeyUsage"))
            add(depth == 0 ? Flaw::WrongPurpose : Flaw::IssuerPurpose, depth, wanted);
        if (depth > 0 || !m_handles[0] || hasBrokenExtension(m_handles[0].get())) return;
        const std::uint32_t usage = X509_get_key_usage(m_handles[0].get());  // all bits where the extension is absent
        if (!(usage & KU_DIGITAL_SIGNATURE)) add(Flaw::KeyUsage, 0);
    }

    /// Whether the path comes to a trusted root, and if not, what is in the way.
    void judgeEnd()
    {
        if (m_path.reachesRoot || m_question.roots.empty()) return;
        const std::size_t depth = m_path.certificates.size() - 1;
        const Certificate& last = *m_path.certificates[depth];
        const auto isNamedRoot = [&](const Certificate& root) { return root.der == last.der; };
        if (std::ranges::any_of(m_question.roots, isNamedRoot)) return add(Flaw::RootNotSelfSigned, depth, last.issuer);
        if (last.selfSigned) return add(depth == 0 ? Flaw::SelfSigned : Flaw::RootUnknown, depth);
        const auto isNamed = [&](const Certificate& one) { return one.der != last.der && isNamedAsIssuer(last, one); };
        const bool isThere = std::ranges::any_of(m_question.others, isNamed) || std::ranges::any_of(m_question.roots, isNamed);
        add(isThere ? Flaw::IssuerKeyDiffers : Flaw::IssuerMissing, depth, last.issuer);
    }

    void judgeHost()
    {
        if (m_question.host.empty()) return;
        const Certificate& leaf = m_question.certificate;
        if (namesHost(leaf, m_question.host)) return;
        const Flaw flaw = leaf.dnsNames.empty() && leaf.ipAddresses.empty() ? Flaw::NoAlternativeName
                          : looksLikeIpAddress(m_question.host)             ? Flaw::AddressNotNamed
                                                                            : Flaw::NameMismatch;
        std::vector<std::string> names = leaf.dnsNames;
        names.insert(names.end(), leaf.ipAddresses.begin(), leaf.ipAddresses.end());
        m_verdict.hostname.flaws.push_back({flaw, 0, joined(names, ", ")});
    }

    const VerdictQuestion& m_question;
    const CertificatePath& m_path;
    std::vector<X509Ptr> m_handles;
    Verdict m_verdict;
};

/// As Chromium compares (X509Certificate::VerifyHostname): letter by letter but for capitals and one last dot; `*` is one whole label, and
/// what follows has two at least.
bool standsFor(const std::string& certified, const std::string& host)
{
    std::string name = lowerAscii(certified);
    if (name.ends_with('.')) name.pop_back();
    if (name == host) return true;
    const std::size_t dot = host.find('.');
    if (!name.starts_with("*.") || dot == 0 || dot == std::string::npos || host.find('.', dot + 1) == std::string::npos) return false;
    return name.substr(1) == host.substr(dot);
}

}  // namespace

const char* name(CheckResult result)
{
    return result == CheckResult::Pass ? "pass" : result == CheckResult::Fail ? "fail" : "unknown";
}

bool Verdict::passes() const
{
    return trusted.result == CheckResult::Pass && validity.result == CheckResult::Pass && hostname.result == CheckResult::Pass;
}

Verdict judge(const VerdictQuestion& question)
{
    std::optional<Verdict> best;
    const auto against = [](const Verdict& verdict) { return std::tuple(verdict.trusted.flaws.size(), verdict.validity.flaws.size(), verdict.path.size()); };
    for (const CertificatePath& path : pathsFrom(question.certificate, question.others, question.roots)) {
        Verdict verdict = PathJudge(question, path).run();
        if (!best || against(verdict) < against(*best)) best = std::move(verdict);
    }
    return *best;
}

bool namesHost(const Certificate& certificate, const std::string& host)
{
    std::string asked = host;
    if (asked.size() > 1 && asked.starts_with('[') && asked.ends_with(']')) asked = asked.substr(1, asked.size() - 2);
    if (looksLikeIpAddress(asked)) {
        const ErrorQueueScope scope;
        const X509Ptr x509 = x509FromDer(certificate.der);
        return x509 && X509_check_ip_asc(x509.get(), asked.c_str(), 0) == 1;
    }
    if (asked.ends_with('.')) asked.pop_back();
    const auto ascii = asciiHostName(asked);  // a name in other letters is never written as such in a certificate (RFC 5280, 7.2)
    if (!ascii || asked.starts_with('.')) return false;
    asked = lowerAscii(*ascii);
    return !asked.empty() && std::ranges::any_of(certificate.dnsNames, [&](const std::string& one) { return standsFor(one, asked); });
}

}  // namespace monban
