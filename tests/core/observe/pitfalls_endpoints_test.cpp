// SPDX-License-Identifier: MIT
#include "tests/core/observe/pitfall_facts.h"

namespace monban {
namespace {

using support::foundAs;
using support::Ids;
using support::idsOf;
using support::recordLike;
using support::setUp;

constexpr std::uint32_t kNegotiate = record_flags::kNegotiateClientCertificate;

TEST(EndpointPitfalls, NameARecordThatDiffersFromTheOneForEveryAddress)
{
    for (const char* endpoint : {"[::]:443", "192.0.2.1:443"}) {
        Facts facts = setUp();
        facts.records->push_back(recordLike(facts, RecordFamily::IpPort, endpoint));
        EXPECT_EQ(idsOf(facts), Ids{}) << endpoint;
        facts.records->back().ctlStore = "";
        facts.schannel->sendTrustedIssuerList = 0;
        const auto found = foundAs(facts, "record-differs-by-address");
        ASSERT_EQ(found.size(), 1u) << endpoint;
        EXPECT_NE(inEnglish(found[0].message).find("ctl_store"), std::string::npos);
        EXPECT_EQ(inEnglish(found[0].message).find("thumbprint"), std::string::npos);
    }
}

TEST(EndpointPitfalls, LetAnAddressWithASiteOfItsOwnDiffer)
{
    Facts facts = setUp();
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "192.0.2.1:443"));
    facts.records->back().flags = 0;
    EXPECT_EQ(foundAs(facts, "record-differs-by-address").size(), 1u);
    Site other;
    other.name = "Other";
    other.id = 2;
    other.state = "Started";
    other.bindings = {bindingFrom("https", "192.0.2.1:443:", 0)};
    facts.sites->push_back(other);
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(EndpointPitfalls, NameBindingsOfOneSiteOfWhichOnlySomeNegotiate)
{
    Facts facts = setUp();
    facts.sites->front().access.front().flags = 0;
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "0.0.0.0:8443"));
    EXPECT_EQ(idsOf(facts), Ids{});
    facts.records->back().flags &= ~kNegotiate;
    EXPECT_EQ(idsOf(facts), Ids{"bindings-negotiate-differently"});
    facts.records->front().flags &= ~kNegotiate;
    EXPECT_EQ(idsOf(facts), Ids{}) << "none asks";
}

TEST(EndpointPitfalls, FindLateRequestsWhereverASiteAsks)
{
    Facts facts = setUp();
    facts.records->front().flags &= ~kNegotiate;
    auto& access = facts.sites->front().access;
    access.front().flags = access_flags::kSsl | access_flags::kNegotiateCert;
    EXPECT_EQ(idsOf(facts), Ids{"late-request"}) << "Accept asks as well";
    access.front().flags = access_flags::kRequireCert;
    EXPECT_EQ(idsOf(facts), Ids{"late-request"});
    access.front().flags = access_flags::kSsl;
    EXPECT_EQ(idsOf(facts), Ids{});
    access.push_back(Access{"Default Web Site/app", access_flags::kNegotiateCert, false});
    EXPECT_EQ(idsOf(facts), Ids{"late-request"}) << "a path below is enough";
}

TEST(EndpointPitfalls, JudgeALateRequestByWhatItsProtocolsAllow)
{
    const auto severity = [](int build, std::uint32_t flags) {
        Facts facts = setUp(build);
        facts.records->front().flags = flags;
        return foundAs(facts, "late-request").at(0).severity;
    };
    using namespace record_flags;
    EXPECT_EQ(severity(windows_build::kServer2016, 0), Severity::Warning);
    EXPECT_EQ(severity(windows_build::kServer2019, kDisableHttp2), Severity::Info) << "renegotiation works there";
    EXPECT_EQ(severity(windows_build::kServer2022, 0), Severity::Error);
    EXPECT_EQ(severity(windows_build::kServer2022, kDisableTls13), Severity::Warning);
    EXPECT_EQ(severity(windows_build::kServer2025, kDisableTls13 | kDisableHttp2), Severity::Info);
}

