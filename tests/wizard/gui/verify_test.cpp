// SPDX-License-Identifier: MIT
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/listctrl.h>

#include "app/wizard/pages/troubleshoot_page.h"
#include "app/wizard/pages/verify_page.h"
#include "app/wizard/widgets/fact_card.h"
#include "core/practice/practice_server.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

/// Whether any text in that window says this.
bool says(const wxWindow& window, const wxString& text)
{
    for (const wxWindow* child : window.GetChildren())
        if (child->IsShown() && (child->GetLabel().Contains(text) || says(*child, text))) return true;
    return false;
}

/// After a set-up: who gets in, and what helps where somebody does not.
class ProofWindow : public WindowTest {
protected:
    bool isTesting() const { return dynamic_cast<const VerifyPage&>(page()).isTesting(); }
    void test()
    {
        ASSERT_TRUE(waitUntil([this] { return isCalm() && !isTesting(); }));
        // The practice server opens its port a moment after the binding was made, and says so until then.
        ASSERT_TRUE(waitUntil([this] {
            if (!isTesting()) press("test");
            return isTesting();
        })) << refusal();
        ASSERT_TRUE(waitUntil([this] { return isCalm() && !isTesting(); }));
    }
};

TEST_F(ProofWindow, EverybodyIsTriedAndTheTableSaysWhatHeMet)
{
    goTo("verify");
    fill("client-file", ca("client.p12"));
    fill("client-password", password());
    press("practice-refused");
    test();
    const auto* table = find<wxListCtrl>("attempts");
    ASSERT_EQ(table->GetItemCount(), 12);
    for (long row = 0; row < table->GetItemCount(); ++row) EXPECT_TRUE(table->GetItemText(row, 2).StartsWith(wxString::FromUTF8("✓"))) << table->GetItemText(row).utf8_string();
    EXPECT_EQ(page().state().first, Mark::Done);
    EXPECT_EQ(page().status().size(), 5u);
    for (const LiveLine& line : page().status()) EXPECT_EQ(line.state, LiveLine::State::Good) << inEnglish(line.seen);
    EXPECT_TRUE(find<wxButton>("save-html")->IsShown());
}

TEST_F(ProofWindow, AWrongPasswordIsSaidAndNothingIsClaimed)
{
    goTo("verify");
    fill("client-file", ca("client.p12"));
    fill("client-password", "wrong");
    test();
    EXPECT_EQ(page().state().first, Mark::Problem);
    EXPECT_TRUE(says(page(), "client.p12"));
    EXPECT_FALSE(find<wxButton>("save-html")->IsShown());
}

TEST_F(ProofWindow, AWarningIsTracedToItsCause)
{
    goTo("finish");
    openPage("troubleshoot");
    press("look-now");
    const auto& troubleshoot = dynamic_cast<const TroubleshootPage&>(page());
    ASSERT_TRUE(waitUntil([&] { return !troubleshoot.isLooking(); }));
    for (const char* good : {"The issuer is trusted.", "The time is within the certificate's dates.", "The address is a name in the certificate."})
        EXPECT_TRUE(says(page(), good)) << good;
    // As it would be if the site were opened by another name.
    session().answers().verify.address = "https://www.elsewhere.test/";
    press("judge-file");
    EXPECT_TRUE(says(page(), "www.elsewhere.test is not among the names in the certificate"));
    EXPECT_TRUE(says(page(), "On the device:"));
    looksRightInBothLanguages();
}

TEST_F(ProofWindow, TheRevocationListCountsDown)
{
    goTo("verify");
    fill("client-file", ca("client.p12"));
    ASSERT_TRUE(becomesCalm());
    openPage("troubleshoot");
    choose("symptom-revocation");
    ASSERT_TRUE(becomesCalm());
    const auto* card = find<FactCard>("revocation-lists");
    EXPECT_TRUE(card->IsShown());
    EXPECT_TRUE(says(*card, "is not revoked"));
    EXPECT_TRUE(says(*card, "every user is refused unless a newer list comes"));
    choose("symptom-flush");
    EXPECT_FALSE(card->IsShown());
    choose("symptom-revocation");
    looksRightInBothLanguages();
}

