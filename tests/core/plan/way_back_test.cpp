// SPDX-License-Identifier: MIT
// The ways back from a set-up: taking it off a site, removing what is old, and putting back what somebody changed.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/plan/drift.h"
#include "core/plan/removal.h"
#include "core/plan/retirement.h"
#include "tests/support/values.h"

namespace monban {
namespace {

const std::string kOther(40, 'd');

/// A server on which the set-up has run, with what the journal knows of it.
class WayBack : public testing::Test {
protected:
    explicit WayBack(int build = windows_build::kServer2022) : m_facts(support::freshFacts(build)) {}

    void setUp()
    {
        const Plan plan = planSetup({Answers{}, m_materials, m_facts, {}});
        for (const Step& step : plan.steps)
            for (std::size_t i = 0; i < step.after.size(); ++i) {
                if (m_remembers) m_earlier.changed.try_emplace(subjectOf(step.after[i]), EarlierRuns::Changed{step.before[i], step.after[i]}).first->second.left = step.after[i];
                m_earlier.approved.push_back({step.after[i], "0001", support::kNow});
                if (auto* certificate = std::get_if<CertificateState>(&m_earlier.approved.back().state)) certificate->der = {1, 2, 3};
            }
        support::become(m_facts, plan);
        m_earlier.folder = "C:\\ProgramData\\Monban\\journal";
    }
    Plan plan(PlanKind kind, const Answers& answers = {}) const { return planOf(kind, {answers, m_materials, m_facts, {}, m_earlier}); }
    SslRecord& record() { return m_facts.records->front(); }
    Site& site() { return m_facts.sites->front(); }
    void put(const std::string& store, Certificate certificate, KeyState key = KeyState::None)
    {
        std::vector<StoredCertificate> all;
        if (const auto seen = storeOf(m_facts, store)) all.assign(seen->begin(), seen->end());
        all.push_back({std::move(certificate), "", key});
        m_facts.stores[store] = {all, support::kNow};
    }
    static std::string ids(const Plan& plan)
    {
        std::string text;
        for (const Step& step : plan.steps) text += (text.empty() ? "" : " ") + step.id + (step.state == StepState::Needed ? "" : std::string("=") + name(step.state));
        return text;
    }
    static bool has(const Plan& plan, const std::string& id)
    {
        return std::ranges::any_of(plan.findings, [&](const Finding& finding) { return finding.id == id; });
    }