TEST(EndpointPitfalls, NameAPlainBindingWhoseOnlyRecordIsOfAHostName)
{
    Facts facts = setUp();
    facts.sites->front().bindings.back() = bindingFrom("https", "*:443:www.example.test", 0);
    facts.records->front() = recordLike(facts, RecordFamily::HostNamePort, "www.example.test:443");
    EXPECT_EQ(idsOf(facts), Ids{"sni-flag-missing"});
    facts.sites->front().bindings.back().sslFlags = 1;
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(EndpointPitfalls, NameABindingThatNoRecordAnswers)
{
    Facts facts = setUp();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    ASSERT_EQ(idsOf(facts), Ids{"record-missing"});
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Error);
    facts.records->push_back(recordLike(facts, RecordFamily::HostNamePort, "www.example.test:8443"));
    EXPECT_EQ(idsOf(facts), Ids{"record-missing"}) << "visitors of other names find none";
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "[::]:8443"));
    EXPECT_EQ(idsOf(facts), Ids{"record-missing"}) << "nor do those over IPv4";
    facts.records->push_back(recordLike(facts, RecordFamily::IpPort, "0.0.0.0:8443"));
    EXPECT_EQ(idsOf(facts), Ids{});
    facts = setUp();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    facts.sites->front().state = "Stopped";
    EXPECT_EQ(idsOf(facts), Ids{});
}

TEST(EndpointPitfalls, NameTheCentralStoreWhereClientCertificatesAreWanted)
{
    Facts facts = setUp();
    facts.sites->front().bindings.back() = bindingFrom("https", "*:443:www.example.test", 3);
    SslRecord ccs = support::record(RecordFamily::Ccs, "443");
    facts.records->front() = ccs;
    ASSERT_EQ(idsOf(facts), Ids{"ccs-cannot-negotiate"});
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Error);
    facts.machine->build = windows_build::kServer2019;
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Warning);
    facts.sites->front().access.front().flags = 0;
    EXPECT_EQ(idsOf(facts), Ids{}) << "a CCS record alone is nothing bad";
    facts.records->front().flags = kNegotiate;
    EXPECT_EQ(idsOf(facts), Ids{"ccs-cannot-negotiate"});
}

TEST(EndpointPitfalls, NameTheOwnerOfARecordThatAnswersASite)
{
    Facts facts = setUp();
    facts.records->front().appId = "{ba195980-cd49-458b-9e23-c84ee0adcd75}";
    ASSERT_EQ(idsOf(facts), Ids{"foreign-owner"});
    EXPECT_NE(inEnglish(pitfalls(facts)[0].message).find("SSTP"), std::string::npos);
    for (const char* id : {kZeroAppId, "{11111111-2222-3333-4444-555555555555}"}) {
        facts.records->front().appId = id;
        ASSERT_EQ(idsOf(facts), Ids{"owner-unnamed"});
        EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Info);
    }
    facts.sites->front().bindings.pop_back();
    EXPECT_EQ(idsOf(facts), Ids{}) << "no site of IIS answers there";
}

TEST(EndpointPitfalls, NameChecksThatAreOff)
{
    Facts facts = setUp();
    facts.records->front().checkMode = check_mode::kNoRevocationCheck;
    ASSERT_EQ(idsOf(facts), Ids{"revocation-not-checked"});
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Info);
    facts.records->front().checkMode = check_mode::kNoUsageCheck;
    EXPECT_EQ(idsOf(facts), Ids{"usage-not-checked"});
    facts.records->front().flags &= ~kNegotiate;
    EXPECT_TRUE(foundAs(facts, "usage-not-checked").empty()) << "nobody presents one there";
}

TEST(ConfigurationPitfalls, NameSharedConfiguration)
{
    Facts facts = setUp();
    facts.sharedConfiguration = {std::optional<std::string>("\\\\farm\\iis"), support::kNow};
    ASSERT_EQ(idsOf(facts), Ids{"shared-configuration"});
    EXPECT_NE(inEnglish(pitfalls(facts)[0].message).find("\\\\farm\\iis"), std::string::npos);
}

