// SPDX-License-Identifier: MIT
#include "app/wizard/draft.h"

#include <gtest/gtest.h>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"

namespace monban::wizard {
namespace {

class DraftTest : public testing::Test {
protected:
    DraftTest() { fs::create_directories(m_folder); }
    ~DraftTest() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    static Answers typed()
    {
        Answers answers;
        answers.certificate.source = CertificateAnswers::Source::Request;
        answers.certificate.commonName = "www.example.co.jp";
        answers.certificate.organization = "株式会社 \"門番\", Ltd.";
        answers.certificate.dnsNames = {"www.example.co.jp", "example.co.jp"};
        answers.certificate.keyBits = 4096;
        answers.certificate.requestFile = "/srv/requests/www.req";
        answers.root.file = "/srv/ca/ia1.der";
        answers.bind.hostname = "www.example.co.jp:443";
        answers.bind.disableQuic = true;
        answers.verify.address = "https://www.example.co.jp/";
        return answers;
    }
    void keep(const Answers& answers) const
    {
        Draft draft(m_file);
        draft.takeOver();
        draft.save(answers, draft.epoch());
        EXPECT_FALSE(draft.problem());
    }
    void write(const std::string& text) const { ASSERT_TRUE(replaceFile(m_file, text)); }
    std::string textOf(const char* name) const
    {
        const auto text = readText(m_folder / name);
        return text ? *text : std::string("(not there)");
    }
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(m_folder)) found.push_back(utf8(entry.path().filename()));
        std::sort(found.begin(), found.end());
        return found;
    }

    const fs::path m_folder = fs::temp_directory_path() / fs::unique_path("monban-draft-%%%%-%%%%");
    const fs::path m_file = m_folder / "wizard.json";
};

using Names = std::vector<std::string>;

TEST_F(DraftTest, AnswersSurviveARestart)
{
    EXPECT_FALSE(Draft(m_file).found()) << "there is none yet";
    keep(typed());
    const auto found = Draft(m_file).found();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->answers, typed());
    EXPECT_LT(std::chrono::abs(found->at - hostTime()), std::chrono::minutes(1));
}

TEST_F(DraftTest, NothingIsWrittenBeforeSomethingIsDecided)
{
    Draft draft(m_file);
    Answers filledInByPages;
    filledInByPages.bind.site = "Default Web Site";
    filledInByPages.bind.endpoint = kDefaultEndpoint;
    filledInByPages.verify.address = "https://www.example.co.jp/";
    draft.save(filledInByPages, draft.epoch());
    EXPECT_TRUE(names().empty());
}

TEST_F(DraftTest, WithoutAFileNothingIsKeptAndNothingIsWrong)
{
    Draft draft;
    draft.save(typed(), draft.epoch());
    draft.leave(typed());
    draft.finish(typed());
    EXPECT_FALSE(draft.found() || draft.problem() || draft.unreadable());
}

TEST_F(DraftTest, WhatAnEarlierStartLeftStaysUntilSomethingNewIsTypedAndIsThenSetAside)
{
    keep(typed());
    const std::string before = textOf("wizard.json");
    Draft draft(m_file);
    draft.save(Answers{}, draft.epoch());
    EXPECT_EQ(textOf("wizard.json"), before);
    EXPECT_TRUE(draft.found()) << "still to be gone on with";
    Answers other;
    other.certificate.file = "/srv/server.p12";
    draft.save(other, draft.epoch());
    EXPECT_EQ(textOf("wizard.previous.json"), before);
    EXPECT_FALSE(draft.found());
    EXPECT_EQ(Draft(m_file).found()->answers, other);
}

TEST_F(DraftTest, GoingOnWithItReplacesItAndLeavesNothingAside)
{
    keep(typed());
    Draft draft(m_file);
    draft.takeOver();
    Answers more = typed();
    more.certificate.issuedFile = "/srv/answer.p7b";
    draft.save(more, draft.epoch());
    EXPECT_EQ(names(), Names{"wizard.json"});
    EXPECT_EQ(Draft(m_file).found()->answers, more);
}

TEST_F(DraftTest, StartingAfreshKeepsWhatWasTypedToBeGoneOnWith)
{
    Draft draft(m_file);
    draft.leave(typed());
    ASSERT_TRUE(draft.found()) << "though nothing was written before";
    EXPECT_EQ(draft.found()->answers, typed());
    draft.takeOver();
    EXPECT_FALSE(draft.found());
    Answers more = typed();
    more.root.file = "/srv/ca/other.der";
    draft.save(more, draft.epoch());
    EXPECT_EQ(names(), Names{"wizard.json"});
}

TEST_F(DraftTest, WhatWasToBeKeptBeforeTheUserStartedAfreshComesTooLate)
{
    Draft draft(m_file);
    const unsigned before = draft.epoch();
    draft.leave(typed());
    draft.save(typed(), before);
    EXPECT_TRUE(draft.found());
    EXPECT_EQ(names(), Names{"wizard.json"});
}

TEST_F(DraftTest, AFinishedSetUpIsNotOfferedAgain)
{
    keep(typed());
    Draft draft(m_file);
    draft.takeOver();
    draft.finish(typed());
    draft.save(typed(), draft.epoch());
    EXPECT_TRUE(draft.isFinished(typed()));
    EXPECT_EQ(names(), Names{"wizard.finished.json"});
    EXPECT_FALSE(Draft(m_file).found());
    Answers more = typed();
    more.trust.ctlStore = "partners";
    draft.save(more, draft.epoch());
    EXPECT_EQ(Draft(m_file).found()->answers, more) << "but what is changed afterwards is";
}

