// SPDX-License-Identifier: MIT
#include "core/pki/certificate_form.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "core/base/utf8.h"
#include "core/pki/names.h"

namespace monban {
namespace {

constexpr std::size_t kMostComparisons = 1 << 20;  // as OpenSSL has it; no real certificate comes near

using NameConstraintsPtr = Handle<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>;
using GeneralNamesPtr = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;

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

std::string dnsText(const GENERAL_NAME* name)
{
    if (name->type != GEN_DNS) return {};
    const auto* text = name->d.dNSName;
    return lowerAscii(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))));
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
        if (name.starts_with("*.") && std::ranges::any_of(excluded, [end = std::string_view(name).substr(1)](const std::string& one) { return one.ends_with(end); })) return true;
    }
    return false;
}

}  // namespace monban
