// SPDX-License-Identifier: MIT
#include "core/pki/certificate_form.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "core/base/joined.h"
#include "core/base/utf8.h"
#include "core/pki/names.h"

namespace monban {
namespace {

constexpr std::size_t kMostComparisons = 1 << 20;  // as OpenSSL has it; no real certificate comes near

using NameConstraintsPtr = Handle<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>;
using GeneralNamesPtr = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using PoliciesPtr = Handle<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;
using PssPtr = Handle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>;

std::optional<std::string> doubleExtension(const X509* certificate)
{
    std::set<std::string> seen;
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        const std::string oid = shortName(X509_EXTENSION_get_object(X509_get_ext(certificate, i)));
        if (!seen.insert(oid).second) return "extension twice: " + oid;
    }
    return std::nullopt;
}

bool hasNeedlessParameters(const X509* certificate)
{
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, certificate);
    const ASN1_OBJECT* oid = nullptr;
    int kind = V_ASN1_UNDEF;
    X509_ALGOR_get0(&oid, &kind, nullptr, algorithm);
    switch (OBJ_obj2nid(oid)) {
    case NID_ecdsa_with_SHA1:
    case NID_ecdsa_with_SHA224:
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512: return kind != V_ASN1_UNDEF;
    default: return false;
    }
}

bool canBeRead(X509_EXTENSION* one)
{
    const X509V3_EXT_METHOD* method = X509V3_EXT_get(one);
    if (!method || !method->it) return true;  // nobody here reads it
    auto* value = static_cast<ASN1_VALUE*>(X509V3_EXT_d2i(one));
    ASN1_item_free(value, ASN1_ITEM_ptr(method->it));
    return value != nullptr;
}

std::string brokenExtension(const X509* certificate)
{
    const ErrorQueueScope scope;
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        X509_EXTENSION* one = X509_get_ext(certificate, i);
        char oid[128] = "";
        OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(one), 1);
        if (!canBeRead(one)) return "broken extension: " + shortName(X509_EXTENSION_get_object(one)) + ", " + oid;
    }
    return "extensions that contradict each other";
}

/// Only qualifiers that are known (RFC 5280, 4.2.1.4); what cannot be read is judged elsewhere.
bool hasKnownQualifiers(const X509* certificate)
{
    const ErrorQueueScope scope;
    const PoliciesPtr policies(static_cast<CERTIFICATEPOLICIES*>(X509_get_ext_d2i(certificate, NID_certificate_policies, nullptr, nullptr)));
    for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
        const auto* qualifiers = sk_POLICYINFO_value(policies.get(), i)->qualifiers;
        for (int j = 0; j < sk_POLICYQUALINFO_num(qualifiers); ++j) {
            const int nid = OBJ_obj2nid(sk_POLICYQUALINFO_value(qualifiers, j)->pqualid);
            if (nid != NID_id_qt_cps && nid != NID_id_qt_unotice) return false;
        }
    }
    return true;
}

/// Chromium's IsHandledCriticalExtension.
bool isProcessedByBrowsers(const X509* certificate, int nid)
{
    static const std::set<int> kProcessed{NID_basic_constraints, NID_key_usage, NID_ext_key_usage, NID_name_constraints, NID_subject_alt_name, NID_policy_mappings,
                                          NID_policy_constraints, NID_inhibit_any_policy};
    return kProcessed.contains(nid) || (nid == NID_certificate_policies && hasKnownQualifiers(certificate));
}

bool isApplicationPolicies(X509_EXTENSION* one)
{
    char oid[64] = "";
    OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(one), 1);
    return std::string_view(oid) == "1.3.6.1.4.1.311.21.10";
}

/// The hash's name; empty for one with parameters, which have no meaning.
std::string hashName(const X509_ALGOR* algorithm)
{
    if (!algorithm) return "SHA1";  // RFC 4055, 3.1: the default
    const ASN1_OBJECT* oid = nullptr;
    int kind = V_ASN1_UNDEF;
    X509_ALGOR_get0(&oid, &kind, nullptr, algorithm);
    return kind == V_ASN1_UNDEF || kind == V_ASN1_NULL ? shortName(oid) : std::string();
}

std::string dnsText(const GENERAL_NAME* name)
{
    if (name->type != GEN_DNS) return {};
    const auto* text = name->d.dNSName;
    return lowerAscii(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))));
}

std::string_view withoutLastDot(std::string_view name) { return name.ends_with('.') ? name.substr(0, name.size() - 1) : name; }

/// Whether what a CA excludes is what the name stands for, or one of the names that it stands for: `*.b` for `a.b`, not for `x.a.b`
/// (Chromium's DNSNameMatches).
bool isWithinExcluded(std::string_view name, std::string_view excluded)
{
    name = withoutLastDot(name);
    excluded = withoutLastDot(excluded);
    const std::size_t dot = excluded.find('.');
    if (name.starts_with("*.") && dot != std::string_view::npos && excluded.substr(dot + 1) == name.substr(2)) return true;
    if (!name.ends_with(excluded)) return false;
    return name.size() == excluded.size() || excluded.starts_with('.') || name[name.size() - excluded.size() - 1] == '.';
}

bool isProperTime(const ASN1_TIME* time)
{
    const int size = ASN1_STRING_length(time);
    const bool isLong = ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME;
    return size == (isLong ? 15 : 13) && ASN1_STRING_get0_data(time)[size - 1] == 'Z';
}

}  // namespace

