// SPDX-License-Identifier: MIT
#include "core/pki/revocation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/pki/inspect.h"
#include "core/pki/openssl.h"
#include "core/pki/pem.h"
#include "tests/core/pki/der.h"
#include "tests/core/pki/test_authority.h"

namespace monban {
namespace {

using namespace std::chrono_literals;
using namespace testing;

const std::string kPoint = "http://ca.example/a.crl";

class Revocation : public ::testing::Test {
protected:
    Certificate user(const std::string& point = "URI:" + kPoint)
    {
        TestSubject wanted{.name = "user", .extensions = {{"extendedKeyUsage", "clientAuth"}}};
        if (!point.empty()) wanted.extensions.emplace_back("crlDistributionPoints", point);
        return m_ca.issue(wanted);
    }

    RevocationVerdict judge(const Certificate& certificate, const std::vector<Bytes>& lists) { return judge(certificate, lists, {m_ca.certificate()}); }
    RevocationVerdict judge(const Certificate& certificate, const std::vector<Bytes>& lists, std::vector<Certificate> issuers)
    {
        std::vector<ListSource> sources;
        for (const Bytes& list : lists) std::ranges::move(listsIn("list", list), std::back_inserter(sources));
        const bool isNamed = !issuers.empty();
        return judgeRevocation({certificate, std::move(issuers), kNow, isNamed}, sources);
    }

    static std::map<std::string, Severity> found(const RevocationVerdict& verdict)
    {
        std::map<std::string, Severity> ids;
        for (const Finding& one : findingsOf(verdict)) ids[one.id] = one.severity;
        return ids;
    }
    using Found = std::map<std::string, Severity>;

