// SPDX-License-Identifier: MIT
#include "core/plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/plan/endpoint.h"
#include "core/plan/record_command.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using support::become;
using support::freshFacts;
using support::materials;

Plan planned(const Facts& facts, const Answers& answers = {}, std::set<std::string> accepted = {})
{
    const Materials m = materials();
    return planSetup({answers, m, facts, std::move(accepted)});
}

std::vector<std::string> ids(const Plan& plan, StepState state)
{
    std::vector<std::string> list;
    for (const Step& step : plan.steps)
        if (step.state == state) list.push_back(step.id);
    return list;
}

const Step& stepOf(const Plan& plan, const std::string& id)
{
    for (const Step& step : plan.steps)
        if (step.id == id) return step;
    throw std::out_of_range(id);
}

std::vector<std::string> argumentsOf(const Plan& plan, const std::string& id) { return std::get<Command>(*stepOf(plan, id).action).arguments; }

TEST(PlanSetup, DoesTheWhitepapersChaptersInTheirOrder)
{
    const Plan plan = planned(freshFacts());
    EXPECT_EQ(ids(plan, StepState::Needed),
              (std::vector<std::string>{"import.certificate", "trust.ctl", "trust.root", "bind.site", "bind.record", "bind.issuer-list", "require.access"}));
    EXPECT_EQ(argumentsOf(plan, "trust.ctl"), (std::vector<std::string>{"-f", "-addstore", "iis_client_trust", "C:\\pki\\ia1.der"}));
    EXPECT_EQ(argumentsOf(plan, "bind.record"),
              (std::vector<std::string>{"http", "add", "sslcert", "ipport=0.0.0.0:443", "certhash=" + std::string(40, 'b'),
                                        std::string("appid=") + kIisAppId, "certstorename=MY", "verifyclientcertrevocation=enable",
                                        "sslctlstorename=iis_client_trust", "clientcertnegotiation=enable"}));
    EXPECT_EQ(argumentsOf(plan, "require.access"),
              (std::vector<std::string>{"set", "config", "Default Web Site", "/section:access", "/sslFlags:Ssl,SslNegotiateCert,SslRequireCert", "/commit:apphost"}));
}

TEST(PlanSetup, RunsSystemToolsByTheirFullPath)
{
    for (const Step& step : planned(freshFacts()).steps) {
        const auto* command = step.action ? std::get_if<Command>(&*step.action) : nullptr;
        EXPECT_TRUE(!command || command->program.starts_with("C:\\Windows\\System32\\")) << step.id;
    }
}

TEST(PlanSetup, EveryNeededStepCanBeUndone)
{
    for (const Step& step : planned(freshFacts()).steps) EXPECT_TRUE(step.undo) << step.id;
}

TEST(PlanSetup, HasNothingToDoOnceItWasDone)
{
    Facts facts = freshFacts();
    become(facts, planned(facts));
    const Plan again = planned(facts);
    EXPECT_EQ(ids(again, StepState::Done).size(), again.steps.size());
}

TEST(PlanSetup, NeedsExactlyWhatIsMissing)
{
    Facts facts = freshFacts();
    become(facts, planned(facts));
    facts.stores.erase("iis_client_trust");
    EXPECT_EQ(ids(planned(facts), StepState::Needed), std::vector<std::string>{"trust.ctl"});
}

TEST(PlanSetup, KeepsEverySettingOfARecordThatExists)
{
    Facts facts = freshFacts();
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = kZeroAppId;
    record.thumbprint = std::string(40, 'c');
    record.store = "My";
    record.checkMode = check_mode::kNoRevocationCheck | check_mode::kNoUsageCheck | check_mode::kUseFreshnessTime;
    record.freshnessSeconds = 3600;
    record.timeoutMilliseconds = 5000;
    record.ctlIdentifier = "old";
    record.flags = record_flags::kDsMapper | record_flags::kDisableQuic;
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:443:", 0));
    facts.records->push_back(record);
    const Plan plan = planned(facts);
    const auto wanted = *std::get<RecordState>(stepOf(plan, "bind.record").after.front()).record;
    SslRecord expected = record;
    expected.thumbprint = std::string(40, 'b');
    expected.ctlStore = "iis_client_trust";
    expected.flags |= record_flags::kNegotiateClientCertificate;
    EXPECT_EQ(wanted, expected);
    EXPECT_EQ(argumentsOf(plan, "bind.record")[1], "update");
}

