// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <wx/textctrl.h>
#include <wx/uiaction.h>

#include <algorithm>

#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

using testing::HasSubstr;

/// A person without a mouse: nothing is reached but by keys that the window system delivers.
class Keyboard : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        takeFocus();
    }
    /// No window manager gives the focus on a screen of a test's own.
    void takeFocus()
    {
        frame().Raise();
        const wxRect place = frame().GetScreenRect();
        m_keys.MouseMove(place.GetPosition() + wxPoint(place.width / 2, 5));
        waitFor(std::chrono::milliseconds(300));
    }
    void key(int code, int modifiers = wxMOD_NONE)
    {
        ASSERT_TRUE(m_keys.Char(code, modifiers));
        waitFor(std::chrono::milliseconds(100));
    }
    void type(const std::string& text)
    {
        for (const char letter : text) {
            ASSERT_TRUE(m_keys.Text(std::string(1, letter).c_str()));
            waitFor(std::chrono::milliseconds(15));
        }
        waitFor(std::chrono::milliseconds(100));
    }
    void tabTo(const std::string& name, int modifiers = wxMOD_NONE)
    {
        std::string way = focused();
        for (int i = 0; i < 40 && focused() != name; ++i) {
            key(WXK_TAB, modifiers);
            way += " > " + focused();
        }
        ASSERT_EQ(focused(), name) << word() << ": " << way;
    }
    void enter(const std::string& name, const std::string& text)
    {
        tabTo(name);
        key('A', wxMOD_CONTROL);
        type(text);
        EXPECT_EQ(find<wxTextCtrl>(name)->GetValue().utf8_string(), text);
    }
    void goOn()
    {
        tabTo("forward");
        key(WXK_RETURN);
    }
    wxUIActionSimulator m_keys;
};

TEST_F(Keyboard, SetsUpFromTheFirstPageToTheLast)
{
    tabTo("set-up");
    key(WXK_RETURN);
    ASSERT_TRUE(reaches("certificate"));
    enter("certificate-file", ca("server.p12"));
    enter("certificate-password", password());
    ASSERT_TRUE(becomesCalm());
    key(WXK_RETURN);
    ASSERT_TRUE(reaches("root"));
    enter("root-file", ca("ia1.der"));
    ASSERT_TRUE(becomesCalm());
    tabTo("root-confirmed");
    key(WXK_SPACE);
    ASSERT_TRUE(becomesCalm());
    for (const char* to : {"import", "trust", "bind", "require"}) {
        goOn();
        ASSERT_TRUE(reaches(to));
    }
    tabTo("agreed");
    key(WXK_SPACE);
    goOn();
    ASSERT_TRUE(reaches("verify"));
    keep();
    goOn();
    ASSERT_TRUE(reaches("finish"));
    EXPECT_TRUE(std::ranges::all_of(session().view()->plan.steps, [](const Step& step) { return step.state == StepState::Done; }));
}

TEST_F(Keyboard, StopsAHangingStepAndTriesAgain)
{
    goTo("trust");
    takeFocus();
    setFaults(R"({"program": "certutil", "kind": "hang"})");
    goOn();
    ASSERT_TRUE(waitUntil([this] { return !session().ran(Chapter::Trust).empty(); }));
    EXPECT_EQ(focused(), "commands") << "where one reads what runs";
    key(WXK_ESCAPE);
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), "trust");
    EXPECT_FALSE(refusal().empty());
    EXPECT_EQ(focused(), "forward");
    setFaults("");
    key(WXK_RETURN);
    ASSERT_TRUE(reaches("bind"));
}

TEST_F(Keyboard, OpensChaptersHelpAndTheOtherLanguage)
{
    key('3', wxMOD_CONTROL);
    ASSERT_TRUE(reaches("import"));
    key(WXK_LEFT, wxMOD_ALT);
    ASSERT_TRUE(reaches("root"));
    key(WXK_LEFT, wxMOD_ALT);
    ASSERT_TRUE(reaches("certificate"));
    key(WXK_ESCAPE);
    EXPECT_EQ(word(), "certificate") << "nothing runs that it could stop";
    const wxWindow* before = &frame();
    tabTo("help");
    key(WXK_TAB, wxMOD_SHIFT);  // the list of languages, whose focus GTK does not name
    key(WXK_DOWN);
    ASSERT_TRUE(waitUntil([&] { return &frame() != before && isCalm(); }));
    EXPECT_EQ(language(), Language::Japanese);
    EXPECT_EQ(word(), "certificate");
}

TEST_F(Keyboard, TabLeadsThroughThePageAndStopsNowhereInVain)
{
    for (const auto& [page, control] : {std::pair{"start", "set-up"}, {"certificate", "certificate-file"}, {"bind", "endpoint"}, {"finish", "save-answers"}}) {
        openPage(page);
        tabTo("forward");
        key(WXK_TAB);
        std::string way;
        for (int i = 0; i < 60 && focused() != "forward"; ++i) {
            EXPECT_NE(focused(), "panel") << page << ": a stop after " << i;
            way += focused() + " > ";
            key(WXK_TAB);
        }
        EXPECT_EQ(focused(), "forward") << page << ": the way does not come round";
        EXPECT_THAT(way, HasSubstr(std::string(control) + " >")) << page;
    }
}

}  // namespace
}  // namespace monban::wizard
