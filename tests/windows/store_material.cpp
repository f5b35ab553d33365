// SPDX-License-Identifier: MIT
#include "tests/windows/store_material.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/file.h"
#include "core/pki/digest.h"
#include "core/pki/pkcs12.h"
#include "core/practice/certificate_maker.h"
#include "tests/support/source_folder.h"

namespace monban::testing {
namespace {

using RequestPtr = Handle<X509_REQ, X509_REQ_free>;

PkeyPtr keyOf(const Identity& identity) { return practice::keyFromPem(identity.keyPem); }

Bytes serialNumber(int n) { return {0x4d, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}; }

practice::NewCertificate wanted(const std::string& commonName, bool ca, int serial = 1)
{
    practice::NewCertificate certificate;
    certificate.subject = {{"O", "門番"}, {"CN", commonName}};
    certificate.serial = serialNumber(serial);
    certificate.notBefore = hostTime() - std::chrono::hours(24);
    certificate.notAfter = hostTime() + std::chrono::hours(24 * 300);
    certificate.ca = ca;
    if (!ca) certificate.extendedKeyUsage = "serverAuth";
    return certificate;
}

Identity identityOf(X509* certificate, EVP_PKEY* key)
{
    Bytes der = practice::derOf(certificate);
    const auto parsed = parseCertificate(der);
    EXPECT_TRUE(parsed);
    return {der, sha1Hex(der), parsed ? parsed->publicKeyDer : Bytes(), practice::pemOf(key)};
}

Identity signedBy(const std::string& commonName, bool ca, EVP_PKEY* key, const practice::Signer& signer)
{
    const auto certificate = practice::makeCertificate(wanted(commonName, ca), key, signer);
    EXPECT_TRUE(certificate);
    return certificate ? identityOf(certificate->get(), key) : Identity();
}

PkeyPtr newKey(KeyKind kind)
{
    if (kind == KeyKind::Ec) return practice::makeEcKey();
    if (kind == KeyKind::Rsa) return practice::makeRsaKey();
    PkeyPtr key(EVP_RSA_gen(1024));
    while (practice::isTakenByWine(key.get())) key.reset(EVP_RSA_gen(1024));
    return key;
}

void addCertificateBag(STACK_OF(PKCS12_SAFEBAG)** bags, const Bytes& der, const std::string& name)
{
    const X509Ptr certificate = practice::x509FromFile(der);
    PKCS12_SAFEBAG* const bag = PKCS12_add_cert(bags, certificate.get());
    EXPECT_TRUE(bag && (name.empty() || PKCS12_add_friendlyname_utf8(bag, name.c_str(), -1)));
}

}  // namespace

Identity selfSigned(const std::string& commonName, KeyKind kind)
{
    const PkeyPtr key = newKey(kind);
    return signedBy(commonName, false, key.get(), {nullptr, key.get()});
}

Identity sameKeyAs(const Identity& other, const std::string& commonName)
{
    const PkeyPtr key = keyOf(other);
    return signedBy(commonName, false, key.get(), {nullptr, key.get()});
}

Identity issued(const std::string& commonName, const Identity& issuer, bool ca, KeyKind kind)
{
    const PkeyPtr key = newKey(kind);
    const PkeyPtr issuerKey = keyOf(issuer);
    const X509Ptr signer = practice::x509FromFile(issuer.der);
    return signedBy(commonName, ca, key.get(), {signer.get(), issuerKey.get()});
}

std::vector<Bytes> manyCertificates(int count)
{
    std::vector<Bytes> all;
    const PkeyPtr key = practice::makeEcKey();
    for (int i = 0; i < count; ++i)
        if (const auto certificate = practice::makeCertificate(wanted("one of many", false, i), key.get(), {nullptr, key.get()}))
            all.push_back(practice::derOf(certificate->get()));
    return all;
}

Bytes withBrokenIssuer(Bytes der)
{
    // The first UTF8String of a certificate is in its issuer: 0x0c, its length, the text.
    const Bytes start{0x0c, 0x06, 0xe9, 0x96, 0x80, 0xe7, 0x95, 0xaa};
    const auto at = std::ranges::search(der, start).begin();
    EXPECT_NE(at, der.end());
    if (at != der.end()) *at = 0x1f;
    return der;
}

Bytes requestOf(const Identity& identity)
{
    const PkeyPtr key = keyOf(identity);
    const RequestPtr request(X509_REQ_new());
    EXPECT_TRUE(request && X509_REQ_set_pubkey(request.get(), key.get()) && X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0);
    unsigned char* der = nullptr;
    const int size = i2d_X509_REQ(request.get(), &der);
    Bytes bytes(der, der + std::max(size, 0));
    OPENSSL_free(der);
    return bytes;
}

Bytes pkcs12Of(const Pkcs12Parts& parts, const std::string& password)
{
    constexpr int k3Des = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    STACK_OF(PKCS12_SAFEBAG)* certificates = nullptr;
    STACK_OF(PKCS12_SAFEBAG)* keys = nullptr;
    STACK_OF(PKCS7)* safes = nullptr;
    addCertificateBag(&certificates, parts.own->der, parts.friendlyName);
    for (const Bytes& one : parts.chain) addCertificateBag(&certificates, one, {});
    const PkeyPtr key = keyOf(parts.keyOf ? *parts.keyOf : *parts.own);
    EXPECT_TRUE(PKCS12_add_key(&keys, key.get(), 0, 1, k3Des, password.c_str()));
    EXPECT_TRUE(PKCS12_add_safe(&safes, certificates, k3Des, 1, password.c_str()));
    EXPECT_TRUE(PKCS12_add_safe(&safes, keys, -1, 0, nullptr));
    const Pkcs12Ptr file(PKCS12_add_safes(safes, 0));
    EXPECT_TRUE(file && PKCS12_set_mac(file.get(), password.c_str(), -1, nullptr, 0, 1, EVP_sha1()));
    unsigned char* der = nullptr;
    const int size = i2d_PKCS12(file.get(), &der);
    Bytes bytes(der, der + std::max(size, 0));
    OPENSSL_free(der);
    sk_PKCS12_SAFEBAG_pop_free(certificates, PKCS12_SAFEBAG_free);
    sk_PKCS12_SAFEBAG_pop_free(keys, PKCS12_SAFEBAG_free);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return bytes;
}

Pkcs12Material materialOf(Bytes file, std::string password)
{
    Pkcs12Material material;
    material.file = "C:\\pki\\server.p12";
    material.sha256 = sha256Hex(file);
    material.bytes = std::move(file);
    material.password = Secret(std::move(password));
    if (auto contents = openPkcs12(material.bytes, material.password)) {
        material.certificates = std::move(contents->certificates);
        material.keyMatches = contents->keyMatches;
    }
    EXPECT_FALSE(material.certificates.empty());
    return material;
}

ImportPkcs12 importOf(const Pkcs12Material& material, const std::string& store, const std::string& friendlyName)
{
    ImportPkcs12 import{material.file, material.sha256, store, material.certificates.front().thumbprintSha1, friendlyName, {}};
    for (const Certificate& one : material.certificates)
        if (one.isCa && !one.selfSigned) import.chain.push_back(one.thumbprintSha1);
    return import;
}

Bytes dataFile(const std::string& name)
{
    auto bytes = readFile(pathFromUtf8(std::string(support::kSourceFolder) + "/tests/data/stores/" + name));
    EXPECT_TRUE(bytes) << name;
    return bytes ? std::move(*bytes) : Bytes();
}

}  // namespace monban::testing