std::optional<std::string> formProblem(const X509* certificate)
{
    if (auto twice = doubleExtension(certificate)) return twice;
    if (hasNeedlessParameters(certificate)) return "ECDSA with parameters";
    auto* own = const_cast<X509*>(certificate);  // its extensions are read when they are first asked for
    const std::uint32_t flags = X509_get_extension_flags(own);
    if (flags & EXFLAG_INVALID) return brokenExtension(certificate);
    const bool signsCertificates = (flags & EXFLAG_KUSAGE) && (X509_get_key_usage(own) & KU_KEY_CERT_SIGN);
    if (!(flags & EXFLAG_CA) && signsCertificates) return "keyCertSign without CA";
    if ((flags & EXFLAG_CA) && (flags & EXFLAG_KUSAGE) && !signsCertificates) return "CA without keyCertSign";
    return std::nullopt;
}

bool hasProperDates(const X509* certificate) { return isProperTime(X509_get0_notBefore(certificate)) && isProperTime(X509_get0_notAfter(certificate)); }

bool breaksConstraints(const X509* ca, const X509* below)
{
    const ErrorQueueScope scope;
    const NameConstraintsPtr constraints(static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(ca, NID_name_constraints, nullptr, nullptr)));
    if (!constraints) return false;
    const bool hasPermitted = sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees) > 0;
    if (!hasPermitted && sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees) <= 0) return true;
    std::vector<std::string> excluded;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees); ++i)
        if (std::string name = dnsText(sk_GENERAL_SUBTREE_value(constraints->excludedSubtrees, i)->base); !name.empty()) excluded.push_back(std::move(name));
    const GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(below, NID_subject_alt_name, nullptr, nullptr)));
    const int count = std::max(sk_GENERAL_NAME_num(names.get()), 0);
    if (static_cast<std::size_t>(count) * excluded.size() > kMostComparisons) return true;
    for (int i = 0; i < count; ++i) {
        const std::string name = dnsText(sk_GENERAL_NAME_value(names.get(), i));
        if (!name.empty() && std::ranges::any_of(excluded, [&](const std::string& one) { return isWithinExcluded(name, one); })) return true;
    }
    return false;
}

bool hasBrokenExtension(const X509* certificate) { return X509_get_extension_flags(const_cast<X509*>(certificate)) & EXFLAG_INVALID; }

std::vector<std::string> unknownCriticals(const X509* certificate, Judge judge)
{
    std::vector<std::string> unknown;
    const bool hasPurposes = X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1) >= 0;
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        X509_EXTENSION* one = X509_get_ext(certificate, i);
        if (!X509_EXTENSION_get_critical(one) || (hasPurposes && isApplicationPolicies(one))) continue;
        const ASN1_OBJECT* oid = X509_EXTENSION_get_object(one);
        const bool isKnown = judge == Judge::Browser ? isProcessedByBrowsers(certificate, OBJ_obj2nid(oid)) : X509_supported_extension(one) == 1;
        if (!isKnown) unknown.push_back(shortName(oid));
    }
    return unknown;
}

std::optional<std::string> oddPssParameters(const X509* certificate)
{
    const ErrorQueueScope scope;
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, certificate);
    const ASN1_OBJECT* oid = nullptr;
    int kind = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(&oid, &kind, &value, algorithm);
    if (OBJ_obj2nid(oid) != NID_rsassaPss) return std::nullopt;
    const PssPtr parameters(kind == V_ASN1_SEQUENCE ? static_cast<RSA_PSS_PARAMS*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS), algorithm->parameter)) : nullptr);
    if (!parameters) return "RSASSA-PSS";
    const std::string hash = hashName(parameters->hashAlgorithm);
    const X509_ALGOR* mask = parameters->maskGenAlgorithm;
    const AlgorithmPtr maskHash(mask && mask->parameter ? static_cast<X509_ALGOR*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), mask->parameter)) : nullptr);
    const bool isMgf1 = !mask || OBJ_obj2nid(mask->algorithm) == NID_mgf1;
    const std::string mgf1 = mask && !maskHash ? std::string() : hashName(maskHash.get());
    const long salt = parameters->saltLength ? ASN1_INTEGER_get(parameters->saltLength) : 20;
    static const std::set<std::pair<std::string, long>> kOfBrowsers{{"SHA256", 32}, {"SHA384", 48}, {"SHA512", 64}};
    if (isMgf1 && hash == mgf1 && kOfBrowsers.contains({hash, salt}) && !parameters->trailerField) return std::nullopt;
    return "RSASSA-PSS (" + joined(std::vector<std::string>{hash.empty() ? "?" : hash, "MGF1 " + (mgf1.empty() ? "?" : mgf1), std::to_string(salt)}) + ")";
}

bool isKeyOfBrowsers(const EVP_PKEY* key)
{
    if (!key) return false;
    if (EVP_PKEY_is_a(key, "RSA")) return true;
    char curve[64] = "";
    if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, curve, sizeof curve, nullptr) != 1) return false;
    static const std::set<std::string> kOfBrowsers{"prime256v1", "secp384r1", "secp521r1"};
    return kOfBrowsers.contains(curve);
}

bool isKeyOfBrowsers(ByteView subjectPublicKeyInfo)
{
    const ErrorQueueScope scope;
    const unsigned char* at = subjectPublicKeyInfo.data();
    return isKeyOfBrowsers(PkeyPtr(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(subjectPublicKeyInfo.size()), opensslContext(), nullptr)).get());
}

}  // namespace monban