    bool m_remembers = true;
    Materials m_materials = support::materials();
    Facts m_facts;
    EarlierRuns m_earlier;
};
using Removing = WayBack;
using Retiring = WayBack;
using Drifting = WayBack;

class RemovingOn2025 : public WayBack {
protected:
    RemovingOn2025() : WayBack(windows_build::kServer2025) {}
};

TEST_F(Removing, WhatMonbanMadeGoesAndTheServerIsAsBefore)
{
    const Facts before = m_facts;
    setUp();
    const Plan removal = plan(PlanKind::Removal);
    EXPECT_EQ(ids(removal), "remove.access.1 remove.record.2 remove.binding.3 remove.ctl.4 remove.issuer-list.5");
    EXPECT_TRUE(has(removal, "removal-opens"));
    EXPECT_TRUE(has(removal, "certificate-stays"));
    EXPECT_TRUE(has(removal, "root-stays")) << "the server certificate comes of it";
    for (const Step& step : removal.steps) EXPECT_TRUE(step.undo) << step.id;
    support::become(m_facts, removal);
    EXPECT_TRUE(m_facts.records->empty());
    EXPECT_EQ(site().bindings, before.sites->front().bindings);
    EXPECT_EQ(site().access.front().flags, 0u);
    EXPECT_FALSE(m_facts.schannel->sendTrustedIssuerList);
    EXPECT_EQ(ids(plan(PlanKind::Removal)), "") << "a second time there is nothing to do";
    EXPECT_TRUE(has(plan(PlanKind::Removal), "nothing-to-remove"));
}

TEST_F(Removing, HttpsThatWasThereBeforeStays)
{
    m_remembers = false;
    setUp();
    record().flags |= record_flags::kDisableHttp2;
    record().checkMode = check_mode::kNoUsageCheck;
    const SslRecord was = record();
    const Plan removal = plan(PlanKind::Removal);
    EXPECT_EQ(ids(removal), "remove.access.1 remove.record.2 remove.ctl.3");
    SslRecord wanted = was;
    wanted.flags = record_flags::kDisableHttp2;
    wanted.ctlStore.clear();
    EXPECT_EQ(std::get<RecordState>(removal.steps[1].after.front()).record, wanted) << "nothing else of it changes";
    EXPECT_EQ(std::get<AccessState>(removal.steps[0].after.front()).effective, access_flags::kSsl) << "who wants https goes on wanting it";
}

TEST_F(RemovingOn2025, TheBindingNoLongerAsksEither)
{
    m_remembers = false;
    setUp();
    const Plan removal = plan(PlanKind::Removal);
    EXPECT_EQ(ids(removal), "remove.access.1 remove.record.2 remove.binding.3 remove.ctl.4");
    EXPECT_EQ(std::get<BindingState>(removal.steps[2].after.front()).sslFlags, 0u);
}

TEST_F(Removing, WhatAnotherSiteNeedsStays)
{
    setUp();
    Site other = site();
    other.name = "Shop";
    other.bindings = {bindingFrom("https", "*:443:shop.example.test", 0)};
    other.access = {Access{"Shop", access_flags::kSsl | access_flags::kNegotiateCert | access_flags::kRequireCert, false}};
    m_facts.sites->push_back(other);
    Answers answers;
    answers.bind.site = "Default Web Site";
    const Plan removal = plan(PlanKind::Removal, answers);
    EXPECT_EQ(ids(removal), "remove.access.1 remove.binding.2") << "record, CTL store and registry are shared";
    EXPECT_TRUE(has(removal, "record-shared"));
    // A shop that lets everybody in needs https, and no more.
    m_facts.sites->back().access = {Access{"Shop", 0, true}};
    EXPECT_EQ(ids(plan(PlanKind::Removal, answers)), "remove.access.1 remove.record.2 remove.binding.3 remove.ctl.4 remove.issuer-list.5");
    EXPECT_TRUE(std::get<RecordState>(plan(PlanKind::Removal, answers).steps[1].after.front()).record);
}

TEST_F(Removing, AStoreThatAnotherRecordNamesAndAForeignRecordStay)
{
    setUp();
    SslRecord foreign = record();
    foreign.endpoint = "0.0.0.0:49443";
    foreign.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";  // AD FS
    m_facts.records->push_back(foreign);
    EXPECT_EQ(ids(plan(PlanKind::Removal)), "remove.access.1 remove.record.2 remove.binding.3");
    site().bindings.push_back(bindingFrom("https", "*:49443:", 0));
    EXPECT_EQ(ids(plan(PlanKind::Removal)), "remove.access.1 remove.record.2 remove.binding.3");
    EXPECT_TRUE(has(plan(PlanKind::Removal), "record-left"));
}

TEST_F(Removing, SettingsThatSomebodyChangedSinceLoseOnlyTheRequest)
{
    setUp();
    site().access.front().flags |= access_flags::kMapCert;
    m_earlier.changed.erase(subjectOf(State(BindingState{"Default Web Site", "https", "*:443:", std::nullopt})));
    const Plan removal = plan(PlanKind::Removal);
    EXPECT_EQ(std::get<AccessState>(removal.steps[0].after.front()).own, access_flags::kSsl | access_flags::kMapCert);
}

TEST_F(Removing, ARootThatNothingNeedsLeavesTheTrustedRoots)
{
    setUp();
    m_facts.stores["MY"]->front().certificate.issuer = "CN=Somebody else";
    const Plan removal = plan(PlanKind::Removal);
    EXPECT_EQ(ids(removal), "remove.access.1 remove.record.2 remove.binding.3 remove.ctl.4 remove.root.5 remove.issuer-list.6");
    m_earlier.changed.erase(subjectOf(State(CertificateState{"ROOT", std::string(40, 'a'), false, false, {}, {}})));
    EXPECT_TRUE(has(plan(PlanKind::Removal), "root-stays")) << "it was there before";
}

TEST_F(Removing, AWebConfigIsNobodysButTheSites)
{
    setUp();
    site().access.front().webConfig = "C:\\inetpub\\wwwroot\\web.config";
    EXPECT_EQ(plan(PlanKind::Removal).steps.front().state, StepState::Blocked);
}

TEST_F(Removing, RemovableSitesAreThoseThatAsk)
{
    EXPECT_TRUE(removableSites(m_facts).empty());
    setUp();
    EXPECT_EQ(removableSites(m_facts), std::vector<std::string>{"Default Web Site"});
}

TEST_F(Retiring, TheOldCertificateGoesWithItsKeyOnceNothingUsesIt)
{
    setUp();
    Certificate old = support::serverCertificate();
    old.thumbprintSha1 = kOther;
    old.notAfter = support::kNow + std::chrono::hours(24);
    old.publicKeyDer = {9};
    put("MY", old, KeyState::NotExportable);
    const auto retirable = retirableOn(m_facts);
    ASSERT_EQ(retirable.size(), 1u);
    EXPECT_EQ(retirable.front().certificate.thumbprintSha1, kOther);
    EXPECT_EQ(retirable.front().successor.thumbprintSha1, support::serverCertificate().thumbprintSha1);

    Answers answers;
    answers.import.retire = {kOther};
    Plan retirement = plan(PlanKind::Retirement, answers);
    EXPECT_EQ(ids(retirement), "retire.certificate.1");
    EXPECT_EQ(*retirement.steps.front().action, Action(RemoveImported{"MY", kOther, {}, {}}));
    EXPECT_FALSE(retirement.steps.front().undo);
    EXPECT_TRUE(has(retirement, "retire-key"));

    SslRecord foreign = record();
    foreign.thumbprint = kOther;
    foreign.endpoint = "0.0.0.0:49443";
    foreign.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    m_facts.records->push_back(foreign);
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.certificate.1=blocked") << "whoever owns the record";
    EXPECT_TRUE(retirableOn(m_facts).empty());
    m_facts.records->pop_back();
    m_earlier.cutRecords.push_back(foreign);
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.certificate.1=blocked") << "a run that was cut off had it away";
}

TEST_F(Retiring, OnlyWhatASuccessorCoversIsOffered)
{
    setUp();
    Certificate database = support::serverCertificate();
    database.thumbprintSha1 = kOther;
    database.notAfter = support::kNow + std::chrono::hours(24);
    database.dnsNames = {"www.example.test", "db.example.test"};
    put("MY", database, KeyState::NotExportable);
    EXPECT_TRUE(retirableOn(m_facts).empty()) << "something else may answer by that name";
    m_facts.stores["MY"]->front().certificate.dnsNames = {"*.example.test"};
    EXPECT_TRUE(retirableOn(m_facts).empty()) << "a wildcard says nothing of what is used";
}

TEST_F(Retiring, ARootThatOthersNeedStays)
{
    setUp();
    Certificate next = support::rootCa();
    next.thumbprintSha1 = kOther;
    for (const char* store : {"iis_client_trust", "ROOT"}) put(store, next);
    m_facts.stores["MY"]->front().certificate.issuer = "CN=Somebody else";
    Answers answers;
    answers.trust.retire = {support::rootCa().thumbprintSha1};
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.ctl.1 retire.root.2");
    SslRecord other = record();
    other.endpoint = "0.0.0.0:8443";
    other.ctlStore.clear();
    m_facts.records->push_back(other);
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.ctl.1") << "without a CTL store any trusted root lets in";
    m_facts.records->back() = record();
    m_facts.records->back().endpoint = "0.0.0.0:49443";
    m_facts.records->back().appId = "{5d89a20c-beab-4389-9447-324788eb944a}";  // AD FS
    EXPECT_TRUE(ids(plan(PlanKind::Retirement, answers)).starts_with("retire.ctl.1=blocked")) << "AD FS has the store as well";
}

TEST_F(Removing, WhoAskedBeforeMonbanCameIsNotLeftAskingLate)
{
    setUp();
    auto& changed = m_earlier.changed.at(subjectOf(State(AccessState{"Default Web Site", {}, 0})));
    const std::uint32_t accept = access_flags::kSsl | access_flags::kNegotiateCert;
    changed.found = AccessState{"Default Web Site", accept, accept};
    EXPECT_EQ(std::get<AccessState>(plan(PlanKind::Removal).steps.front().after.front()).effective & access_flags::kNegotiateCert, 0u);
}

TEST_F(Removing, AStoreThatTheRecordGoesBackToIsNotEmptied)
{
    setUp();
    SslRecord before = record();
    before.flags = 0;  // it named the store, and asked for nothing
    m_earlier.changed.at(subjectOf(State(RecordState{before.family, before.endpoint, {}}))).found = RecordState{before.family, before.endpoint, before};
    m_earlier.changed.erase(subjectOf(State(BindingState{"Default Web Site", "https", "*:443:", std::nullopt})));
    EXPECT_EQ(ids(plan(PlanKind::Removal)).find("remove.ctl"), std::string::npos);
}

TEST_F(Drifting, SslSettingsWaitForWhatTheyNeed)
{
    setUp();
    m_facts.stores["MY"]->clear();
    m_facts.records->clear();
    site().access.front() = Access{"Default Web Site", 0, true};
    EXPECT_EQ(ids(plan(PlanKind::PutBack)), "") << "or nobody could enter";
    EXPECT_TRUE(has(plan(PlanKind::PutBack), kNotPutBack));
}

TEST_F(Retiring, AKeyThatAnotherCertificateSharesStays)
{
    setUp();
    Certificate old = support::serverCertificate();
    old.thumbprintSha1 = kOther;
    for (const char* store : {"MY", "WebHosting"}) put(store, old, KeyState::NotExportable);
    Answers answers;
    answers.import.retire = {kOther};
    for (const Step& step : plan(PlanKind::Retirement, answers).steps) EXPECT_TRUE(std::holds_alternative<Command>(*step.action)) << step.id;
    old.publicKeyDer = {9};
    m_facts.stores.erase("WebHosting");
    std::erase_if(*m_facts.stores["MY"], [](const StoredCertificate& one) { return one.certificate.thumbprintSha1 == kOther; });
    for (const char* store : {"MY", "WebHosting"}) put(store, old, KeyState::NotExportable);
    const Plan both = plan(PlanKind::Retirement, answers);
    ASSERT_EQ(both.steps.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<Command>(*both.steps[0].action)) << "the key goes with the last";
    EXPECT_TRUE(std::holds_alternative<RemoveImported>(*both.steps[1].action));
}

TEST_F(Retiring, TheOldRootGoesOnlyWhenTheNewOneIsInPlace)
{
    setUp();
    Certificate next = support::rootCa();
    next.thumbprintSha1 = kOther;
    next.notBefore = support::kNow;
    next.subject = next.issuer = "CN=Next";
    put("iis_client_trust", next);
    Answers answers;
    answers.trust.retire = {support::rootCa().thumbprintSha1};
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.ctl.1=blocked") << "not trusted yet";
    put("ROOT", next);
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.ctl.1");
    EXPECT_TRUE(plan(PlanKind::Retirement, answers).steps.front().undo);
    EXPECT_TRUE(retirableOn(m_facts).empty()) << "two CAs side by side may both be meant";
    auto& held = m_facts.stores["ROOT"]->back().certificate;
    auto& listed = m_facts.stores["iis_client_trust"]->back().certificate;
    for (Certificate* one : {&held, &listed}) {
        one->subject = one->issuer = support::rootCa().subject;
        one->notAfter += std::chrono::hours(24);
    }
    ASSERT_EQ(retirableOn(m_facts).size(), 1u);
    EXPECT_EQ(retirableOn(m_facts).front().of, Retirable::Of::Root);
    for (Certificate* one : {&held, &listed}) one->subject = one->issuer = "CN=Next";
    m_facts.stores["MY"]->front().certificate.issuer = "CN=Next";
    EXPECT_EQ(ids(plan(PlanKind::Retirement, answers)), "retire.ctl.1 retire.root.2") << "Monban had put it there, and nothing needs it";
    answers.trust.retire = {support::rootCa().thumbprintSha1, kOther};
    EXPECT_NE(ids(plan(PlanKind::Retirement, answers)).find("blocked"), std::string::npos) << "never the last one";
}

TEST_F(Drifting, NothingDiffersAfterTheSetUp)
{
    setUp();
    EXPECT_TRUE(deviations(m_earlier.approved, m_facts).empty());
    EXPECT_EQ(ids(plan(PlanKind::PutBack)), "");
    EXPECT_TRUE(has(plan(PlanKind::PutBack), "no-drift"));
}

TEST_F(Drifting, WhatIisManagerLosesIsNamedAndPutBack)
{
    setUp();
    const SslRecord approved = record();
    record().ctlStore.clear();
    record().flags = 0;
    const auto found = deviations(m_earlier.approved, m_facts);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(inEnglish(found.front().author).find("IIS Manager"), std::string::npos);
    const auto line = std::ranges::find_if(found.front().lines, [](const Deviation::Line& one) { return one.fact.ends_with("ctl_store"); });
    ASSERT_NE(line, found.front().lines.end());
    EXPECT_EQ(line->expected, "iis_client_trust");
    EXPECT_EQ(line->found, "none");
    const Plan back = plan(PlanKind::PutBack);
    EXPECT_EQ(ids(back), "put-back.1");
    EXPECT_EQ(std::get<RecordState>(back.steps.front().after.front()).record, approved);
}

TEST_F(Drifting, ACertificateRenewedInIisManagerStaysAndTheRestComesBack)
{
    setUp();
    const SslRecord approved = record();
    Certificate fresh = support::serverCertificate();
    fresh.thumbprintSha1 = kOther;
    fresh.notAfter += std::chrono::hours(24 * 300);
    put("MY", fresh, KeyState::NotExportable);
    record() = SslRecord{approved.family, approved.endpoint, kOther, kIisAppId, "My", 0, 0, 0, "", "", 0};
    SslRecord wanted = approved;
    wanted.thumbprint = kOther;
    wanted.store = "My";
    const Plan back = plan(PlanKind::PutBack);
    ASSERT_EQ(ids(back), "put-back.1");
    EXPECT_EQ(std::get<RecordState>(back.steps.front().after.front()).record, wanted);
    EXPECT_TRUE(has(back, "newer-certificate-stays"));
    Certificate& held = std::ranges::find_if(*m_facts.stores["MY"], [](const StoredCertificate& one) { return one.certificate.thumbprintSha1 == kOther; })->certificate;
    const auto staysWith = [&](const std::string& name) {
        held.dnsNames = {name};
        return std::get<RecordState>(plan(PlanKind::PutBack).steps.front().after.front()).record == wanted;
    };
    EXPECT_TRUE(staysWith("*.example.test"));
    EXPECT_FALSE(staysWith("other.example.org")) << "it serves nobody who comes here";
    EXPECT_TRUE(has(plan(PlanKind::PutBack), "older-certificate-comes-back"));
    // An older one gives way.
    held.notAfter = support::kNow;
    EXPECT_EQ(std::get<RecordState>(plan(PlanKind::PutBack).steps.front().after.front()).record, approved);
}

TEST_F(Drifting, ACaComesBackFromTheJournalAndAKeyFromNowhere)
{
    setUp();
    m_facts.stores["iis_client_trust"]->clear();
    m_facts.files[keptCertificate(m_earlier.folder, support::rootCa().thumbprintSha1)] = {std::optional<Bytes>(), support::kNow};
    Plan back = plan(PlanKind::PutBack);
    EXPECT_EQ(ids(back), "put-back.1 put-back.2");
    EXPECT_TRUE(std::holds_alternative<WriteFile>(*back.steps.front().action));
    EXPECT_EQ(std::get<Command>(*back.steps.back().action).arguments.back(), std::get<WriteFile>(*back.steps.front().action).path);

    m_facts.stores["MY"]->clear();
    m_facts.records->clear();
    back = plan(PlanKind::PutBack);
    EXPECT_EQ(ids(back), "put-back.1 put-back.2") << "neither the key nor a record without it";
    EXPECT_EQ(std::ranges::count_if(back.findings, [](const Finding& one) { return one.id == "not-put-back"; }), 2);
}

TEST_F(Drifting, AnOwnerWhoHasTakenTheEndpointIsLeftAlone)
{
    setUp();
    record().appId = "{5d89a20c-beab-4389-9447-324788eb944a}";
    EXPECT_EQ(ids(plan(PlanKind::PutBack)), "");
    EXPECT_TRUE(has(plan(PlanKind::PutBack), "not-put-back"));
    EXPECT_NE(inEnglish(deviations(m_earlier.approved, m_facts).front().author).find("AD FS"), std::string::npos);
}

TEST_F(Drifting, ACertificateThatNoApprovedRecordHasMayGo)
{
    setUp();
    Certificate old = support::serverCertificate();
    old.thumbprintSha1 = kOther;
    m_earlier.approved.push_back({CertificateState{"MY", kOther, true, true, {}, {}}, "0001", support::kNow});
    EXPECT_TRUE(deviations(m_earlier.approved, m_facts).empty());
}

TEST_F(Drifting, AccessBindingAndRegistryComeBackInTheOrderInWhichTheyRely)
{
    setUp();
    site().access.front() = Access{"Default Web Site", 0, true};
    std::erase_if(site().bindings, [](const Binding& one) { return one.protocol == "https"; });
    m_facts.records->clear();
    m_facts.schannel->sendTrustedIssuerList = 0;
    const Plan back = plan(PlanKind::PutBack);
    ASSERT_EQ(back.steps.size(), 4u);
    EXPECT_TRUE(std::holds_alternative<BindingState>(back.steps[0].after.front()));
    EXPECT_TRUE(std::holds_alternative<RecordState>(back.steps[1].after.front()));
    EXPECT_TRUE(std::holds_alternative<AccessState>(back.steps[2].after.front()));
    EXPECT_TRUE(std::holds_alternative<RegistryState>(back.steps[3].after.front()));
    for (const Deviation& one : deviations(m_earlier.approved, m_facts)) EXPECT_FALSE(one.author.empty());
    m_facts.sites->clear();
    EXPECT_TRUE(has(plan(PlanKind::PutBack), "not-put-back")) << "a site that is gone";
}

}  // namespace
}  // namespace monban