TEST(PlanSetup, TakesOverARecordWithoutOwnerOnlyWhereIisAnswersOrItWasAccepted)
{
    for (const char* id : {kZeroAppId, "{12345678-1234-1234-1234-123456789abc}"}) {
        Facts facts = freshFacts();
        SslRecord record;
        record.endpoint = "0.0.0.0:443";
        record.appId = id;
        facts.records->push_back(record);
        EXPECT_EQ(ids(planned(facts), StepState::Blocked), std::vector<std::string>{"bind.record"}) << id;
        EXPECT_TRUE(ids(planned(facts, {}, {"unknown-owner"}), StepState::Blocked).empty()) << id;
        facts.sites->front().bindings.push_back(bindingFrom("https", "*:443:", 0));
        const Plan plan = planned(facts);
        EXPECT_TRUE(ids(plan, StepState::Blocked).empty()) << id;
        EXPECT_EQ(std::get<RecordState>(stepOf(plan, "bind.record").after.front()).record->appId, id);
    }
}

TEST(PlanSetup, HoldsBackWhatShutsOutWhoeverComesByAnotherBinding)
{
    Facts facts = freshFacts();
    SslRecord other;
    other.endpoint = "0.0.0.0:8443";
    other.appId = kIisAppId;
    other.thumbprint = std::string(40, 'c');
    facts.records->push_back(other);
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    EXPECT_EQ(ids(planned(facts), StepState::Blocked), std::vector<std::string>{"require.access"}) << "TLS 1.3 knows no later";
    EXPECT_TRUE(ids(planned(facts, {}, {"late-request"}), StepState::Blocked).empty());
    Answers answers;
    answers.troubleshoot.mend = {"late-request"};
    const Plan mended = planned(facts, answers);
    EXPECT_TRUE(ids(mended, StepState::Blocked).empty());
    EXPECT_TRUE(std::get<RecordState>(stepOf(mended, "mend.late-request.1").after.front()).record->negotiatesClientCertificate());
    EXPECT_EQ(mended.steps.back().id, "require.access") << "once all of them ask in time";
    answers = {};
    answers.require.mode = RequireAnswers::Mode::Accept;
    EXPECT_EQ(ids(planned(facts, answers), StepState::Blocked), std::vector<std::string>{"require.access"}) << "it asks there, too";
    answers.require.mode = RequireAnswers::Mode::Ignore;
    EXPECT_TRUE(ids(planned(facts, answers), StepState::Blocked).empty());
    answers = {};
    answers.bind.endpoint = "0.0.0.0:8443";
    EXPECT_TRUE(ids(planned(facts, answers), StepState::Blocked).empty()) << "the plan itself lets it ask in time";

    facts.records->front().flags = record_flags::kDisableTls13;
    const auto told = planned(facts);
    EXPECT_TRUE(ids(told, StepState::Blocked).empty());
    EXPECT_TRUE(std::ranges::any_of(told.pitfalls, [](const Finding& one) { return one.id == "late-request" && one.severity == Severity::Warning; }));
    facts.records->front().flags = record_flags::kNegotiateClientCertificate;
    EXPECT_TRUE(ids(planned(facts), StepState::Blocked).empty());

    facts.sites->front().bindings.back().sslFlags = binding_flags::kSni | binding_flags::kCentralStore;
    EXPECT_EQ(ids(planned(facts), StepState::Blocked), std::vector<std::string>{"require.access"}) << "the central store never asks";
    EXPECT_TRUE(ids(planned(facts, {}, {"ccs-cannot-negotiate"}), StepState::Blocked).empty());
}

TEST(PlanSetup, WhatWaitsForTheCaWaitsAlsoBesideALateRecord)
{
    Facts facts = freshFacts();
    SslRecord other;
    other.endpoint = "0.0.0.0:8443";
    other.appId = kIisAppId;
    facts.records->push_back(other);
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    Answers answers;
    answers.certificate.source = CertificateAnswers::Source::Request;
    answers.certificate.commonName = "www.example.test";
    answers.certificate.requestFile = "C:\\pki\\www.req";
    EXPECT_TRUE(ids(planned(facts, answers), StepState::Blocked).empty());
    EXPECT_EQ(stepOf(planned(facts, answers), "require.access").state, StepState::Waiting);
}

TEST(PlanSetup, WritesTheRecordItselfWhereNetshLacksAParameter)
{
    Facts facts = freshFacts();
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = kIisAppId;
    record.flags = record_flags::kCacheClientHello;
    facts.records->push_back(record);
    const Plan plan = planned(facts);
    ASSERT_TRUE(std::holds_alternative<SetHttpRecord>(*stepOf(plan, "bind.record").action));
    EXPECT_TRUE(std::get<SetHttpRecord>(*stepOf(plan, "bind.record").action).record->flags & record_flags::kCacheClientHello);
}