TEST_F(DraftTest, WhatSomebodyElseWroteMeanwhileIsNotLost)
{
    Draft draft(m_file);
    Answers mine;
    mine.certificate.file = "/srv/mine.p12";
    draft.save(mine, draft.epoch());
    keep(typed());
    const std::string theirs = textOf("wizard.json");
    mine.root.file = "/srv/ca.der";
    draft.save(mine, draft.epoch());
    EXPECT_EQ(textOf("wizard.previous.json"), theirs);
    EXPECT_EQ(Draft(m_file).found()->answers, mine);
}

TEST_F(DraftTest, HostileDraftsAreSaidAndSetAside)
{
    const std::string deep(200'000, '[');
    const std::string large(2 * 1024 * 1024, ' ');
    for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string(1, '\0'), deep, large,
                                    std::string("\xff\xfe\x00\xd8", 4), std::string(R"({"certificate": {"file": 7}})"),
                                    std::string(R"({"certificate": {"source": "request"}, "tunnel": {}})"),
                                    std::string(R"({"certificate": {"key_bits": 1e99}})")}) {
        write(text);
        Draft draft(m_file);
        EXPECT_FALSE(draft.found());
        ASSERT_TRUE(draft.unreadable()) << text.substr(0, 40);
        EXPECT_FALSE(draft.unreadable()->message.empty());
        EXPECT_EQ(textOf("wizard.json"), text) << "nothing is touched before something is to be kept";
        draft.save(typed(), draft.epoch());
        EXPECT_FALSE(draft.problem()) << draft.problem()->detail;
        EXPECT_FALSE(draft.unreadable());
        EXPECT_EQ(Draft(m_file).found()->answers, typed());
    }
    EXPECT_EQ(names().size(), 12u) << "each has a name of its own";
    EXPECT_EQ(textOf("wizard.unreadable-2.json"), "{");
}

TEST_F(DraftTest, AFolderInItsPlaceIsSetAsideAsWell)
{
    fs::create_directories(m_file / "inside");
    Draft draft(m_file);
    EXPECT_TRUE(draft.unreadable());
    draft.save(typed(), draft.epoch());
    EXPECT_FALSE(draft.problem());
    EXPECT_TRUE(fs::exists(m_folder / "wizard.unreadable.json" / "inside"));
    EXPECT_TRUE(Draft(m_file).found());
}

TEST_F(DraftTest, AnswersThatCannotBeKeptAreSaidAndTheRestOfTheWizardGoesOn)
{
    Draft draft(m_folder / "gone" / "wizard.json");
    draft.save(typed(), draft.epoch());
    ASSERT_TRUE(draft.problem());
    Answers endless = typed();
    endless.certificate.organization.assign(2 * 1024 * 1024, 'x');
    Draft other(m_file);
    other.save(endless, other.epoch());
    ASSERT_TRUE(other.problem());
    EXPECT_TRUE(names().empty());
    other.save(typed(), other.epoch());
    EXPECT_FALSE(other.problem());
}

TEST_F(DraftTest, OneHalfTypedValueDoesNotCostTheOthers)
{
    Answers answers = typed();
    answers.trust.ctlStore.clear();
    answers.import.friendlyName = "www\u200e";
    answers.bind.endpoint = "0.0.0.0:443";  // beside the host name
    keep(answers);
    const auto found = Draft(m_file).found();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->answers.certificate, typed().certificate);
    EXPECT_EQ(found->answers.root, typed().root);
    EXPECT_EQ(found->answers.trust.ctlStore, "iis_client_trust");
}

TEST_F(DraftTest, TasksThatAreDoneOnceAreNotDoneAgain)
{
    Answers answers = typed();
    answers.troubleshoot.flushCrl = true;
    answers.troubleshoot.samplePage = false;
    answers.troubleshoot.mend = {"ctl-root-missing"};
    keep(answers);
    EXPECT_EQ(Draft(m_file).found()->answers, typed());
}

TEST_F(DraftTest, FilesBesideTheDraftMoveWithIt)
{
    Answers answers;
    answers.certificate.file = utf8(m_folder / "ca" / "server.p12");
    keep(answers);
    EXPECT_NE(textOf("wizard.json").find("\"ca/server.p12\""), std::string::npos) << textOf("wizard.json");
    EXPECT_EQ(Draft(m_file).found()->answers, answers);
}

TEST_F(DraftTest, ARelativeNameMeansTheSameFileAtTheNextStart)
{
    Answers answers;
    answers.certificate.file = "server.p12";
    keep(answers);
    EXPECT_EQ(Draft(m_file).found()->answers.certificate.file, utf8(fs::current_path() / "server.p12"));
}

TEST_F(DraftTest, APasswordInAnAddressIsNotKept)
{
    Answers answers = typed();
    answers.root.url = "http://ca:hunter2@ca.example.test/ia1.der?a=b@c";
    answers.verify.address = "https://taro:hunter2@www.example.co.jp/";
    keep(answers);
    EXPECT_EQ(textOf("wizard.json").find("hunter2"), std::string::npos) << textOf("wizard.json");
    EXPECT_EQ(Draft(m_file).found()->answers.root.url, "http://ca.example.test/ia1.der?a=b@c");
}

}  // namespace
}  // namespace monban::wizard
