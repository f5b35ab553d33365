// SPDX-License-Identifier: MIT
#include "core/practice/request_maker.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "core/pki/digest.h"
#include "core/practice/certificate_maker.h"

namespace monban::practice {
namespace {

using ObjectHandle = Handle<ASN1_OBJECT, ASN1_OBJECT_free>;

struct FreeExtensions {
    void operator()(STACK_OF(X509_EXTENSION) * stack) const { sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free); }
};
struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct FreeUsages {
    void operator()(EXTENDED_KEY_USAGE* usages) const { EXTENDED_KEY_USAGE_free(usages); }
};
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions>;

PkeyPtr newKey(const NewRequest& wanted)
{
    if (!wanted.elliptic) return makeRsaKey(wanted.keyBits);
    return PkeyPtr(EVP_EC_gen(wanted.keyBits == 256 ? "P-256" : wanted.keyBits == 384 ? "P-384" : "P-521"));
}

/// CertEnroll writes the name from the country to the common name: the reverse of what was typed.
NamePtr nameFrom(const std::vector<RelativeName>& subject)
{
    NamePtr name(X509_NAME_new());
    for (auto relative = subject.rbegin(); relative != subject.rend(); ++relative)
        for (std::size_t i = 0; i < relative->size(); ++i) {
            const auto& [type, value] = (*relative)[i];
            const ObjectHandle object(OBJ_txt2obj(type.c_str(), 1));
            const int nid = object ? OBJ_obj2nid(object.get()) : NID_undef;
            // Where the standard limits the letters (country, e-mail, domain component) OpenSSL's table knows how.
            const int kind = nid == NID_undef || (nid != NID_countryName && nid != NID_serialNumber &&
                                                  nid != NID_pkcs9_emailAddress && nid != NID_domainComponent)
                                 ? V_ASN1_UTF8STRING
                                 : MBSTRING_UTF8;
            const bool country = nid == NID_countryName && value.size() != 2;
            if (!object || country ||
                X509_NAME_add_entry_by_OBJ(name.get(), object.get(), kind,
                                           reinterpret_cast<const unsigned char*>(value.data()),
                                           static_cast<int>(value.size()), -1, i == 0 ? 0 : -1) != 1)
                return nullptr;
        }
    return name;
}

bool addName(GENERAL_NAMES* names, const std::string& kind, const std::string& value)
{
    const int type = kind == "DNS"         ? GEN_DNS
                     : kind == "IPAddress" ? GEN_IPADD
                     : kind == "URL"       ? GEN_URI
                     : kind == "Email"     ? GEN_EMAIL
                                           : GEN_RID;
    GENERAL_NAME* const name = a2i_GENERAL_NAME(nullptr, nullptr, nullptr, type, value.c_str(), 0);
    if (name == nullptr || sk_GENERAL_NAME_push(names, name) == 0) return false;
    return true;
}

bool push(STACK_OF(X509_EXTENSION) * extensions, X509_EXTENSION* extension)
{
    return extension != nullptr && sk_X509_EXTENSION_push(extensions, extension) != 0;
}

/// False where a value is not allowed.
bool fillExtensions(STACK_OF(X509_EXTENSION) * extensions, const NewRequest& wanted)
{
    if (!wanted.keyUsage.empty() && !push(extensions, X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage,
                                                                          ("critical," + wanted.keyUsage).c_str())))
        return false;
    if (!wanted.extendedKeyUsage.empty()) {
        const std::unique_ptr<EXTENDED_KEY_USAGE, FreeUsages> usages(EXTENDED_KEY_USAGE_new());
        for (const std::string& oid : wanted.extendedKeyUsage) {
            ASN1_OBJECT* const object = OBJ_txt2obj(oid.c_str(), 1);
            if (object == nullptr || sk_ASN1_OBJECT_push(usages.get(), object) == 0) return false;
        }
        if (!push(extensions, X509V3_EXT_i2d(NID_ext_key_usage, 0, usages.get()))) return false;
    }
    if (wanted.alternativeNames.empty()) return true;
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names(GENERAL_NAMES_new());
    for (const auto& [kind, value] : wanted.alternativeNames)
        if (!addName(names.get(), kind, value)) return false;
    return push(extensions, X509V3_EXT_i2d(NID_subject_alt_name, 0, names.get()));
}

}  // namespace

std::optional<MadeRequest> makeRequest(const NewRequest& wanted, Time now, std::string& trouble)
{
    const ErrorQueueScope errors;
    const auto refused = [&](const char* what) {
        trouble = what;
        return std::nullopt;
    };
    const NamePtr name = nameFrom(wanted.subject);
    if (!name) return refused("Subject");
    const Extensions extensions(sk_X509_EXTENSION_new_null());
    if (!fillExtensions(extensions.get(), wanted)) return refused("Extensions");
    const EVP_MD* const hash = EVP_get_digestbyname(wanted.hash.c_str());
    if (hash == nullptr) return refused("HashAlgorithm");
    const PkeyPtr key = newKey(wanted);
    if (!key) return refused("KeyLength");

    const X509ReqPtr request(X509_REQ_new());
    bool good = X509_REQ_set_version(request.get(), 0) == 1 &&
                X509_REQ_set_subject_name(request.get(), name.get()) == 1 &&
                X509_REQ_set_pubkey(request.get(), key.get()) == 1;
    if (sk_X509_EXTENSION_num(extensions.get()) > 0)
        good = good && X509_REQ_add_extensions(request.get(), extensions.get()) == 1;
    good = good && X509_REQ_sign(request.get(), key.get(), hash) > 0;

    const X509Ptr standIn(X509_new());
    good = good && X509_set_version(standIn.get(), 2) == 1 && setSerial(standIn.get(), randomBytes(8)) &&
           setValidity(standIn.get(), now, now + std::chrono::hours(24 * 365)) &&
           X509_set_subject_name(standIn.get(), name.get()) == 1 &&
           X509_set_issuer_name(standIn.get(), name.get()) == 1 && X509_set_pubkey(standIn.get(), key.get()) == 1 &&
           X509_sign(standIn.get(), key.get(), hash) > 0;
    unsigned char* data = nullptr;
    const int length = good ? i2d_X509_REQ(request.get(), &data) : -1;
    if (length <= 0) return refused("request");
    Bytes der(data, data + length);
    OPENSSL_free(data);
    return MadeRequest{std::move(der), derOf(standIn.get()), pemOf(key.get())};
}

}  // namespace monban::practice
