// SPDX-License-Identifier: MIT
#include "core/plan/renewal.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/values.h"

namespace monban {
namespace {

const std::string kNew(40, 'b');

SslRecord record(const std::string& endpoint, char certificate, RecordFamily family = RecordFamily::IpPort)
{
    SslRecord record;
    record.family = family;
    record.endpoint = endpoint;
    record.thumbprint = std::string(40, certificate);
    record.appId = kIisAppId;
    record.store = "MY";
    record.ctlStore = "iis_client_trust";
    record.flags = record_flags::kNegotiateClientCertificate;
    return record;
}

class Renewing : public testing::Test {
protected:
    Renewing()
    {
        m_facts.records = {std::vector<SslRecord>{record("0.0.0.0:443", 'c')}, support::kNow};
        m_facts.sites->front().bindings.push_back(bindingFrom("https", "*:443:", 0));
        m_old = support::serverCertificate();
        m_old.thumbprintSha1 = std::string(40, 'c');
        m_old.notAfter = support::kNow + std::chrono::hours(24 * 14 + 1);
        m_old.publicKeyDer = {1};
    }
    Plan plan()
    {
        auto store = m_others;
        store.push_back({m_old, "", KeyState::NotExportable});
        m_facts.stores["MY"] = {store, support::kNow};
        return planRenewal({m_answers, m_materials, m_facts, m_accepted, m_earlier});
    }
    void put(const Certificate& certificate) { m_others.push_back({certificate, "", KeyState::NotExportable}); }
    std::vector<SslRecord>& records() { return *m_facts.records; }
    Certificate& fresh() { return (*m_materials.pkcs12)->certificates.front(); }

