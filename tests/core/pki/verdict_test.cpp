// SPDX-License-Identifier: MIT
#include "core/pki/verdict.h"

#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "core/pki/inspect.h"
#include "core/practice/certificate_maker.h"
#include "tests/core/pki/test_authority.h"

namespace monban {
namespace {

using namespace testing;

const std::string kHost = "www.example.com";

PkeyPtr madeKey(const char* kind, const std::function<void(EVP_PKEY_CTX*)>& options)
{
    const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(opensslContext(), kind, nullptr));
    EVP_PKEY_keygen_init(context.get());
    options(context.get());
    EVP_PKEY* key = nullptr;
    EXPECT_EQ(EVP_PKEY_generate(context.get(), &key), 1) << opensslDetail();
    return PkeyPtr(key);
}
PkeyPtr rsaKey(int bits, const char* kind = "RSA")
{
    return madeKey(kind, [bits](EVP_PKEY_CTX* context) { EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits); });
}
PkeyPtr curveKey(const char* curve)
{
    return madeKey("EC", [curve](EVP_PKEY_CTX* context) { EVP_PKEY_CTX_set_group_name(context, curve); });
}

class OfAServer : public ::testing::Test {
protected:
    static Extensions server(const Extensions& more = {})
    {
        Extensions all{{"basicConstraints", "critical,CA:FALSE"}, {"keyUsage", "critical,digitalSignature"}, {"extendedKeyUsage", "serverAuth"}, {"subjectAltName", "DNS:" + kHost}};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Verdict judgeOn(const TestAuthority& ca, const Certificate& certificate, const std::string& host = kHost, Purpose purpose = Purpose::Server) const
    {
        return judge({.certificate = certificate, .others = {}, .roots = {ca.certificate()}, .host = host, .at = kNow, .purpose = purpose});
    }
    static std::vector<Flaw> flaws(const Verdict& verdict)
    {
        std::vector<Flaw> found;
        for (const Check* check : {&verdict.trusted, &verdict.validity, &verdict.hostname})
            for (const PathFlaw& one : check->flaws) found.push_back(one.flaw);
        return found;
    }
    std::vector<Flaw> flawsWith(const Extensions& more) { return flaws(judgeOn(m_ca, m_ca.issue({.extensions = server(more)}))); }
    using Flaws = std::vector<Flaw>;

    TestAuthority m_ca;
};

TEST_F(OfAServer, MayCarryApplicationPoliciesBesideAnExtendedKeyUsage)
{
    const Extensions policies{{"1.3.6.1.4.1.311.21.10", "critical,DER:300c300a06082b06010505070301"}};
    EXPECT_EQ(flawsWith(policies), Flaws());
    Extensions alone = server(policies);
    std::erase_if(alone, [](const auto& one) { return one.first == "extendedKeyUsage"; });
    EXPECT_EQ(flaws(judgeOn(m_ca, m_ca.issue({.extensions = alone}))), Flaws{Flaw::UnknownCriticalExtension});
}

TEST_F(OfAServer, CarriesNoCriticalExtensionThatBrowsersDoNotProcess)
{
    const Flaws unknown{Flaw::UnknownCriticalExtension};
    EXPECT_EQ(flawsWith({{"crlDistributionPoints", "critical,URI:http://ca.example/a.crl"}}), unknown);
    EXPECT_EQ(flawsWith({{"crlDistributionPoints", "URI:http://ca.example/a.crl"}}), Flaws());
    EXPECT_EQ(flawsWith({{"nsCertType", "critical,server"}}), unknown);
    EXPECT_EQ(flawsWith({{"1.2.3.4", "critical,DER:0500"}}), unknown);
    EXPECT_EQ(flawsWith({{"certificatePolicies", "critical,DER:3007300506032a0304"}}), Flaws());
    EXPECT_EQ(flawsWith({{"certificatePolicies", "critical,DER:3014301206032a0304300b300906032a03050c027878"}}), unknown) << "a qualifier that nobody knows";
    EXPECT_EQ(flawsWith({{"certificatePolicies", "DER:3014301206032a0304300b300906032a03050c027878"}}), Flaws());
    TestAuthority odd("Odd CA", [] {
        Extensions all = TestAuthority::plain();
        all.emplace_back("nsCertType", "critical,sslCA");
        return all;
    }());
    EXPECT_EQ(flaws(judgeOn(odd, odd.issue({.extensions = server()}))), unknown) << "of the root as well: Chromium, ApplyTrustAnchorConstraints";
}

TEST_F(OfAServer, IsNamedWithTheExtensionThatCannotBeRead)
{
    for (const auto& [oid, name] : {std::pair{"2.5.29.31", "crlDistributionPoints"}, {"2.5.29.14", "subjectKeyIdentifier"}, {"2.16.840.1.113730.1.1", "nsCertType"}}) {
        const Verdict verdict = judgeOn(m_ca, m_ca.issue({.extensions = server({{oid, "DER:300301"}})}));
        ASSERT_EQ(flaws(verdict), Flaws{Flaw::Malformed}) << name << ": not that its key usage lacks something";
        EXPECT_EQ(verdict.trusted.flaws[0].detail, std::string("broken extension: ") + name + ", " + oid);
    }
}

TEST_F(OfAServer, NeedsAKeyThatBrowsersTake)
{
    const auto with = [&](PkeyPtr key) { return flaws(judgeOn(m_ca, m_ca.issue({.extensions = server(), .key = key.get()}))); };
    EXPECT_EQ(with(rsaKey(2048)), Flaws());
    EXPECT_EQ(with(rsaKey(2048, "RSA-PSS")), Flaws{Flaw::WeakKey});
    EXPECT_EQ(with(curveKey("P-384")), Flaws());
    EXPECT_EQ(with(curveKey("secp256k1")), Flaws{Flaw::WeakKey});
}

TEST_F(OfAServer, MayBeSignedWithTheRsaPssOfTls13Alone)
{
    TestAuthority rsa("RSA CA", TestAuthority::plain(), rsaKey(2048));
    const auto with = [&](const char* hash, int salt, const EVP_MD* mask) {
        const auto signing = [=](EVP_PKEY_CTX* context) {
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt);
            if (mask) EVP_PKEY_CTX_set_rsa_mgf1_md(context, mask);
        };
        return judgeOn(rsa, rsa.issue({.extensions = server(), .hash = hash, .signing = signing}));
    };
    EXPECT_EQ(flaws(with("SHA256", 32, nullptr)), Flaws());
    EXPECT_EQ(flaws(with("SHA384", 48, nullptr)), Flaws());
    EXPECT_EQ(flaws(with("SHA512", 64, nullptr)), Flaws());
    EXPECT_EQ(flaws(with("SHA256", 20, nullptr)), Flaws{Flaw::WeakSignature});
    EXPECT_EQ(flaws(with("SHA512", 32, nullptr)), Flaws{Flaw::WeakSignature});
    const Verdict mixed = with("SHA256", 32, EVP_sha1());
    ASSERT_EQ(flaws(mixed), Flaws{Flaw::WeakSignature});
    EXPECT_EQ(mixed.trusted.flaws[0].detail, "RSASSA-PSS (SHA256, MGF1 SHA1, 32)");
}