TEST_F(ProofWindow, TheCheckIsOffForATimeAndATaskEndsIt)
{
    goTo("finish");
    openPage("troubleshoot");
    choose("symptom-check");
    ASSERT_TRUE(becomesCalm());
    select("check-hours", 1);
    ASSERT_TRUE(waitUntil([this] { return isCalm() && commands().find("--resume-revocation --endpoint 0.0.0.0:443") != std::string::npos; })) << commands();
    EXPECT_NE(commands().find("/SC MINUTE"), std::string::npos);
    looksRightInBothLanguages();
    press("check-off");
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !session().isRunning() && session().view()->facts.tasks->size() == 1; })) << refusal();
    EXPECT_FALSE(session().view()->facts.records->front().checksRevocation());
    EXPECT_FALSE(session().answers().troubleshoot.revocationOffUntil) << "another button must not begin it anew";
    EXPECT_TRUE(says(page(), "It is off for a time"));
    looksRightInBothLanguages();
    press("check-on");
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !session().isRunning() && session().view()->facts.tasks->empty(); })) << refusal();
    EXPECT_TRUE(session().view()->facts.records->front().checksRevocation());
    EXPECT_FALSE(session().answers().troubleshoot.revocationOffUntil);
    openPage("finish");
    EXPECT_EQ(page().state().first, Mark::Done);
}

TEST_F(ProofWindow, WhatMonbanWarnsOfIsMended)
{
    goTo("finish");
    openPage("troubleshoot");
    choose("symptom-pitfall");
    ASSERT_TRUE(becomesCalm());
    EXPECT_FALSE(find<wxButton>("mend")->IsEnabled());
    EXPECT_TRUE(says(page(), "warns of nothing that it could mend"));
    looksRightInBothLanguages();

    // Of another binding of the site.
    const auto change = [this](const Action& action) { ASSERT_TRUE((*practice::PracticeServer::open(m_folder))->run(action, {}, [](const std::string&) {}, {})); };
    SslRecord record = session().view()->facts.records->front();
    const SslRecord first = record;
    record.flags &= ~record_flags::kNegotiateClientCertificate;
    record.endpoint = "0.0.0.0:8443";
    change(SetHttpRecord{record.family, record.endpoint, record});
    change(Command{"C:\\Windows\\System32\\inetsrv\\appcmd.exe", {"set", "site", "/site.name:Default Web Site", "/+bindings.[protocol='https',bindingInformation='*:8443:']"}});
    session().look();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && find<wxChoice>("mend-pitfall")->GetCount() == 2; }));
    select("mend-pitfall", find<wxChoice>("mend-pitfall")->FindString(shown("The certificate is asked for too late")));
    ASSERT_TRUE(waitUntil([this] { return isCalm() && commands().find("clientcertnegotiation=enable") != std::string::npos; })) << commands();
    looksRightInBothLanguages();
    press("mend");
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !session().isRunning() && find<wxChoice>("mend-pitfall")->GetCount() == 0; })) << refusal();
    EXPECT_TRUE(std::ranges::all_of(*session().view()->facts.records, [](const SslRecord& one) { return one.negotiatesClientCertificate(); }));
    EXPECT_TRUE(session().answers().troubleshoot.mend.empty()) << "done once";

    // Of the one that the page before binds.
    record.endpoint = first.endpoint;
    change(SetHttpRecord{record.family, record.endpoint, record});
    session().look();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && find<wxChoice>("mend-pitfall")->GetCount() > 0 && says(page(), "First run the pages that are not done"); }));
    EXPECT_FALSE(find<wxButton>("mend")->IsEnabled());
    looksRightInBothLanguages();
}

TEST_F(ProofWindow, AListIsPutIntoTheStore)
{
    goTo("finish");
    openPage("troubleshoot");
    choose("symptom-revocation");
    answerNextBox({wxID_OK, ca("ia1.crl")});
    press("install-list");
    EXPECT_TRUE(boxHasCome());
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !session().isRunning() && session().view()->facts.storedCrls->size() == 1; })) << refusal();
    EXPECT_TRUE(session().answers().troubleshoot.installCrl.empty()) << "done once";
    answerNextBox({wxID_OK, ca("ia1.der")});
    press("install-list");
    EXPECT_TRUE(boxHasCome());
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !session().isRunning(); }));
    EXPECT_TRUE(says(page(), "is no revocation list that can be read"));
}

}  // namespace
}  // namespace monban::wizard