    Answers m_answers;
    Materials m_materials = support::materials();
    Facts m_facts = support::freshFacts();
    Certificate m_old;
    std::vector<StoredCertificate> m_others;
    std::set<std::string> m_accepted;
    EarlierRuns m_earlier;
};

std::string ids(const Plan& plan)
{
    std::string text;
    for (const Step& step : plan.steps) text += (text.empty() ? "" : " ") + std::string(step.state == StepState::Needed ? "" : name(step.state) + std::string(":")) + step.id;
    return text;
}
const Finding* finding(const Plan& plan, const std::string& id)
{
    const auto found = std::ranges::find_if(plan.findings, [&](const Finding& one) { return one.id == id; });
    return found == plan.findings.end() ? nullptr : &*found;
}
std::string reasonOf(const Plan& plan) { return inEnglish(plan.steps.back().reason); }

TEST_F(Renewing, ImportsAndChangesTheHashAlone)
{
    const Plan done = plan();
    ASSERT_EQ(ids(done), "import.certificate renew.record.1");
    SslRecord wanted = records().front();
    wanted.thumbprint = kNew;
    EXPECT_EQ(std::get<RecordState>(done.steps[1].after.front()).record, wanted);
    EXPECT_EQ(std::get<RecordState>(done.steps[1].before.front()).record, records().front());
    ASSERT_TRUE(finding(done, "renewal-replaces"));
    EXPECT_NE(inEnglish(finding(done, "renewal-replaces")->message).find("in 14 days"), std::string::npos);
    EXPECT_FALSE(incompleteRenewal(done));
}

TEST_F(Renewing, ASecondRunFindsEverythingDone)
{
    records().front().thumbprint = kNew;
    put(fresh());
    EXPECT_EQ(ids(plan()), "done:import.certificate done:renew.record.1");
}

TEST_F(Renewing, OfTheAnswersOnlyCertificateAndImportCount)
{
    m_answers.bind.endpoint = "192.0.2.1:8443";
    m_answers.bind.disableTls13 = true;
    m_answers.trust.ctlStore = "another";
    m_answers.require.mode = RequireAnswers::Mode::Ignore;
    m_answers.troubleshoot.flushCrl = true;
    EXPECT_EQ(ids(plan()), "import.certificate renew.record.1");
    EXPECT_EQ(std::get<RecordState>(plan().steps[1].after.front()).record->ctlStore, "iis_client_trust");
}

TEST_F(Renewing, TheRecordsStoreIsWhereTheCertificateGoes)
{
    records().front().store = "webhosting";
    records().push_back(record("0.0.0.0:8443", 'c'));
    records().back().store = "";
    const Plan both = plan();
    EXPECT_EQ(ids(both), "import.certificate import.certificate.my renew.record.1 renew.record.2");
    EXPECT_EQ(std::get<ImportPkcs12>(*both.steps[0].action).store, "WebHosting");
    EXPECT_EQ(std::get<ImportPkcs12>(*both.steps[1].action).store, "MY");
    EXPECT_EQ(std::get<RecordState>(both.steps[2].after.front()).record->store, "webhosting");
    EXPECT_TRUE(finding(both, "renewal-store"));
}

TEST_F(Renewing, SeveralCandidatesAreListed)
{
    Certificate other = m_old;
    other.thumbprintSha1 = std::string(40, 'd');
    put(other);
    records().push_back(record("0.0.0.0:8443", 'd'));
    const Plan open = plan();
    EXPECT_EQ(ids(open), "import.certificate blocked:renew.record");
    for (const std::string& part : {std::string(40, 'c'), std::string(40, 'd'), std::string("0.0.0.0:8443"), std::string("certificate.replaces")})
        EXPECT_NE(reasonOf(open).find(part), std::string::npos) << reasonOf(open);
    m_answers.certificate.replaces = std::string(40, 'd');
    const Plan named = plan();
    EXPECT_EQ(ids(named), "import.certificate renew.record.1");
    EXPECT_EQ(std::get<RecordState>(named.steps[1].after.front()).endpoint, "0.0.0.0:8443");
}

TEST_F(Renewing, WithoutASharedNameItHasToBeNamed)
{
    m_old.dnsNames = {"intranet.example.test"};
    EXPECT_EQ(ids(plan()), "import.certificate blocked:renew.record");
    m_answers.certificate.replaces = m_old.thumbprintSha1;
    const Plan named = plan();
    EXPECT_EQ(ids(named), "import.certificate renew.record.1");
    ASSERT_TRUE(finding(named, "renewal-names-lost"));
    ASSERT_TRUE(finding(named, "renewal-names-added"));
    m_answers.certificate.replaces = std::string(40, 'e');
    EXPECT_EQ(ids(plan()), "import.certificate blocked:renew.record");
    EXPECT_NE(reasonOf(plan()).find(std::string(40, 'e')), std::string::npos);
}

TEST_F(Renewing, AWildcardSharesTheNamesItStandsFor)
{
    m_old.dnsNames = {"*.example.test"};
    EXPECT_EQ(ids(plan()), "import.certificate renew.record.1");
    m_old.dnsNames = {"*.other.test"};
    EXPECT_TRUE(plan().has(StepState::Blocked));
    m_old.dnsNames = {};  // of the days before alternative names
    EXPECT_EQ(ids(plan()), "import.certificate renew.record.1");
}

TEST_F(Renewing, ACertificateThatIsGoneCanBeReplacedByItsThumbprint)
{
    records().front().thumbprint = std::string(40, 'e');
    EXPECT_TRUE(plan().has(StepState::Blocked));
    m_answers.certificate.replaces = std::string(40, 'e');
    EXPECT_EQ(ids(plan()), "import.certificate renew.record.1");
    EXPECT_FALSE(finding(plan(), "renewal-replaces"));
}

TEST_F(Renewing, RecordsOfOthersAreLeftAndNamed)
{
    records().push_back(record("0.0.0.0:49443", 'c'));
    records().back().appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    records().push_back(record("0.0.0.0:9443", 'c'));
    records().back().appId = "{11111111-2222-3333-4444-555555555555}";
    const Plan partly = plan();
    EXPECT_EQ(ids(partly), "import.certificate renew.record.1");
    ASSERT_TRUE(incompleteRenewal(partly));
    const std::string sentence = inEnglish(*incompleteRenewal(partly));
    for (const char* part : {"2 left", "0.0.0.0:49443", "AD FS", "0.0.0.0:9443", "{11111111-2222-3333-4444-555555555555}"})
        EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
    m_accepted = {"unknown-owner"};
    EXPECT_EQ(ids(plan()), "import.certificate renew.record.1 renew.record.2");
    EXPECT_NE(inEnglish(*incompleteRenewal(plan())).find("1 left"), std::string::npos);
    m_accepted.clear();
    // An unknown owner's where a site of IIS answers is the site's.
    m_facts.sites->front().bindings.push_back(bindingFrom("https", "*:9443:", 0));
    EXPECT_EQ(ids(plan()), "import.certificate renew.record.1 renew.record.2");
}

TEST_F(Renewing, WhereAllBelongToOthersNothingIsDone)
{
    records().front().appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    const Plan none = plan();
    EXPECT_EQ(ids(none), "import.certificate blocked:renew.record");
    EXPECT_TRUE(finding(none, kRecordLeft));
}

TEST_F(Renewing, TheComparisonIsInPlainWords)
{
    m_old.dnsNames = {"www.example.test", "old.example.test", "unused.example.test"};
    m_facts.sites->front().bindings.push_back(bindingFrom("https", "*:443:old.example.test", 0));
    m_old.issuer = "CN=Another CA";
    m_old.key = {"RSA", 3072};
    fresh().key = {"RSA", 2048};
    fresh().notAfter = m_old.notAfter - std::chrono::hours(1);
    fresh().publicKeyDer = {2};
    const Plan compared = plan();
    ASSERT_TRUE(finding(compared, "renewal-names-lost"));
    EXPECT_EQ(finding(compared, "renewal-names-lost")->severity, Severity::Error);  // visitors come by old.example.test
    EXPECT_EQ(finding(compared, "renewal-names-lost")->message.values.front(), "old.example.test, unused.example.test");
    for (const char* id : {"renewal-issuer-changed", "renewal-key-changed", "renewal-ends-earlier"})
        ASSERT_TRUE(finding(compared, id)) << id;
    EXPECT_EQ(finding(compared, "renewal-key-changed")->severity, Severity::Warning);
    EXPECT_FALSE(finding(compared, "renewal-same-key"));
    fresh().publicKeyDer = m_old.publicKeyDer;
    EXPECT_TRUE(finding(plan(), "renewal-same-key"));
}

TEST_F(Renewing, WithoutUpdateTheGapIsAnnounced)
{
    m_facts.machine->build = windows_build::kServer2016;
    const Plan old = plan();
    EXPECT_TRUE(std::holds_alternative<SetHttpRecord>(*old.steps[1].action));
    EXPECT_NE(inEnglish(old.steps[1].reason).find("new connections"), std::string::npos);
}

TEST_F(Renewing, WhatACutOffRunTookAwayComesBackRenewed)
{
    SslRecord gone = record("0.0.0.0:8443", 'c');
    gone.checkMode = check_mode::kNoUsageCheck;
    m_earlier.cutRecords = {gone, records().front()};  // the latter is there
    const Plan whole = plan();
    ASSERT_EQ(ids(whole), "import.certificate renew.record.1 renew.record.2");
    gone.thumbprint = kNew;
    EXPECT_EQ(std::get<RecordState>(whole.steps[2].after.front()).record, gone);
    EXPECT_FALSE(std::get<RecordState>(whole.steps[2].before.front()).record);
}

TEST_F(Renewing, ARequestTakesTheNamesOfTheOldCertificate)
{
    m_answers.certificate.source = CertificateAnswers::Source::Request;
    m_answers.certificate.requestFile = "C:\\pki\\new.req";
    m_materials.pkcs12.reset();
    for (const char* file : {"C:\\pki\\new.req", "C:\\pki\\new.inf"}) m_facts.files[file] = {std::optional<Bytes>(), support::kNow};
    m_old.der.clear();
    const Plan request = plan();
    ASSERT_EQ(ids(request), "certificate.policy certificate.request waiting:import.accept waiting:renew.record.1") << reasonOf(request);
    EXPECT_NE(std::get<RequestState>(request.steps[1].after.front()).names.find("www.example.test"), std::string::npos);
}

TEST_F(Renewing, WhatCannotBeReadBlocks)
{
    m_facts.records = {Error{ErrorCode::Denied, {"no rights", {}}, "x"}, support::kNow};
    EXPECT_EQ(ids(plan()), "blocked:renew.record");
    m_facts.records = {std::vector<SslRecord>{}, support::kNow};
    EXPECT_EQ(ids(plan()), "import.certificate blocked:renew.record");
    m_materials.pkcs12.emplace(Error{ErrorCode::WrongPassword, {"wrong password", {}}, "x"});
    records().push_back(record("0.0.0.0:443", 'c'));
    EXPECT_EQ(ids(plan()), "blocked:import.certificate blocked:renew.record");
    EXPECT_EQ(reasonOf(plan()), "wrong password");
}

}  // namespace
}  // namespace monban