TEST_F(OfAServer, HasTheNamesThatChromiumFindsInIt)
{
    const auto isFound = [&](const std::string& names, const std::string& host) {
        return namesHost(m_ca.issue({.extensions = {{"subjectAltName", names}}}), host);
    };
    EXPECT_TRUE(isFound("DNS:*.example.com", "my_server.example.com"));
    EXPECT_TRUE(isFound("DNS:*.my_zone.example.com", "a.my_zone.example.com"));
    EXPECT_TRUE(isFound("DNS:www.example.com.", "www.example.com"));
    EXPECT_TRUE(isFound("DNS:*.example.com.", "WWW.example.com."));
    EXPECT_FALSE(isFound("DNS:www.example.com..", "www.example.com"));
    EXPECT_FALSE(isFound("DNS:*.example.com", "a.b.example.com"));
    EXPECT_FALSE(isFound("DNS:*.example.com", "example.com"));
    EXPECT_FALSE(isFound("DNS:*.example.com", ".example.com"));
    EXPECT_FALSE(isFound("DNS:*.com", "example.com"));
    EXPECT_FALSE(isFound("DNS:w*.example.com", "www.example.com"));
    EXPECT_FALSE(isFound("DNS:*", "intranet"));
    EXPECT_TRUE(isFound("DNS:intranet", "Intranet"));
}

TEST_F(OfAServer, IsExcludedWhereItsWildcardStandsForAnExcludedName)
{
    const auto with = [&](const std::string& excluded, const std::string& name) {
        Extensions extensions = TestAuthority::plain();
        extensions.emplace_back("nameConstraints", "critical,excluded;DNS:" + excluded);
        TestAuthority ca("CA with constraints", extensions);
        Extensions leaf = server();
        leaf.back().second = "DNS:" + name;
        return flaws(judgeOn(ca, ca.issue({.extensions = leaf}), ""));
    };
    const Flaws excluded{Flaw::NameConstraint};
    EXPECT_EQ(with("a.b.example.com", "*.example.com"), Flaws()) << "* stands for one label";
    EXPECT_EQ(with(".a.example.com", "*.example.com"), Flaws());
    EXPECT_EQ(with("a.example.com", "*.example.com"), excluded);
    EXPECT_EQ(with("A.Example.com.", "*.example.com"), excluded);
    EXPECT_EQ(with("example.com", "*.example.com"), excluded);
    EXPECT_EQ(with("example.com", "www.example.com."), excluded) << "a last dot is no way out";
    EXPECT_EQ(with("other.com", "www.example.com"), Flaws());
}

