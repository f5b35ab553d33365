// SPDX-License-Identifier: MIT
#include "core/observe/facts.h"

#include <gtest/gtest.h>

namespace monban {
namespace {

TEST(StoreSpelling, KnowsTheUsualStoresInAnyCaseAndKeepsOthers)
{
    EXPECT_EQ(storeSpelling("my"), "MY");
    EXPECT_EQ(storeSpelling("Root"), "ROOT");
    EXPECT_EQ(storeSpelling("ca"), "CA");
    EXPECT_EQ(storeSpelling("request"), "REQUEST");
    EXPECT_EQ(storeSpelling("WEBHOSTING"), "WebHosting");
    EXPECT_EQ(storeSpelling("clientauthissuer"), "ClientAuthIssuer");
    EXPECT_EQ(storeSpelling("IIS_Client_Trust"), "IIS_Client_Trust");
}

TEST(StoreOf, ASilentListIsNotAnEmptyStore)
{
    Facts facts;
    facts.storeList = Observed<bool>(Error{ErrorCode::Denied, {tr("x"), {}}, "no right"}, Time{});
    EXPECT_FALSE(storeOf(facts, "MY"));
    facts.storeList = Observed<bool>(true, Time{});
    ASSERT_TRUE(storeOf(facts, "MY"));
    EXPECT_TRUE(storeOf(facts, "MY")->empty());
    facts.stores.emplace("MY", Observed<std::vector<StoredCertificate>>(std::vector<StoredCertificate>(2), Time{}));
    EXPECT_EQ(storeOf(facts, "my")->size(), 2u);
}

TEST(RecordAt, TellsFamiliesApartAndIgnoresCase)
{
    std::vector<SslRecord> records(2);
    records[0].endpoint = "0.0.0.0:443";
    records[1].family = RecordFamily::HostNamePort;
    records[1].endpoint = "www.example.test:443";
    EXPECT_EQ(recordAt(records, RecordFamily::IpPort, "0.0.0.0:443"), &records[0]);
    EXPECT_EQ(recordAt(records, RecordFamily::HostNamePort, "WWW.example.test:443"), &records[1]);
    EXPECT_EQ(recordAt(records, RecordFamily::IpPort, "www.example.test:443"), nullptr);
}

TEST(BindingFrom, SplitsWhatCanBeSplit)
{
    const Binding any = bindingFrom("https", "*:443:", 0);
    EXPECT_EQ(any.address, "*");
    EXPECT_EQ(any.port, 443);
    EXPECT_EQ(any.host, "");
    const Binding host = bindingFrom("https", "192.0.2.1:8443:www.example.test", 1);
    EXPECT_EQ(host.address, "192.0.2.1");
    EXPECT_EQ(host.port, 8443);
    EXPECT_EQ(host.host, "www.example.test");
    const Binding six = bindingFrom("https", "[::1]:443:host", 1);
    EXPECT_EQ(six.address, "[::1]");
    EXPECT_EQ(six.port, 443);
    EXPECT_EQ(six.host, "host");
}

TEST(BindingFrom, LeavesThePartsEmptyWhereTheTextHasAnotherShape)
{
    for (const char* text :
         {"808:*", "localhost", "", ":443:", "*:443", "*:0:", "*:65536:", "*:x:", "[::1:443:", "*:443:a:b"}) {
        const Binding binding = bindingFrom("net.tcp", text, 0);
        EXPECT_EQ(binding.information, text);
        EXPECT_FALSE(binding.address || binding.port || binding.host) << text;
    }
}

TEST(AccessText, RoundTripsNamesAndUnknownBits)
{
    EXPECT_EQ(accessText(104), "Ssl,SslNegotiateCert,SslRequireCert");
    EXPECT_EQ(accessText(0), "None");
    EXPECT_EQ(accessText(8 | 1024), "Ssl,1024");
    EXPECT_TRUE(accessNames(0).empty());
    for (const std::uint32_t flags : {0u, 8u, 104u, 488u, 8u | 1024u})
        EXPECT_EQ(accessFromText(accessText(flags)), flags);
    EXPECT_EQ(accessFromText(" ssl , SSLNegotiateCert"), 40u);
    EXPECT_EQ(accessFromText("104"), 104u);
    EXPECT_FALSE(accessFromText("Ssl,SslRequire"));
    EXPECT_FALSE(accessFromText("Ssl,,Ssl128"));
    EXPECT_FALSE(accessFromText("-1"));
}

TEST(OwnerName, KnowsTheOwnersByIdInAnyCase)
{
    EXPECT_STREQ(ownerName(kIisAppId), "IIS");
    EXPECT_STREQ(ownerName("{4DC3E181-E14B-4A21-B022-59FC669B0914}"), "IIS");
    EXPECT_STREQ(ownerName("{5d89a20c-beab-4389-9447-324788eb944a}"), "AD FS");
    EXPECT_STREQ(ownerName("{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}"), "WinRM");
    EXPECT_EQ(ownerName(kZeroAppId), nullptr);
    EXPECT_EQ(ownerName(""), nullptr);
}

}  // namespace
}  // namespace monban
