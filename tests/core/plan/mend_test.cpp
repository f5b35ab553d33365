// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <set>

#include "core/observe/pitfalls.h"
#include "core/plan/plan.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using support::become;
using support::freshFacts;
using support::materials;

Plan planned(const Facts& facts, std::vector<std::string> mend, const Materials& m = materials(), std::set<std::string> accepted = {})
{
    Answers answers;
    answers.troubleshoot.mend = std::move(mend);
    return planSetup({answers, m, facts, std::move(accepted)});
}

Facts setUp(int build = windows_build::kServer2022)
{
    Facts facts = freshFacts(build);
    become(facts, planned(facts, {}));
    return facts;
}

/// What mending adds to a plan that has nothing else to do.
std::vector<Step> mending(const Facts& facts, std::vector<std::string> mend)
{
    std::vector<Step> steps = planned(facts, std::move(mend)).steps;
    std::erase_if(steps, [](const Step& step) { return step.chapter != Chapter::Troubleshoot; });
    return steps;
}

std::vector<std::string> found(const Facts& facts)
{
    std::vector<std::string> ids;
    for (const Finding& finding : pitfalls(facts)) ids.push_back(finding.id);
    return ids;
}

void makeTrue(Facts& facts, const std::vector<Step>& steps)
{
    for (const Step& step : steps)
        for (const State& state : step.after) become(facts, state);
}

SslRecord another(const Facts& facts, const std::string& endpoint)
{
    SslRecord record = facts.records->front();
    record.endpoint = endpoint;
    return record;
}

using Ids = std::vector<std::string>;

TEST(Mending, DoesNothingThatIsNotAsked)
{
    Facts facts = setUp();
    facts.records->front().checkMode = check_mode::kNoRevocationCheck;
    EXPECT_TRUE(mending(facts, {}).empty());
    EXPECT_TRUE(mending(facts, {"usage-not-checked"}).empty()) << "that pitfall is not there";
}

