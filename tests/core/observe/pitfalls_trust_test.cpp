// SPDX-License-Identifier: MIT
#include "tests/core/observe/pitfall_facts.h"

namespace monban {
namespace {

using support::foundAs;
using support::Ids;
using support::idsOf;
using support::intermediate;
using support::setUp;
using support::stored;

TEST(TrustPitfalls, NameARootThatIsNoCa)
{
    Facts facts = setUp();
    Certificate odd = support::certificate("localhost", 'd');
    odd.selfSigned = true;
    facts.stores["ROOT"]->push_back(stored(odd));
    ASSERT_EQ(idsOf(facts), Ids{"root-not-ca"});
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Info);
    facts.stores["ROOT"]->back().certificate.version = 1;
    EXPECT_EQ(idsOf(facts), Ids{}) << "certificates of version 1 cannot say that they are a CA";
}

TEST(TrustPitfalls, DoNotTakeAnOldHashForAForeignSignature)
{
    Facts facts = setUp();
    Certificate old = support::rootCa();
    old.thumbprintSha1 = std::string(40, 'd');
    old.selfSigned = false;
    old.signatureHash = "md2";
    facts.stores["ROOT"]->push_back(stored(old));
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.stores["ROOT"]->back().certificate.signatureHash = "sha256";
    EXPECT_EQ(idsOf(facts), Ids{"root-not-self-signed"}) << "a CA's new key certified by its old one bears the same names";
}

TEST(TrustPitfalls, NameWhatIsWrongWithEachCertificateOfACtlStore)
{
    const auto only = [](const Certificate& certificate) {
        Facts facts = setUp();
        facts.stores["iis_client_trust"] = {std::vector{stored(certificate)}, support::kNow};
        return facts;
    };
    Certificate bad = support::rootCa();
    bad.isCa = false;
    EXPECT_EQ(idsOf(only(bad)), Ids{"ctl-certificate-not-ca"});
    bad = support::rootCa();
    bad.notAfter = support::kNow - std::chrono::hours(1);
    EXPECT_EQ(idsOf(only(bad)), Ids{"ctl-certificate-expired"});
    bad = support::rootCa();
    bad.notBefore = support::kNow + std::chrono::hours(1);
    EXPECT_EQ(idsOf(only(bad)), Ids{"ctl-certificate-not-yet-valid"});
    bad = support::certificate("Somebody's root", 'd');
    bad.isCa = bad.selfSigned = true;
    EXPECT_EQ(idsOf(only(bad)), Ids{"ctl-certificate-not-trusted"});
    EXPECT_EQ(idsOf(only(intermediate("Issuing", 'd', "A root that is nowhere"))), Ids{"intermediate-missing"});
    EXPECT_EQ(idsOf(only(intermediate("Issuing", 'd', "Private CA"))), Ids{}) << "its root is in ROOT";
    EXPECT_EQ(pitfalls(only(bad))[0].severity, Severity::Error) << "nobody gets in";
    Facts both = only(bad);
    both.stores["iis_client_trust"]->push_back(stored(support::rootCa()));
    EXPECT_EQ(pitfalls(both)[0].severity, Severity::Warning) << "the others do";
}

TEST(TrustPitfalls, DoNotAskForARootInRootWhereTheCtlStoreTakesItsPlace)
{
    for (const std::uint32_t mode : {1u, 2u}) {
        Facts facts = setUp();
        facts.stores["ROOT"]->clear();
        facts.schannel->clientAuthTrustMode = mode;
        EXPECT_EQ(foundAs(facts, "client-auth-trust-mode").size(), 1u) << mode;
        EXPECT_EQ(foundAs(facts, "ctl-certificate-not-trusted").size(), 0u) << mode;
        facts.schannel->clientAuthTrustMode = 0;
        EXPECT_EQ(foundAs(facts, "ctl-certificate-not-trusted").size(), 1u);
    }
}

TEST(TrustPitfalls, FollowAChainOfIntermediatesToItsRoot)
{
    Facts facts = setUp();
    facts.stores["iis_client_trust"] = {std::vector{stored(intermediate("Lower", 'd', "Upper"))}, support::kNow};
    facts.stores["CA"] = {std::vector{stored(intermediate("Upper", 'e', "Private CA"))}, support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.stores["CA"] = {std::vector{stored(intermediate("Upper", 'e', "Upper two")), stored(intermediate("Upper two", 'f', "Upper"))},
                          support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{"ctl-certificate-not-trusted"}) << "a circle ends nowhere";
}

TEST(TrustPitfalls, TellTwoKeysOfOneCaApart)
{
    Facts facts = setUp();
    facts.stores["ROOT"]->front().certificate.subjectKeyId = "01";
    facts.stores["MY"]->front().certificate.authorityKeyId = "02";
    EXPECT_EQ(idsOf(facts), Ids{"intermediate-missing"});
    facts.stores["MY"]->front().certificate.authorityKeyId = "01";
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(TrustPitfalls, NameAServerCertificateWhoseIssuerIsNowhere)
{
    Facts facts = setUp();
    facts.stores["MY"]->front().certificate.issuer = "CN=Public Issuing CA";
    ASSERT_EQ(idsOf(facts), Ids{"intermediate-missing"});
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Warning);
    facts.stores["CA"] = {std::vector{stored(intermediate("Public Issuing CA", 'd', "Public Root"))}, support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{}) << "the root itself Windows fetches on its own";
    facts.stores["CA"]->clear();
    facts.stores["MY"]->front().certificate.selfSigned = true;
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(TrustPitfalls, NameAListOfIssuersThatIsLongerThanSchannelSends)
{
    Facts facts = setUp();
    auto& ctl = *facts.stores["iis_client_trust"];
    const auto fill = [&](std::size_t size) {
        ctl.front().certificate.subjectSize = 100;
        ctl.resize(1);
        Certificate more = support::rootCa();
        more.thumbprintSha1 = std::string(40, 'd');
        more.subjectSize = size - 2 - 102;
        ctl.push_back(stored(more));
        return idsOf(facts);
    };
    EXPECT_EQ(fill(16384), Ids{});
    EXPECT_EQ(fill(16385), Ids{"issuer-list-too-long"});
    facts.schannel->sendTrustedIssuerList = 0;
    EXPECT_EQ(idsOf(facts), Ids{}) << "nothing is sent";
    facts.schannel->sendTrustedIssuerList = 1;
    facts.records->front().ctlStore.clear();
    EXPECT_EQ(idsOf(facts), Ids{"issuer-list-is-root"}) << "then it is ROOT, which is short";
    facts.stores["ClientAuthIssuer"] = {ctl, support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{"issuer-list-too-long"}) << "then it is ClientAuthIssuer";
}

TEST(TrustPitfalls, NameRevocationListsThatNoServerFetches)
{
    Facts facts = setUp();
    auto& urls = facts.stores["MY"]->front().certificate.crlUrls;
    urls = {"ldap:///CN=Private%20CA,CN=CDP?certificateRevocationList"};
    EXPECT_EQ(idsOf(facts), Ids{"crl-only-ldap"});
    urls.push_back("HTTP://pki.example.test/ca.crl");
    EXPECT_EQ(idsOf(facts), Ids{}) << "one that works is enough";
    urls = {"https://pki.example.test/ca.crl"};
    EXPECT_EQ(idsOf(facts), Ids{"crl-only-https"});
    urls = {"file://server/share/ca.crl"};
    EXPECT_EQ(idsOf(facts), Ids{"crl-only-file"});
    facts.records->front().checkMode |= check_mode::kNoRevocationCheck;
    EXPECT_EQ(foundAs(facts, "crl-only-file").size(), 0u) << "nobody asks for it";
    facts.records->front().checkMode = 0;
    facts.stores["MY"]->front().certificate.issuer = "CN=Private CA 2";
    EXPECT_EQ(foundAs(facts, "crl-only-file").size(), 0u) << "client certificates come from another CA";
    Certificate issuing = intermediate("Issuing", 'd', "Private CA");
    issuing.crlUrls = {"ldap://dc/CN=x"};
    facts.stores["iis_client_trust"]->push_back(stored(issuing));
    EXPECT_EQ(foundAs(facts, "crl-only-ldap").size(), 1u);
}

TEST(TrustPitfalls, LeaveTheRecordsOfOtherProductsAlone)
{
    Facts facts = setUp();
    SslRecord adfs = support::record(RecordFamily::HostNamePort, "sts.example.test:49443");
    adfs.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    adfs.thumbprint = facts.records->front().thumbprint;
    adfs.ctlStore = "AdfsTrustedDevices";
    adfs.flags = record_flags::kNegotiateClientCertificate;
    adfs.checkMode = check_mode::kNoRevocationCheck;
    facts.records->push_back(adfs);
    EXPECT_EQ(idsOf(facts), Ids{});
}

}  // namespace
}  // namespace monban