TEST(PlanSetup, DeletesAndAddsWhereNetshCannotUpdate)
{
    Facts facts = freshFacts(windows_build::kServer2016);
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = kIisAppId;
    facts.records->push_back(record);
    const Plan plan = planned(facts);
    EXPECT_EQ(argumentsOf(plan, "bind.record.delete")[1], "delete");
    EXPECT_EQ(argumentsOf(plan, "bind.record")[1], "add");
    EXPECT_FALSE(std::get<RecordState>(stepOf(plan, "bind.record").before.front()).record) << "the step before took it away";
}

TEST(PlanSetup, NeverTouchesARecordOfAnotherProduct)
{
    Facts facts = freshFacts();
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    facts.records->push_back(record);
    const Plan plan = planned(facts);
    EXPECT_EQ(ids(plan, StepState::Blocked), std::vector<std::string>{"bind.record"});
    EXPECT_NE(inEnglish(stepOf(plan, "bind.record").reason).find("AD FS"), std::string::npos);
}

TEST(PlanSetup, PutsOnlyASelfSignedCaIntoTheTrustedRoots)
{
    const Facts facts = freshFacts();
    Materials m = materials();
    (**m.root).certificate.issuer = "CN=Another CA";
    (**m.root).certificate.selfSigned = false;
    EXPECT_EQ(ids(planSetup({Answers{}, m, facts, {}}), StepState::Blocked), (std::vector<std::string>{"trust.ctl", "trust.root", "require.access"}));
}

TEST(PlanSetup, NeverImportsTheRootOfTheFileIntoTheTrustedRoots)
{
    const Plan plan = planned(freshFacts());
    EXPECT_TRUE(std::get<ImportPkcs12>(*stepOf(plan, "import.certificate").action).chain.empty());
}

TEST(PlanSetup, RefusesAFileThatServer2016CannotRead)
{
    Materials m = materials();
    (**m.pkcs12).needsModernWindows = true;
    const Facts old = freshFacts(windows_build::kServer2016);
    EXPECT_EQ(ids(planSetup({Answers{}, m, old, {}}), StepState::Blocked), std::vector<std::string>{"import.certificate"});
    const Facts modern = freshFacts(windows_build::kServer2019);
    EXPECT_TRUE(ids(planSetup({Answers{}, m, modern, {}}), StepState::Blocked).empty());
}

TEST(PlanSetup, SaysUnknownWhereAStoreCannotBeRead)
{
    Facts facts = freshFacts();
    facts.stores["ROOT"] = {Error{ErrorCode::Denied, {"no", {}}, ""}, support::kNow};
    const Plan plan = planned(facts);
    EXPECT_EQ(ids(plan, StepState::Unknown), std::vector<std::string>{"trust.root"});
}

TEST(PlanSetup, BlocksEverythingWithoutRights)
{
    Facts facts = freshFacts();
    facts.machine->elevated = false;
    const Plan plan = planned(facts);
    EXPECT_EQ(ids(plan, StepState::Blocked).size(), plan.steps.size());
    for (const Step& step : plan.steps) EXPECT_TRUE(step.action && step.lacksRights) << step.id << " can be read before";
    facts.machine->elevated = true;
    EXPECT_EQ(digestOf(planned(facts)), digestOf(plan)) << "rights are no part of what is approved";
}

TEST(PlanSetup, BlocksNothingThatIsDoneAlready)
{
    Facts facts = freshFacts();
    become(facts, planned(facts));
    facts.machine->elevated = false;
    const Plan plan = planned(facts);
    EXPECT_EQ(ids(plan, StepState::Done).size(), plan.steps.size());
    EXPECT_TRUE(plan.steps.front().reason.empty());
}

TEST(PlanSetup, DoesNotRequireCertificatesWhileTheRevocationListIsOverdue)
{
    Facts facts = freshFacts();
    Crl crl;
    crl.nextUpdate = support::kNow - std::chrono::hours(1);
    facts.distributionPoints.push_back({"http://ca.test/ia1.crl", {crl, support::kNow}});
    EXPECT_EQ(ids(planned(facts), StepState::Blocked), std::vector<std::string>{"require.access"});
    EXPECT_TRUE(ids(planned(facts, {}, {"crl-expired"}), StepState::Blocked).empty());
    Answers unchecked;
    unchecked.bind.checkRevocation = false;
    EXPECT_TRUE(ids(planned(facts, unchecked), StepState::Blocked).empty()) << "nobody would look at the list";
}

TEST(PlanSetup, KeepsAccessFlagsNobodyAskedAbout)
{
    Facts facts = freshFacts();
    facts.sites->front().access.front() = Access{"Default Web Site", access_flags::kMapCert, false};
    EXPECT_EQ(argumentsOf(planned(facts), "require.access")[4], "/sslFlags:Ssl,SslNegotiateCert,SslRequireCert,SslMapCert");
}