    TestAuthority m_ca;
};

TEST_F(Revocation, OfAnIssuerThatMayNotSignListsIsNotKnown)
{
    TestAuthority silent("Silent CA", {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign"}});
    const Certificate certificate = silent.issue({.extensions = {{"crlDistributionPoints", "URI:" + kPoint}}});
    for (const bool isBroken : {false, true}) {
        const auto verdict = judge(certificate, {silent.list({.isBroken = isBroken})}, {silent.certificate()});
        EXPECT_EQ(verdict.state, RevocationState::Unknown) << "RFC 5280, 6.3.3 (f)";
        EXPECT_EQ(verdict.lists[0].signature, CheckResult::Fail);
        EXPECT_EQ(found(verdict), (Found{{"list-issuer-usage", Severity::Error}}));
    }
}

TEST_F(Revocation, AsksNoOtherExtensionOfTheIssuerThanItsKeyUsage)
{
    Extensions broken = TestAuthority::plain();
    broken.emplace_back("2.5.29.14", "DER:3000");
    TestAuthority odd("Odd CA", broken);
    const Certificate certificate = odd.issue({.extensions = {{"crlDistributionPoints", "URI:" + kPoint}}});
    EXPECT_EQ(judge(certificate, {odd.list({})}, {odd.certificate()}).state, RevocationState::Good);
}

TEST_F(Revocation, IsNotKnownWhereNoneOfTheNamedIssuersFits)
{
    const TestAuthority other("Other CA");
    const TestAuthority otherKey;
    for (const TestAuthority* named : {&other, &otherKey}) {
        const auto verdict = judge(user(), {m_ca.list({.isBroken = true})}, {named->certificate()});
        EXPECT_EQ(verdict.state, RevocationState::Unknown);
        EXPECT_FALSE(verdict.lists[0].counts());
        EXPECT_EQ(found(verdict), (Found{{"list-issuer-differs", Severity::Error}}));
    }
    const auto unnamed = judge(user(), {m_ca.list({})}, {});
    EXPECT_EQ(unnamed.state, RevocationState::Good);
    EXPECT_EQ(found(unnamed), (Found{{"list-signature-unchecked", Severity::Warning}}));
}

TEST_F(Revocation, GoesByTheListsOfTheCertificatesOwnPoints)
{
    const auto stateWith = [&](const std::string& ofList, const Certificate& certificate) {
        const auto verdict = judge(certificate, {m_ca.list({.extensions = {{"issuingDistributionPoint", "critical," + ofList}}})});
        EXPECT_EQ(found(verdict).contains("list-scope"), verdict.state != RevocationState::Good) << ofList;
        return verdict.state;
    };
    EXPECT_EQ(stateWith("fullname:URI:" + kPoint, user()), RevocationState::Good);
    EXPECT_EQ(stateWith("fullname:URI:HTTP://CA.Example/a.crl", user()), RevocationState::Good) << "RFC 5280, 7.4";
    EXPECT_EQ(stateWith("fullname:URI:http://ca.example/A.crl", user()), RevocationState::Unknown);
    EXPECT_EQ(stateWith("fullname:URI:http://ca.example/b.crl", user()), RevocationState::Unknown) << "RFC 5280, 6.3.3 (b)(2)(i)";
    EXPECT_EQ(stateWith("fullname:URI:http://ca.example/b.crl", user("URI:" + kPoint + ",URI:http://ca.example/b.crl")), RevocationState::Good);
    EXPECT_EQ(stateWith("fullname:URI:" + kPoint, user("")), RevocationState::Unknown) << "RFC 5280, 6.3.3, at the end: its point is its issuer's name";
    EXPECT_EQ(stateWith("onlyuser:TRUE", user()), RevocationState::Good);
    EXPECT_EQ(stateWith("onlyCA:TRUE", user()), RevocationState::Unknown);
    EXPECT_EQ(stateWith("onlyAA:TRUE", user()), RevocationState::Unknown);
}

TEST_F(Revocation, OfACaGoesByListsOfCas)
{
    Extensions extensions = TestAuthority::plain();
    extensions.emplace_back("crlDistributionPoints", "URI:" + kPoint);
    const Certificate below = m_ca.issue({.name = "Sub CA", .extensions = extensions});
    const auto with = [&](const char* scope) { return judge(below, {m_ca.list({.extensions = {{"issuingDistributionPoint", scope}}})}); };
    EXPECT_EQ(with("critical,onlyCA:TRUE").state, RevocationState::Good);
    EXPECT_EQ(with("critical,onlyuser:TRUE").state, RevocationState::Unknown);
    EXPECT_EQ(found(with("critical,onlyuser:TRUE")), (Found{{"list-scope", Severity::Warning}}));
}

TEST_F(Revocation, UsesNoListWithAnEntryThatIsNotUnderstood)
{
    const auto with = [&](const Extensions& extensions) { return judge(user(), {m_ca.list({.entries = {{.serial = 77, .extensions = extensions}}})}); };
    EXPECT_EQ(with({{"1.2.3.4", "critical,DER:0500"}}).state, RevocationState::Unknown) << "RFC 5280, 5.3";
    EXPECT_TRUE(found(with({{"1.2.3.4", "critical,DER:0500"}})).contains("list-unknown-extension"));
    EXPECT_EQ(with({{"certificateIssuer", "critical,DER:300782056f74686572"}}).state, RevocationState::Unknown) << "no indirect list, so the entry could mean anybody";
    EXPECT_EQ(with({{"1.2.3.4", "DER:0500"}, {"CRLReason", "critical,DER:0A0101"}}).state, RevocationState::Good);
}

TEST_F(Revocation, UsesNoListWithSerialNumbersOfHundredsOfBytes)
{
    const auto list = [](std::size_t length) {
        const Bytes entry = tlv(0x30, {tlv(0x02, Bytes(length, 0x11)), tlv(0x17, bytesOf("250101000000Z"))});
        return tlv(0x30, {tlv(0x30, {number(1), signatureAlgorithm(), tlv(0x30, commonName(0x0C, bytesOf("CA"))), tlv(0x17, bytesOf("250101000000Z")), tlv(0x30, entry)}),
                          signatureAlgorithm(), tlv(0x03, Bytes(9, 0))});
    };
    EXPECT_TRUE(parseCrl(list(64)));
    EXPECT_FALSE(parseCrl(list(65))) << "the entry left out, its certificate would be good";
}

TEST_F(Revocation, ReadsEveryListOfAFile)
{
    const Certificate certificate = user();
    const Bytes early = m_ca.list({.begins = -72h});
    const Bytes late = m_ca.list({.entries = {{.serial = kFirstSerial}}});
    const auto both = bytesOf(pemText("X509 CRL", early) + "text between\n" + pemText("CERTIFICATE", m_ca.certificate().der) + pemText("X509 CRL", late));
    const auto verdict = judge(certificate, {both});
    EXPECT_EQ(verdict.state, RevocationState::Revoked);
    ASSERT_EQ(verdict.lists.size(), 2u);
    EXPECT_EQ(verdict.lists[0].name, "list");
    EXPECT_EQ(verdict.lists[1].name, "list (2)");

    const auto said = inspect("list", bytesOf(pemText("X509 CRL", early) + pemText("X509 CRL", late)), Secret(), kNow).findings;
    EXPECT_EQ(std::ranges::count(said, "more-lists", &Finding::id), 1);

    const auto damaged = listsIn("list", bytesOf(pemText("X509 CRL", early) + "-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n"));
    ASSERT_EQ(damaged.size(), 2u);
    EXPECT_FALSE(damaged[1].list);
    ASSERT_EQ(listsIn("list", bytesOf("nothing")).size(), 1u);
    EXPECT_FALSE(listsIn("list", bytesOf("nothing"))[0].list);
}

TEST_F(Revocation, ReadsListsInPkcs7)
{
    const Certificate certificate = user();
    const Bytes list = m_ca.list({.entries = {{.serial = kFirstSerial}}});
    const unsigned char* at = list.data();
    const X509CrlPtr crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(list.size())));
    const Pkcs7Ptr reply(PKCS7_new());
    PKCS7_set_type(reply.get(), NID_pkcs7_signed);
    PKCS7_content_new(reply.get(), NID_pkcs7_data);
    PKCS7_add_crl(reply.get(), crl.get());
    unsigned char* bytes = nullptr;
    const int size = i2d_PKCS7(reply.get(), &bytes);
    ASSERT_GT(size, 0);
    const Bytes der(bytes, bytes + size);
    OPENSSL_free(bytes);
    EXPECT_EQ(judge(certificate, {der}).state, RevocationState::Revoked);
    EXPECT_EQ(judge(certificate, {bytesOf(pemText("PKCS7", der))}).state, RevocationState::Revoked);
}

TEST_F(Revocation, GoesByTheListThatHasBegun)
{
    const Bytes current = m_ca.list({});
    const Bytes ahead = m_ca.list({.begins = 24h, .ends = 24h * 8});
    const auto verdict = judge(user(), {current, ahead});
    EXPECT_EQ(verdict.state, RevocationState::Good);
    EXPECT_EQ(verdict.nextUpdate, kNow + 24h * 6);
    EXPECT_EQ(found(verdict), (Found{{"list-not-yet-valid", Severity::Info}}));
    const auto alone = judge(user(), {ahead});
    EXPECT_EQ(alone.state, RevocationState::Unknown);
    EXPECT_EQ(found(alone), (Found{{"list-not-yet-valid", Severity::Error}}));
}

TEST_F(Revocation, EndsWithAHoldThatALaterListNoLongerHas)
{
    const Certificate certificate = user();
    const std::string hold = "DER:0A0106";
    const std::string keyCompromise = "DER:0A0101";
    const auto held = [&](const std::string& reason, std::chrono::hours begins, std::chrono::hours ends) {
        return m_ca.list({.begins = begins, .ends = ends, .entries = {{.serial = kFirstSerial, .extensions = {{"CRLReason", reason}}}}});
    };
    const Bytes old = held(hold, -24h * 8, -24h);
    const auto released = judge(certificate, {old, m_ca.list({})});
    EXPECT_EQ(released.state, RevocationState::Good) << "RFC 5280, 5.3.1";
    EXPECT_EQ(found(released), (Found{{"list-expired", Severity::Info}}));
    EXPECT_EQ(judge(certificate, {held(keyCompromise, -24h * 8, -24h), m_ca.list({})}).state, RevocationState::Revoked) << "only a hold ends";
    EXPECT_EQ(judge(certificate, {held(hold, -12h, 24h), m_ca.list({})}).state, RevocationState::Revoked) << "the later one has it";
    EXPECT_EQ(judge(certificate, {old, m_ca.list({.ends = -1h})}).state, RevocationState::Revoked) << "the later one is not current";
    EXPECT_EQ(judge(certificate, {old, m_ca.list({})}, {}).state, RevocationState::Revoked) << "the later one is not proven";
}

TEST_F(Revocation, ComparesTheIssuersNameAsRfc5280Does)
{
    const Certificate certificate = user();
    const auto verdict = judge(certificate, {m_ca.list({.issuer = "ROOT  ca", .entries = {{.serial = kFirstSerial}}})});
    EXPECT_EQ(verdict.state, RevocationState::Revoked) << "7.1: neither capitals nor blanks matter";
    EXPECT_EQ(found(verdict), Found());
}

}  // namespace
}  // namespace monban