TEST(ConfigurationPitfalls, NameWhatAWebConfigDoes)
{
    Facts facts = setUp();
    const std::string file = "C:\\inetpub\\wwwroot\\web.config";
    WebConfig found{"Default Web Site", file, 0, 104, false, false, {}};
    facts.sites->front().webConfigs = {found};
    ASSERT_EQ(idsOf(facts), Ids{"access-overridden"});
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Warning);
    EXPECT_NE(inEnglish(pitfalls(facts)[0].message).find(file), std::string::npos);
    facts.sites->front().webConfigs[0].flags = 104 | access_flags::kMapCert;
    EXPECT_EQ(pitfalls(facts)[0].severity, Severity::Info) << "it only asks for more";
    facts.sites->front().webConfigs[0].flags = 104;
    EXPECT_EQ(idsOf(facts), Ids{}) << "it says the same";
    facts.sites->front().webConfigs[0].locked = true;
    EXPECT_EQ(idsOf(facts), Ids{"web-config-locked"});
    facts.sites->front().webConfigs[0].problem = {"no", {}};
    EXPECT_EQ(idsOf(facts), Ids{"web-config-unreadable"});
}

RegistryEntry value(const std::string& name, const std::string& type = "REG_DWORD", const std::string& key = kSchannelKey)
{
    return {key, name, type, "1"};
}

TEST(RegistryPitfalls, NameMisspeltValuesOfRecipes)
{
    for (const char* name : {"SendTrustedIssuers", "SendTrusterIssuerList", "SendTrustedIssuersList", "SendTrustedIssuerLists",
                             "Send Trusted Issuer List", "SendTrustedIssuerList\xE2\x80\x8E", "ClientAuthTrustedMode", "ClientAuthTrust"}) {
        Facts facts = setUp();
        facts.schannel->otherValues = {value(name)};
        EXPECT_EQ(idsOf(facts), Ids{"registry-value-misspelt"}) << name;
    }
    for (const char* name : {"EventLogging", "ClientCacheTime", "IssuerCacheSize", "AllowInsecureRenegoClients", "Enabled", "",
                             "SendExtraRecord", "DisableRenegoOnClient", "CertificateMappingMethods"}) {
        Facts facts = setUp();
        facts.schannel->otherValues = {value(name)};
        EXPECT_EQ(idsOf(facts), Ids{}) << name;
    }
}

TEST(RegistryPitfalls, NameAValueOfTheWrongTypeOrInTheWrongKey)
{
    Facts facts = setUp();
    facts.schannel->otherValues = {value("SendTrustedIssuerList", "REG_SZ")};
    ASSERT_EQ(idsOf(facts), Ids{"registry-value-misspelt"});
    EXPECT_NE(inEnglish(pitfalls(facts)[0].message).find("REG_SZ"), std::string::npos);
    EXPECT_TRUE(pitfalls(facts)[0].mendable);
    facts.schannel->otherValues = {value("SendTrustedIssuerList", "REG_DWORD", R"(HKLM\SYSTEM\CurrentControlSet\Control\Lsa)")};
    ASSERT_EQ(idsOf(facts), Ids{"registry-value-misspelt"});
    EXPECT_NE(inEnglish(pitfalls(facts)[0].message).find("Lsa"), std::string::npos);
}

TEST(RegistryPitfalls, SayWhatATrustModeMeans)
{
    Facts facts = setUp();
    facts.schannel->clientAuthTrustMode = 0;
    EXPECT_EQ(idsOf(facts), Ids{});
    for (const auto& [mode, word] : {std::pair(1u, "Exclusive Root"), std::pair(2u, "Exclusive CA"), std::pair(7u, "7")}) {
        facts.schannel->clientAuthTrustMode = mode;
        ASSERT_EQ(idsOf(facts), Ids{"client-auth-trust-mode"});
        EXPECT_NE(inEnglish(pitfalls(facts)[0].message).find(word), std::string::npos);
    }
}

}  // namespace
}  // namespace monban