TEST(PlanSetup, ChangesItsDigestWithWhatItRestsOn)
{
    const Facts facts = freshFacts();
    const std::string digest = digestOf(planned(facts));
    EXPECT_EQ(digestOf(planned(facts)), digest);
    Materials m = materials();
    (**m.pkcs12).sha256[0] = 'f';
    EXPECT_NE(digestOf(planSetup({Answers{}, m, facts, {}})), digest) << "another file under the same name";
    Facts moved = facts;
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = kIisAppId;
    moved.records->push_back(record);
    EXPECT_NE(digestOf(planned(moved)), digest);
}

TEST(RecordCommand, LeavesZeroTimersOut)
{
    SslRecord record;
    record.endpoint = "[::]:443";
    record.appId = kIisAppId;
    for (const std::string& argument : netshWrite("netsh", "add", record).arguments) EXPECT_EQ(argument.find("time"), std::string::npos) << argument;
}

TEST(Endpoint, TakesAddressesAndHostNamesOnly)
{
    EXPECT_EQ(addressEndpoint("0.0.0.0:443")->bindingInformation(), "*:443:");
    EXPECT_EQ(addressEndpoint("[2001:DB8::1]:8443")->text(), "[2001:db8::1]:8443");
    EXPECT_EQ(hostEndpoint("WWW.Example.test:443")->bindingInformation(), "*:443:www.example.test");
    for (const char* wrong : {"", "443", "0.0.0.0", "0.0.0.0:0", "0.0.0.0:65536", "0.0.0.0:443x", "256.1.1.1:443", "::1:443", "a b:443", "[]:443"})
        EXPECT_FALSE(addressEndpoint(wrong)) << wrong;
    for (const char* wrong : {":443", "a b:443", "x\"y:443", "-a:443", "a..b:443", "a&b:443"}) EXPECT_FALSE(hostEndpoint(wrong)) << wrong;
}

TEST(ByHand, WritesATextFileLineByLineWithQuotesAsTheyAre)
{
    const Bytes wide{0xFF, 0xFE, '"', 0, '\'', 0, 0x19, 0x20, '\r', 0, '\n', 0, 'x', 0, '\r', 0, '\n', 0};
    EXPECT_EQ(byHand(WriteFile{"C:\\a b.inf", wide}).powerShell, "Set-Content -LiteralPath 'C:\\a b.inf' -Encoding Unicode -Value '\"''\u2019\u2019','x'");
    const Bytes marked{0xEF, 0xBB, 0xBF, 'a', '\r', '\n'};
    EXPECT_EQ(byHand(WriteFile{"C:\\a", marked}).powerShell, "Set-Content -LiteralPath 'C:\\a' -Encoding UTF8 -Value 'a'");
    for (const Bytes& other : {Bytes{'a', '\r', '\n'}, Bytes{0xEF, 0xBB, 0xBF, 'a'}, Bytes{0xEF, 0xBB, 0xBF, 'a', '\n'}})
        EXPECT_TRUE(byHand(WriteFile{"C:\\a", other}).powerShell->starts_with("[IO.File]::WriteAllBytes("));
}

TEST(PlanSetup, TrustsAPracticeCaOnPracticeServersOnly)
{
    Materials materials = support::materials();
    (*materials.root)->certificate.isPractice = true;
    Facts facts = support::freshFacts();
    const Plan refused = planSetup({Answers{}, materials, facts, {}});
    for (const Step& step : refused.steps) {
        EXPECT_EQ(step.state, StepState::Blocked) << step.id;
        EXPECT_NE(inEnglish(step.reason).find("practice server"), std::string::npos) << step.id;
    }
    facts.machine->practice = true;
    EXPECT_FALSE(planSetup({Answers{}, materials, facts, {}}).has(StepState::Blocked));
}

TEST(PlanSetup, StartsAgainWhatStopsWithTheCryptographicServices)
{
    Answers answers;
    answers.troubleshoot.flushCrl = true;
    Facts facts = support::freshFacts();
    facts.crlCache = {CrlCacheFacts{0, 1}, support::kNow};
    facts.services["cryptsvc"] = {true, support::kNow};
    facts.services["first"] = {true, support::kNow};
    facts.services["idle"] = {false, support::kNow};
    facts.services["last"] = {true, support::kNow};
    facts.dependents["cryptsvc"] = {"first", "idle", "last"};
    const Plan plan = planSetup({answers, support::materials(), facts, {}});
    std::string needed;
    for (const Step& step : plan.steps)
        if (step.chapter == Chapter::Troubleshoot && step.state == StepState::Needed) needed += step.id + " ";
    EXPECT_EQ(needed,
              "troubleshoot.flush-crl.stop troubleshoot.flush-crl.resync troubleshoot.flush-crl.start troubleshoot.flush-crl.start-last "
              "troubleshoot.flush-crl.start-first ");
}

}  // namespace
}  // namespace monban