TEST(Mending, MovesACertificateOutOfTheTrustedRootsAndBack)
{
    Facts facts = setUp();
    facts.stores["ROOT"]->push_back({support::serverCertificate(), "", KeyState::None});
    const auto steps = mending(facts, {"root-not-self-signed"});
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(steps[0].state, StepState::Needed);
    const std::string thumbprint(40, 'b');
    const auto& command = std::get<Command>(*steps[0].action);
    EXPECT_EQ(command.program, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe");
    EXPECT_EQ(command.arguments.back(), "Move-Item -LiteralPath Cert:\\LocalMachine\\ROOT\\" + thumbprint + " -Destination Cert:\\LocalMachine\\CA");
    ASSERT_TRUE(steps[0].undo);
    EXPECT_EQ(std::get<Command>(*steps[0].undo).arguments.back(),
              "Move-Item -LiteralPath Cert:\\LocalMachine\\CA\\" + thumbprint + " -Destination Cert:\\LocalMachine\\ROOT");
    makeTrue(facts, steps);
    EXPECT_EQ(found(facts), Ids{});
    facts = setUp();
    facts.stores["ROOT"]->push_back({support::serverCertificate(), "", KeyState::None});
    facts.stores["CA"] = {std::vector{StoredCertificate{support::serverCertificate(), "", KeyState::None}}, support::kNow};
    EXPECT_EQ(std::get<Command>(*mending(facts, {"root-not-self-signed"}).at(0).action).arguments,
              (std::vector<std::string>{"-delstore", "ROOT", thumbprint}))
        << "one that is in CA already only has to leave";
}

TEST(Mending, LetsEachRecordOfTheSiteNegotiate)
{
    Facts facts = setUp();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    facts.records->push_back(another(facts, "0.0.0.0:8443"));
    facts.records->back().flags = record_flags::kDisableQuic;
    const auto steps = mending(facts, {"late-request", "bindings-negotiate-differently"});
    ASSERT_EQ(steps.size(), 1u) << "one change serves both";
    const auto wanted = *std::get<RecordState>(steps[0].after.front()).record;
    EXPECT_EQ(wanted.flags, record_flags::kDisableQuic | record_flags::kNegotiateClientCertificate) << "all else is kept";
    EXPECT_EQ(std::get<Command>(*steps[0].action).arguments[1], "update");
    ASSERT_TRUE(steps[0].undo);
    makeTrue(facts, steps);
    EXPECT_EQ(found(facts), Ids{});
}

TEST(Mending, PutsSeveralChangesOfOneRecordOneAfterAnother)
{
    Facts facts = setUp();
    facts.records->front().checkMode = check_mode::kNoRevocationCheck | check_mode::kNoUsageCheck;
    const auto steps = mending(facts, {"revocation-not-checked", "usage-not-checked"});
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(std::get<RecordState>(steps[0].after.front()).record->checkMode, check_mode::kNoUsageCheck);
    EXPECT_EQ(std::get<RecordState>(steps[1].after.front()).record->checkMode, 0u);
    EXPECT_TRUE(steps[1].ordered);
}

TEST(Mending, LeavesRecordsOfOthersAlone)
{
    Facts facts = setUp();
    facts.records->push_back(another(facts, "0.0.0.0:8443"));
    SslRecord& record = facts.records->back();
    record.checkMode = check_mode::kNoRevocationCheck;
    record.appId = "{11111111-2222-3333-4444-555555555555}";
    EXPECT_EQ(mending(facts, {"revocation-not-checked"}).at(0).state, StepState::Blocked) << "nobody knows whose it is";
    EXPECT_TRUE(std::ranges::any_of(planned(facts, {"revocation-not-checked"}, materials()).pitfalls, [](const Finding& one) { return one.acceptedBy == "unknown-owner"; }));
    EXPECT_EQ(planned(facts, {"revocation-not-checked"}, materials(), {"unknown-owner"}).steps.back().state, StepState::Needed);
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:", 0));
    EXPECT_EQ(mending(facts, {"revocation-not-checked"}).at(0).state, StepState::Needed) << "IIS answers there";
    record.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    record.flags = 0;
    EXPECT_TRUE(mending(facts, {"revocation-not-checked"}).empty());
    EXPECT_TRUE(mending(facts, {"late-request"}).empty());
}

TEST(Mending, NamesTheCtlStoreOfTheAnswersOnlyIfItHoldsACa)
{
    Facts facts = setUp();
    facts.records->push_back(another(facts, "0.0.0.0:8443"));
    facts.records->back().ctlStore.clear();
    const auto steps = mending(facts, {"issuer-list-is-root"});
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(std::get<RecordState>(steps[0].after.front()).record->ctlStore, "iis_client_trust");
    facts.stores.erase("iis_client_trust");
    EXPECT_EQ(mending(facts, {"issuer-list-is-root"}).at(0).state, StepState::Needed) << "the plan fills it first";
    Materials none = materials();
    none.root.reset();
    EXPECT_EQ(planned(facts, {"issuer-list-is-root"}, none).steps.back().state, StepState::Blocked);
}

TEST(Mending, FillsTheCtlStoreARecordNames)
{
    Facts facts = setUp();
    facts.records->push_back(another(facts, "0.0.0.0:8443"));
    facts.records->back().ctlStore = "partners";
    const auto steps = mending(facts, {"ctl-store-missing", "ctl-store-empty"});
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(std::get<Command>(*steps[0].action).arguments, (std::vector<std::string>{"-f", "-addstore", "partners", "C:\\pki\\ia1.der"}));
    facts.records->back().ctlStore = "-partners";
    EXPECT_EQ(mending(facts, {"ctl-store-missing"}).at(0).state, StepState::Blocked);
}

TEST(Mending, SetsTheRightRegistryValueAndRemovesTheWrongOne)
{
    Facts facts = setUp();
    facts.schannel->sendTrustedIssuerList.reset();
    facts.schannel->otherValues = {{kSchannelKey, "SendTrustedIssuers", "REG_DWORD", "1"}};
    const auto steps = mending(facts, {"registry-value-misspelt"});
    ASSERT_EQ(steps.size(), 1u) << "the plan's own step sets the right one";
    EXPECT_EQ(std::get<Command>(*steps[0].action).arguments,
              (std::vector<std::string>{"delete", kSchannelKey, "/v", "SendTrustedIssuers", "/f"}));
    ASSERT_TRUE(steps[0].undo);
    EXPECT_EQ(std::get<Command>(*steps[0].undo).arguments,
              (std::vector<std::string>{"add", kSchannelKey, "/v", "SendTrustedIssuers", "/t", "REG_DWORD", "/d", "1", "/f"}));
    facts.schannel->otherValues = {{kSchannelKey, "ClientAuthTrustModes", "REG_SZ", "2"}};
    const auto mode = mending(facts, {"registry-value-misspelt"});
    ASSERT_EQ(mode.size(), 2u);
    EXPECT_EQ(std::get<RegistryState>(mode[0].after.front()), (RegistryState{"ClientAuthTrustMode", 2}));
    EXPECT_EQ(std::get<Command>(*mode[1].undo).arguments,
              (std::vector<std::string>{"add", kSchannelKey, "/v", "ClientAuthTrustModes", "/t", "REG_SZ", "/d", "2", "/f"}));
    facts.schannel->otherValues = {{kSchannelKey, "ClientAuthTrustMode", "REG_SZ", "two"}};
    EXPECT_EQ(mending(facts, {"registry-value-misspelt"}).at(0).state, StepState::Blocked) << "nobody knows what was meant";
    facts.schannel->otherValues = {{kSchannelKey, "ClientAuthTrustMode", "REG_SZ", "1"}};
    const auto type = mending(facts, {"registry-value-misspelt"});
    ASSERT_EQ(type.size(), 1u);
    EXPECT_EQ(std::get<Command>(*type[0].undo).arguments,
              (std::vector<std::string>{"add", kSchannelKey, "/v", "ClientAuthTrustMode", "/t", "REG_SZ", "/d", "1", "/f"}));
}

TEST(Mending, ResetsTheTrustMode)
{
    Facts facts = setUp();
    facts.schannel->clientAuthTrustMode = 2;
    const auto steps = mending(facts, {"client-auth-trust-mode"});
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(steps[0].effect, TakesEffect::Restart);
    makeTrue(facts, steps);
    EXPECT_EQ(found(facts), Ids{});
}

TEST(Mending, SetsTheSniFlag)
{
    Facts facts = setUp();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:8443:www.example.test", 16));
    facts.records->push_back(another(facts, "www.example.test:8443"));
    facts.records->back().family = RecordFamily::HostNamePort;
    const auto steps = mending(facts, {"sni-flag-missing"});
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(std::get<BindingState>(steps[0].after.front()).sslFlags, 17u);
    makeTrue(facts, steps);
    EXPECT_EQ(found(facts), Ids{});
}

TEST(Mending, EveryMendableFindingHasItsWordInTheAnswers)
{
    std::set<std::string> words(std::begin(kMendablePitfalls), std::end(kMendablePitfalls));
    Facts facts = setUp();
    facts.stores["ROOT"]->push_back({support::serverCertificate(), "", KeyState::None});
    facts.stores["partners"] = {std::vector<StoredCertificate>{}, support::kNow};
    for (const char* store : {"", "partners", "nowhere"}) {
        facts.records->push_back(another(facts, "0.0.0.0:8443"));
        facts.records->back().ctlStore = store;
        facts.records->back().checkMode = check_mode::kNoRevocationCheck | check_mode::kNoUsageCheck;
    }
    facts.records->push_back(another(facts, "0.0.0.0:9443"));
    facts.records->back().flags = 0;
    facts.records->push_back(another(facts, "www.example.test:7443"));
    facts.records->back().family = RecordFamily::HostNamePort;
    for (const char* binding : {"*:9443:", "*:7443:www.example.test"}) facts.sites->front().bindings.push_back(bindingFrom("https", binding, 0));
    facts.schannel->clientAuthTrustMode = 1;
    facts.schannel->otherValues = {{kSchannelKey, "SendTrustedIssuers", "REG_DWORD", "1"}};
    facts.records->front().ctlStore = "others";
    Certificate other = support::rootCa();
    other.subject = other.issuer = "CN=Other";
    other.thumbprintSha1 = std::string(40, 'e');
    facts.stores["others"] = {std::vector{StoredCertificate{other, "", KeyState::None}}, support::kNow};
    const Plan plan = planned(facts, {words.begin(), words.end()});
    for (const Finding& finding : plan.pitfalls)
        EXPECT_TRUE(!finding.mendable || words.contains(finding.id)) << finding.id;
    std::set<std::string> mended;
    for (const Step& step : plan.steps)
        if (step.id.starts_with("mend.")) mended.insert(step.id.substr(5, step.id.rfind('.') - 5));
    EXPECT_TRUE(mended.erase("bindings-negotiate-differently"));  // the same change as late-request, named first
    words.erase("bindings-negotiate-differently");
    words.erase("late-request");
    EXPECT_EQ(mended, words);
}

TEST(PlanPitfalls, NameACtlStoreWithoutTheRootThatIsMeant)
{
    Facts facts = setUp();
    const auto ids = [&] {
        std::set<std::string> all;
        for (const Finding& finding : planned(facts, {}).pitfalls) all.insert(finding.id);
        return all;
    };
    EXPECT_EQ(ids(), std::set<std::string>{});
    Certificate& there = facts.stores["iis_client_trust"]->front().certificate;
    there.thumbprintSha1 = std::string(40, 'e');
    EXPECT_TRUE(ids().contains("ctl-root-missing"));
    there.publicKeyDer = {1};
    EXPECT_TRUE(ids().contains("ctl-root-missing"));
    Materials renewed = materials();
    (**renewed.root).certificate.publicKeyDer = {1};
    for (const Finding& finding : planned(facts, {}, renewed).pitfalls) EXPECT_NE(finding.id, "ctl-root-missing") << "the same CA, renewed";
}

TEST(PlanPitfalls, JudgeTheRevocationListOfTheClientCertificate)
{
    const auto ids = [](std::vector<std::string> urls, std::optional<bool> check = std::nullopt) {
        Materials m = materials();
        m.client = support::certificate("somebody", 'e');
        m.client->crlUrls = std::move(urls);
        Answers answers;
        answers.bind.checkRevocation = check;
        const Facts facts = freshFacts();
        std::vector<std::string> all;
        for (const Finding& finding : planSetup({answers, m, facts, {}}).pitfalls) all.push_back(finding.id);
        return all;
    };
    EXPECT_EQ(ids({"http://pki.example.test/a.crl"}), Ids{});
    EXPECT_EQ(ids({"ldap://dc/CN=a"}), Ids{"crl-only-ldap"});
    EXPECT_EQ(ids({}), Ids{"crl-none"});
    EXPECT_EQ(ids({}, false), Ids{});
}

TEST(PlanPitfalls, SharedConfigurationBlocksWhatWouldChangeIt)
{
    Facts facts = freshFacts();
    facts.sharedConfiguration = {std::optional<std::string>("\\\\farm\\iis"), support::kNow};
    const Plan plan = planned(facts, {});
    ASSERT_EQ(plan.pitfalls.size(), 1u);
    EXPECT_EQ(plan.pitfalls[0].severity, Severity::Error);
    for (const Step& step : plan.steps) {
        const bool iis = step.chapter == Chapter::Bind || step.chapter == Chapter::Require;
        EXPECT_EQ(step.state, iis ? StepState::Blocked : StepState::Needed) << step.id;
    }
    facts.sharedConfiguration = {Error{ErrorCode::Damaged, {"broken", {}}, ""}, support::kNow};
    EXPECT_TRUE(planned(facts, {}).has(StepState::Blocked)) << "nobody knows";
}

TEST(PlanPitfalls, AWebConfigThatDecidesBlocksWhatWouldHaveNoEffect)
{
    Facts facts = setUp();
    Access& access = facts.sites->front().access.front();
    access = Access{"Default Web Site", 0, false, "C:\\inetpub\\wwwroot\\web.config", 104};
    Plan plan = planned(facts, {});
    EXPECT_EQ(plan.steps.back().state, StepState::Blocked);
    EXPECT_NE(inEnglish(plan.steps.back().reason).find("web.config"), std::string::npos);
    access.flags = 104;
    EXPECT_EQ(planned(facts, {}).steps.back().state, StepState::Done) << "it wants the same";
}

}  // namespace
}  // namespace monban
