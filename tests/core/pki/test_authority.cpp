// SPDX-License-Identifier: MIT
#include "tests/core/pki/test_authority.h"

#include <gtest/gtest.h>

#include "core/practice/certificate_maker.h"

namespace monban::testing {
namespace {

using ExtensionPtr = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using RevokedPtr = Handle<X509_REVOKED, X509_REVOKED_free>;
using SignContextPtr = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using AnyTimePtr = Handle<ASN1_TIME, ASN1_TIME_free>;

NamePtr nameOf(const std::string& commonName)
{
    NamePtr name(X509_NAME_new());
    X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(commonName.data()), static_cast<int>(commonName.size()), -1, 0);
    return name;
}

AnyTimePtr timeAt(Time time) { return AnyTimePtr(ASN1_TIME_set(nullptr, static_cast<time_t>(time.time_since_epoch().count()))); }

ExtensionPtr extensionOf(X509V3_CTX& context, const std::pair<std::string, std::string>& wanted)
{
    ExtensionPtr extension(X509V3_EXT_nconf(nullptr, &context, wanted.first.c_str(), wanted.second.c_str()));
    EXPECT_TRUE(extension) << wanted.first << " " << wanted.second << opensslDetail();
    return extension;
}

SignContextPtr signingWith(EVP_PKEY* key, const std::string& hash, const std::function<void(EVP_PKEY_CTX*)>& more)
{
    SignContextPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    EXPECT_EQ(EVP_DigestSignInit_ex(context.get(), &options, hash.c_str(), opensslContext(), nullptr, key, nullptr), 1);
    if (more) more(options);
    return context;
}

}  // namespace

TestAuthority::TestAuthority(std::string name, Extensions extensions, PkeyPtr key) : m_name(std::move(name)), m_key(key ? std::move(key) : practice::makeEcKey())
{
    m_x509 = made({.name = m_name, .extensions = std::move(extensions)}, m_key.get(), nullptr);
    m_certificate = *parseCertificate(practice::derOf(m_x509.get()));
}

X509Ptr TestAuthority::made(const TestSubject& subject, EVP_PKEY* key, X509* issuer)
{
    X509Ptr x509(X509_new_ex(opensslContext(), nullptr));
    X509_set_version(x509.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), m_serial++);
    X509_set_subject_name(x509.get(), nameOf(subject.name).get());
    X509_set_issuer_name(x509.get(), nameOf(m_name).get());
    practice::setValidity(x509.get(), kNow - std::chrono::days(30), kNow + std::chrono::days(300));
    X509_set_pubkey(x509.get(), key);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer ? issuer : x509.get(), x509.get(), nullptr, nullptr, 0);
    X509V3_set_ctx_nodb(&context);
    for (const auto& wanted : subject.extensions) X509_add_ext(x509.get(), extensionOf(context, wanted).get(), -1);
    EXPECT_GT(X509_sign_ctx(x509.get(), signingWith(m_key.get(), subject.hash, subject.signing).get()), 0) << opensslDetail();
    return x509;
}

Certificate TestAuthority::issue(const TestSubject& subject)
{
    const PkeyPtr own = subject.key ? nullptr : practice::makeEcKey();
    return *parseCertificate(practice::derOf(made(subject, subject.key ? subject.key : own.get(), m_x509.get()).get()));
}

Bytes TestAuthority::list(const TestList& wanted) const
{
    const X509CrlPtr crl(X509_CRL_new_ex(opensslContext(), nullptr));
    X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl.get(), nameOf(wanted.issuer.empty() ? m_name : wanted.issuer).get());
    X509_CRL_set1_lastUpdate(crl.get(), timeAt(kNow + wanted.begins).get());
    if (wanted.ends) X509_CRL_set1_nextUpdate(crl.get(), timeAt(kNow + *wanted.ends).get());
    X509V3_CTX context;
    X509V3_set_ctx(&context, m_x509.get(), nullptr, nullptr, crl.get(), 0);
    X509V3_set_ctx_nodb(&context);
    for (const auto& extension : wanted.extensions) X509_CRL_add_ext(crl.get(), extensionOf(context, extension).get(), -1);
    for (const TestEntry& entry : wanted.entries) {
        RevokedPtr revoked(X509_REVOKED_new());
        const Asn1IntegerPtr serial(ASN1_INTEGER_new());
        ASN1_INTEGER_set(serial.get(), entry.serial);
        X509_REVOKED_set_serialNumber(revoked.get(), serial.get());
        X509_REVOKED_set_revocationDate(revoked.get(), timeAt(kNow - std::chrono::days(2)).get());
        for (const auto& extension : entry.extensions) X509_REVOKED_add_ext(revoked.get(), extensionOf(context, extension).get(), -1);
        X509_CRL_add0_revoked(crl.get(), revoked.release());
    }
    EXPECT_GT(X509_CRL_sign_ctx(crl.get(), signingWith(m_key.get(), "SHA256", {}).get()), 0) << opensslDetail();
    unsigned char* der = nullptr;
    const int size = i2d_X509_CRL(crl.get(), &der);
    Bytes bytes(der, der + std::max(size, 0));
    OPENSSL_free(der);
    if (wanted.isBroken) bytes.back() ^= 1;
    return bytes;
}

}  // namespace monban::testing
