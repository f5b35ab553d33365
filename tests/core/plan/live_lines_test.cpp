// SPDX-License-Identifier: MIT
#include "core/report/live_lines.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/plan/plan.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using namespace support;

std::string text(const LiveLine& line)
{
    return inEnglish(line.what) + ": " + inEnglish(line.seen) + " / " + inEnglish(line.wanted);
}

std::vector<LiveLine> linesOf(const Plan& plan, const std::string& id, const Facts& facts)
{
    for (const Step& step : plan.steps)
        if (step.id == id) return liveLines(step, facts);
    ADD_FAILURE() << "no step " << id;
    return {};
}

Answers answers()
{
    Answers a;
    a.certificate.file = "C:\\pki\\server.p12";
    a.root.file = "C:\\pki\\ia1.der";
    return a;
}

TEST(LiveLines, SayInWordsWhatIsWantedAndWhatIsThere)
{
    const Facts facts = freshFacts();
    const Materials m = materials();
    const Answers a = answers();
    const Plan plan = planSetup({a, m, facts, {}});
    const auto trust = linesOf(plan, "trust.ctl", facts);
    ASSERT_EQ(trust.size(), 1u);
    EXPECT_EQ(text(trust[0]), "Certificate in store iis_client_trust: none / " + std::string(40, 'a'));
    EXPECT_EQ(trust[0].state, LiveLine::State::Different);
    std::vector<std::string> record;
    for (const LiveLine& line : linesOf(plan, "bind.record", facts)) record.push_back(text(line));
    EXPECT_NE(std::ranges::find(record, "Client certificate asked for at 0.0.0.0:443: none / enabled"), record.end());
    EXPECT_NE(std::ranges::find(record, "CTL store at 0.0.0.0:443: none / iis_client_trust"), record.end());
    EXPECT_LE(record.size(), 5u) << "of a record that is not there, what matters is enough";
}

TEST(LiveLines, AreAllGoodOnceThePlanHasRun)
{
    Facts facts = freshFacts();
    const Materials m = materials();
    const Answers a = answers();
    const Plan plan = planSetup({a, m, facts, {}});
    for (const Step& step : plan.steps)
        for (const State& state : step.after) become(facts, state);
    for (const Step& step : plan.steps)
        for (const LiveLine& line : liveLines(step, facts)) EXPECT_EQ(line.state, LiveLine::State::Good) << step.id << " " << text(line);
}

TEST(LiveLines, APartThatCannotBeReadSaysWhyOnce)
{
    Facts facts = freshFacts();
    const Materials m = materials();
    const Answers a = answers();
    const Plan plan = planSetup({a, m, facts, {}});
    facts.records = {Error{ErrorCode::Denied, {"no rights", {}}, "denied"}, kNow};
    const auto lines = linesOf(plan, "bind.record", facts);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].state, LiveLine::State::Unreadable);
    EXPECT_EQ(inEnglish(lines[0].seen), "no rights");
}

TEST(LiveLines, EveryChapterHasItsTitleAndNumber)
{
    for (const Chapter chapter : {Chapter::Start, Chapter::Certificate, Chapter::Root, Chapter::Import, Chapter::Trust, Chapter::Bind,
                                  Chapter::Require, Chapter::Verify, Chapter::Troubleshoot}) {
        EXPECT_FALSE(title(chapter).empty()) << name(chapter);
        EXPECT_NE(std::string(number(chapter)), "") << name(chapter);
    }
}

}  // namespace
}  // namespace monban
