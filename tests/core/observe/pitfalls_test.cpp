// SPDX-License-Identifier: MIT
#include "tests/core/observe/pitfall_facts.h"

namespace monban {
namespace {

using support::foundAs;
using support::freshFacts;
using support::Ids;
using support::idsOf;
using support::record;
using support::recordLike;
using support::setUp;

TEST(Pitfalls, AreNoneOnAFreshAndOnAFinishedServer)
{
    EXPECT_EQ(idsOf(freshFacts()), Ids{});
    EXPECT_EQ(idsOf(setUp()), Ids{});
}

TEST(Pitfalls, NameAnEmptyCtlStore)
{
    Facts facts = setUp();
    facts.stores["iis_client_trust"]->clear();
    EXPECT_EQ(idsOf(facts), Ids{"ctl-store-empty"});
    facts.stores.erase("iis_client_trust");
    EXPECT_EQ(idsOf(facts), Ids{"ctl-store-missing"}) << "no store is not an empty one";
    facts.storeList = {Error{ErrorCode::Denied, {"no", {}}, ""}, support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{}) << "nobody knows what stores there are";
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
    facts.records->push_back(recordLike(facts, RecordFamily::HostNamePort, "www.example.test:443"));
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "192.0.2.1:443"));
    EXPECT_EQ(idsOf(facts), Ids{"record-shadowed"});
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "192.0.2.1:8443"));
    EXPECT_EQ(idsOf(facts), Ids{"record-shadowed"}) << "another port is another matter";
}

TEST(Pitfalls, MakeAListThatNamesManyHostNamesShort)
{
    Facts facts = setUp();
    for (int i = 0; i < 40; ++i)
        facts.records->push_back(recordLike(facts, RecordFamily::HostNamePort, "www" + std::to_string(i) + ".example.test:443"));
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "192.0.2.1:443"));
    const auto found = foundAs(facts, "record-shadowed");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_LT(inEnglish(found[0].message).size(), 400u);
}

TEST(Pitfalls, SayWhetherAPlanCanMendThem)
{
    Facts facts = setUp();
    facts.stores["ROOT"]->push_back(support::stored(support::serverCertificate()));
    EXPECT_TRUE(pitfalls(facts).at(0).mendable);
    facts = setUp();
    facts.schannel->restartPending = true;
    EXPECT_FALSE(pitfalls(facts).at(0).mendable);
}

TEST(Pitfalls, SayNothingOfWhatCannotBeRead)
{
    Facts facts = setUp();
    const Error denied{ErrorCode::Denied, {"no", {}}, ""};
    facts.stores["ROOT"] = {denied, support::kNow};
    facts.stores["CA"] = {denied, support::kNow};
    facts.stores["MY"] = {denied, support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.sites = {denied, support::kNow};
    facts.records = {denied, support::kNow};
    facts.schannel = {denied, support::kNow};
    facts.machine = {denied, support::kNow};
    facts.sharedConfiguration = {denied, support::kNow};
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(Pitfalls, NameAnSniBindingWithoutItsRecord)
{
    Facts facts = setUp();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:www.example.test", 1));
    EXPECT_EQ(idsOf(facts), Ids{"sni-record-missing"});
    facts.records->push_back(recordLike(facts, RecordFamily::HostNamePort, "WWW.example.test:8443"));
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.records->back().endpoint = "*.example.test:8443";
    EXPECT_EQ(idsOf(facts), Ids{}) << "a wildcard stands for one label";
}

}  // namespace
}  // namespace monban
