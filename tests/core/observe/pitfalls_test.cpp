// SPDX-License-Identifier: MIT
#include "core/observe/pitfalls.h"

#include <gtest/gtest.h>

#include "tests/support/values.h"

namespace monban {
namespace {

using support::freshFacts;

std::vector<std::string> idsOf(const Facts& facts)
{
    std::vector<std::string> ids;
    for (const Finding& finding : pitfalls(facts)) ids.push_back(finding.id);
    return ids;
}
using Ids = std::vector<std::string>;

/// As a finished set-up leaves it.
Facts setUp(int build = windows_build::kServer2022)
{
    Facts facts = freshFacts(build);
    const Materials materials = support::materials();
    support::become(facts, planSetup({Answers{}, materials, facts, {}}));
    return facts;
}

SslRecord record(RecordFamily family, const std::string& endpoint)
{
    SslRecord one;
    one.family = family;
    one.endpoint = endpoint;
    one.appId = kIisAppId;
    return one;
}

TEST(Pitfalls, AreNoneOnAFreshAndOnAFinishedServer)
{
    EXPECT_EQ(idsOf(freshFacts()), Ids{});
    EXPECT_EQ(idsOf(setUp()), Ids{});
}

TEST(Pitfalls, NameAnEmptyCtlStore)
{
    Facts facts = setUp();
    facts.stores.erase("iis_client_trust");
    EXPECT_EQ(idsOf(facts), Ids{"ctl-store-empty"});
}

TEST(Pitfalls, NameACertificateInRootThatIsNotSelfSigned)
{
    Facts facts = setUp();
    facts.stores["ROOT"]->push_back({support::serverCertificate(), "", KeyState::None});
    EXPECT_EQ(idsOf(facts), Ids{"root-not-self-signed"});
}

TEST(Pitfalls, NameWhatIsWrongWithTheCertificateOfARecord)
{
    Facts facts = setUp();
    facts.stores["MY"]->front().key = KeyState::Missing;
    EXPECT_EQ(idsOf(facts), Ids{"record-key-missing"});
    facts.stores["MY"]->front().key = KeyState::Present;
    facts.stores["MY"]->front().certificate.notAfter = support::kNow - std::chrono::hours(1);
    EXPECT_EQ(idsOf(facts), Ids{"record-certificate-expired"});
    facts.stores["MY"]->clear();
    EXPECT_EQ(idsOf(facts), Ids{"record-certificate-missing"});
}

TEST(Pitfalls, PredictWhatALateRequestComesToOnEachWindows)
{
    const auto words = [](int build) {
        Facts facts = setUp(build);
        facts.records->front().flags &= ~record_flags::kNegotiateClientCertificate;
        const auto found = pitfalls(facts);
        return found.size() == 1 && found[0].id == "late-request" ? inEnglish(found[0].message) : std::string();
    };
    EXPECT_NE(words(windows_build::kServer2019).find("HTTP/2"), std::string::npos);
    EXPECT_NE(words(windows_build::kServer2022).find("reset"), std::string::npos);
    EXPECT_NE(words(windows_build::kServer2025).find("0x80070032"), std::string::npos);
}

TEST(Pitfalls, NameARecordThatWouldSendAllTrustedRoots)
{
    Facts facts = setUp();
    SslRecord other = record(RecordFamily::IpPort, "0.0.0.0:8443");
    other.flags = record_flags::kNegotiateClientCertificate;
    facts.records->push_back(other);
    EXPECT_EQ(idsOf(facts), Ids{"issuer-list-is-root"});
    facts.schannel->sendTrustedIssuerList = 0;
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(Pitfalls, NameAnAddressThatHidesAHostName)
{
    Facts facts = setUp();
    facts.records->push_back(record(RecordFamily::HostNamePort, "www.example.test:443"));
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.records->push_back(record(RecordFamily::IpPort, "192.0.2.1:443"));
    EXPECT_EQ(idsOf(facts), Ids{"record-shadowed"});
}

TEST(Pitfalls, NameAnSniBindingWithoutItsRecord)
{
    Facts facts = setUp();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:www.example.test", 1));
    EXPECT_EQ(idsOf(facts), Ids{"sni-record-missing"});
}

}  // namespace
}  // namespace monban
