// SPDX-License-Identifier: MIT
#include "tests/core/truth/row_certificates.h"

#include <openssl/pkcs12.h>
#include <openssl/provider.h>

namespace monban::practice::rows {
namespace {

constexpr long kDay = 86400;

void addExtension(X509* certificate, int nid, const std::string& value)
{
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    ASSERT_NE(extension, nullptr) << value;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Authority authority(const std::string& name, const Authority* above = nullptr)
{
    Authority made{name, testKey(), nullptr};
    made.certificate = testX509(made.commonName(), made.key, above != nullptr ? above->certificate.get() : nullptr,
                                above != nullptr ? &above->key : nullptr, above != nullptr ? 3 : 2);
    if (above != nullptr) {
        addExtension(made.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
        addExtension(made.certificate.get(), NID_crl_distribution_points, "URI:" + above->listUrl());
        X509_sign(made.certificate.get(), above->key.key.get(), EVP_sha256());
    }
    return made;
}

}  // namespace

Authorities::Authorities()
    : root(authority("root")), stranger(authority("stranger")), elsewhere(authority("elsewhere")),
      intermediate(authority("intermediate", &root)), hint(authority("hint"))
{
}

const Authorities& authorities()
{
    static const Authorities kAuthorities;
    return kAuthorities;
}

Holder holderOf(const std::string& commonName, const Wanted& wanted)
{
    Holder made{testKey(), std::shared_ptr<X509>(X509_new(), X509_free)};
    X509* const x509 = made.certificate.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), wanted.serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), wanted.fromDay * kDay);
    X509_gmtime_adj(X509_getm_notAfter(x509), wanted.toDay * kDay);
    addName(X509_get_subject_name(x509), "CN", commonName);
    X509_set_issuer_name(x509, X509_get_subject_name(wanted.issuer != nullptr ? wanted.issuer->certificate.get() : x509));
    X509_set_pubkey(x509, made.key.key.get());
    if (!wanted.usage.empty()) addExtension(x509, NID_ext_key_usage, wanted.usage);
    if (!wanted.listUrl.empty()) addExtension(x509, NID_crl_distribution_points, "URI:" + wanted.listUrl);
    X509_sign(x509, (wanted.issuer != nullptr ? wanted.issuer->key : made.key).key.get(), EVP_sha256());
    return made;
}

std::string pkcs12Of(const Holder& holder, const std::string& password)
{
    const std::shared_ptr<OSSL_PROVIDER> legacy(OSSL_PROVIDER_load(nullptr, "legacy"), OSSL_PROVIDER_unload);
    const std::shared_ptr<OSSL_PROVIDER> usual(OSSL_PROVIDER_load(nullptr, "default"), OSSL_PROVIDER_unload);
    constexpr int kTripleDes = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    const std::shared_ptr<PKCS12> file(PKCS12_create(password.c_str(), nullptr, holder.key.key.get(), holder.certificate.get(),
                                                     nullptr, kTripleDes, kTripleDes, 2048, -1, 0),
                                       PKCS12_free);
    PKCS12_set_mac(file.get(), password.c_str(), -1, nullptr, 0, 2048, EVP_sha1());
    unsigned char* data = nullptr;
    const int length = i2d_PKCS12(file.get(), &data);
    std::string bytes(reinterpret_cast<char*>(data), static_cast<std::size_t>(length));
    OPENSSL_free(data);
    return bytes;
}

std::string listUrlFor(const std::set<std::string>& words)
{
    if (words.contains("no-cdp")) return "";
    if (words.contains("crl-unreachable")) return "http://unreachable.test/crl/root.crl";
    if (words.contains("ldap-cdp")) return "ldap://ca.practice/cn=root?certificateRevocationList?base";
    if (words.contains("crl-expired")) return "http://ca.practice/crl/expired.crl";
    if (words.contains("other-ca")) return authorities().stranger.listUrl();
    if (words.contains("trusted-elsewhere")) return authorities().elsewhere.listUrl();
    const bool below = words.contains("intermediate-missing") || words.contains("intermediate-in-ca");
    return below ? authorities().intermediate.listUrl() : authorities().root.listUrl();
}

std::optional<Holder> clientFor(const std::set<std::string>& words)
{
    if (words.contains("none")) return std::nullopt;
    const Authorities& all = authorities();
    Wanted wanted;
    wanted.listUrl = listUrlFor(words);
    wanted.issuer = &all.root;
    if (words.contains("other-ca")) wanted.issuer = &all.stranger;
    if (words.contains("trusted-elsewhere")) wanted.issuer = &all.elsewhere;
    if (words.contains("intermediate-missing") || words.contains("intermediate-in-ca")) wanted.issuer = &all.intermediate;
    if (words.contains("self-signed")) wanted.issuer = nullptr;
    if (words.contains("wrong-purpose")) wanted.usage = "serverAuth";
    if (words.contains("no-eku")) wanted.usage.clear();
    if (words.contains("any-eku")) wanted.usage = "anyExtendedKeyUsage";
    if (words.contains("expired")) wanted.toDay = -1;
    if (words.contains("not-yet-valid")) wanted.fromDay = 10;
    if (words.contains("revoked")) wanted.serial = kRevokedSerial;
    if (words.contains("newly-revoked")) wanted.serial = kNewlyRevokedSerial;
    return holderOf("Taro Yamada", wanted);
}

Bytes listOf(const Authority& authority, const std::vector<long>& serials, int fromDay, int toDay)
{
    const std::shared_ptr<X509_CRL> crl(X509_CRL_new(), X509_CRL_free);
    const std::shared_ptr<ASN1_TIME> time(X509_gmtime_adj(nullptr, fromDay * kDay), ASN1_TIME_free);
    X509_CRL_set_version(crl.get(), 1);
    X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(authority.certificate.get()));
    X509_CRL_set1_lastUpdate(crl.get(), time.get());
    for (const long serial : serials) {
        X509_REVOKED* const revoked = X509_REVOKED_new();
        const std::shared_ptr<ASN1_INTEGER> number(ASN1_INTEGER_new(), ASN1_INTEGER_free);
        ASN1_INTEGER_set(number.get(), serial);
        X509_REVOKED_set_serialNumber(revoked, number.get());
        X509_REVOKED_set_revocationDate(revoked, time.get());
        X509_CRL_add0_revoked(crl.get(), revoked);
    }
    X509_gmtime_adj(time.get(), toDay * kDay);
    X509_CRL_set1_nextUpdate(crl.get(), time.get());
    X509_CRL_sign(crl.get(), authority.key.key.get(), EVP_sha256());
    unsigned char* data = nullptr;
    const int length = i2d_X509_CRL(crl.get(), &data);
    Bytes der(data, data + length);
    OPENSSL_free(data);
    return der;
}

}  // namespace monban::practice::rows