class OfAClient : public OfAServer {
protected:
    static Extensions client(const Extensions& more = {})
    {
        Extensions all{{"basicConstraints", "critical,CA:FALSE"}, {"keyUsage", "critical,digitalSignature"}, {"extendedKeyUsage", "clientAuth"}};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Verdict judged(const TestSubject& subject) { return judgeOn(m_rsa, m_rsa.issue(subject), "", Purpose::Client); }

    TestAuthority m_rsa{"RSA CA", TestAuthority::plain(), rsaKey(2048)};
    PkeyPtr m_weak = rsaKey(1023);
};

/// http.sys and Schannel judge it, by rules of their own.
TEST_F(OfAClient, IsNotJudgedByTheRulesOfBrowsers)
{
    const Verdict old = judged({.extensions = client(), .hash = "SHA1"});
    EXPECT_EQ(flaws(old), Flaws());
    const auto warned = findingsOf(old);
    const auto weak = std::ranges::find(warned, "weak-signature", &Finding::id);
    ASSERT_NE(weak, warned.end());
    EXPECT_EQ(weak->severity, Severity::Warning);
    for (const char* curve : {"secp256k1", "brainpoolP256r1", "P-521"})
        EXPECT_EQ(flaws(judged({.extensions = client(), .key = curveKey(curve).get()})), Flaws()) << curve;
    EXPECT_EQ(flaws(judged({.extensions = client({{"crlDistributionPoints", "critical,URI:http://ca.example/a.crl"}})})), Flaws());
    EXPECT_EQ(flaws(judged({.extensions = client({{"1.3.6.1.4.1.311.21.10", "critical,DER:300c300a06082b06010505070302"}})})), Flaws());
}

TEST_F(OfAClient, IsRefusedInItsOwnWords)
{
    for (const TestSubject& subject : {TestSubject{.extensions = client(), .hash = "MD5"}, TestSubject{.extensions = client(), .key = m_weak.get()},
                                       TestSubject{.extensions = client({{"1.2.3.4", "critical,DER:0500"}})}}) {
        const Verdict verdict = judged(subject);
        ASSERT_EQ(verdict.trusted.flaws.size(), 1u);
        const std::string said = inEnglish(reasonOf(verdict, verdict.trusted.flaws[0]));
        EXPECT_EQ(said.find("browsers"), std::string::npos) << said;
        EXPECT_NE(said.find("Windows"), std::string::npos) << said;
    }
}

TEST_F(OfAServer, IsWarnedOfByInspectWhereBrowsersDoNotTakeItsKey)
{
    const auto idsWith = [&](PkeyPtr key) {
        const Certificate certificate = m_ca.issue({.extensions = server(), .key = key.get()});
        std::vector<std::string> ids;
        for (const Finding& one : inspect("leaf", certificate.der, Secret(), kNow).findings)
            if (one.id == "rare-key") ids.push_back(name(one.severity));
        return ids;
    };
    const std::vector<std::string> warned{"warning"};
    EXPECT_EQ(idsWith(rsaKey(2048)), std::vector<std::string>());
    EXPECT_EQ(idsWith(curveKey("P-256")), std::vector<std::string>());
    EXPECT_EQ(idsWith(rsaKey(2048, "RSA-PSS")), warned);
    EXPECT_EQ(idsWith(curveKey("secp256k1")), warned);
    EXPECT_EQ(idsWith(madeKey("ED25519", [](EVP_PKEY_CTX*) {})), warned);
}

TEST_F(OfAServer, IsFoundItsIssuerWhateverTheCapitalsOfTheName)
{
    const PkeyPtr key = practice::makeEcKey();
    EVP_PKEY_up_ref(key.get());
    TestAuthority capitals("ROOT  ca", TestAuthority::plain(), PkeyPtr(key.get()));
    EVP_PKEY_up_ref(key.get());
    const TestAuthority same("Root CA", TestAuthority::plain(), PkeyPtr(key.get()));
    const Certificate leaf = capitals.issue({.extensions = server()});
    for (const Finding& one : findingsForServer({leaf, same.certificate()}, true, true, kNow))
        EXPECT_NE(one.id, "chain-missing") << "RFC 5280, 7.1";
}

}  // namespace
}  // namespace monban
