// SPDX-License-Identifier: MIT
// A root that is in no file of its own: it is saved before a command names it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/values.h"

namespace monban {
namespace {

const std::string kPlace = "C:\\ProgramData\\Monban\\journal\\Private-CA-aaaaaaaa.cer";

struct Planned {
    Plan plan;
    const Step* save = nullptr;
    const Step* ctl = nullptr;
};
Planned planned(const Facts& facts, Certificate root = support::rootCa())
{
    Answers answers;
    Materials materials = support::materials();
    materials.root.emplace(CertificateMaterial{kPlace, std::string(64, '2'), std::move(root), "http://ca.practice/crl/ia1.der"});
    Planned result{planSetup({answers, materials, facts, {}})};
    for (const Step& step : result.plan.steps) {
        if (step.id == "root.save") result.save = &step;
        if (step.id == "trust.ctl") result.ctl = &step;
    }
    return result;
}

Facts factsWithFile(std::optional<Bytes> content)
{
    Facts facts = support::freshFacts();
    facts.files[kPlace] = {std::move(content), support::kNow};
    return facts;
}

TEST(RootSave, ComesBeforeTheStoresAndIsTakenBack)
{
    const Planned made = planned(factsWithFile(std::nullopt));
    ASSERT_TRUE(made.save && made.ctl);
    EXPECT_LT(made.save, made.ctl);
    EXPECT_EQ(made.save->state, StepState::Needed);
    EXPECT_EQ(made.save->chapter, Chapter::Root);
    EXPECT_EQ(*made.save->action, Action(WriteFile{kPlace, support::rootCa().der}));
    EXPECT_EQ(*made.save->undo, Action(WriteFile{kPlace, std::nullopt}));
    EXPECT_EQ(std::get<Command>(*made.ctl->action).arguments.back(), kPlace);
}

TEST(RootSave, IsDoneWhereTheFileIsThere)
{
    EXPECT_EQ(planned(factsWithFile(support::rootCa().der)).save->state, StepState::Done);
    EXPECT_EQ(planned(factsWithFile(Bytes{9})).save->state, StepState::Needed) << "another content";
}

TEST(RootSave, IsNotMissedWhereTheStoresHoldTheRoot)
{
    Facts facts = factsWithFile(std::nullopt);
    for (const char* store : {"ROOT", "iis_client_trust"}) support::become(facts, CertificateState{store, support::rootCa().thumbprintSha1, true, false, std::nullopt, {}});
    EXPECT_EQ(planned(facts).save, nullptr);
    facts.files.clear();
    EXPECT_NE(planned(facts).save, nullptr) << "before it was looked whether the file is there";
}

TEST(RootSave, NeedsRightsAndARoot)
{
    Facts facts = factsWithFile(std::nullopt);
    facts.machine->elevated = false;
    EXPECT_EQ(planned(facts).save->state, StepState::Blocked);
    const Planned refused = planned(factsWithFile(std::nullopt), support::serverCertificate());
    EXPECT_EQ(refused.save, nullptr) << "nothing is saved that is no root";
    ASSERT_TRUE(refused.ctl);
    EXPECT_NE(inEnglish(refused.ctl->reason).find("http://ca.practice/crl/ia1.der"), std::string::npos) << "named as the user named it";
}

/// Monban reads files at any path; the programs it runs do not.
TEST(LongPaths, BlockTheCommandThatWouldNameThem)
{
    const std::string deep = "C:\\" + std::string(300, 'd') + "\\intermediate.cer";
    Answers answers;
    Materials materials = support::materials();
    Certificate intermediate = support::rootCa();
    intermediate.selfSigned = false;
    intermediate.thumbprintSha1 = std::string(40, '7');
    materials.intermediates.emplace_back(CertificateMaterial{deep, std::string(64, '3'), intermediate, {}});
    const Plan plan = planSetup({answers, materials, support::freshFacts(), {}});
    const auto found = std::ranges::find(plan.steps, "trust.intermediate.1", &Step::id);
    ASSERT_NE(found, plan.steps.end());
    EXPECT_EQ(found->state, StepState::Blocked);
    EXPECT_NE(inEnglish(found->reason).find(deep), std::string::npos);
    EXPECT_EQ(std::ranges::count(plan.steps, StepState::Blocked, &Step::state), 1) << "nothing else";
}

}  // namespace
}  // namespace monban
