// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <wx/button.h>
#include <wx/frame.h>
#include <wx/panel.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include <iostream>

#include "app/wizard/widgets/wrapped_text.h"
#include "tests/wizard/gui/layout_check.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A window with two buttons one above the other, for a test to spoil.
class SpoiltLayout : public testing::Test {
protected:
    SpoiltLayout()
    {
        m_panel = new wxPanel(m_frame);
        m_first = new wxButton(m_panel, wxID_ANY, "First");
        m_second = new wxButton(m_panel, wxID_ANY, "Second");
        m_text = new WrappedText(m_panel, "A sentence that is long enough to need more than one line where the window that shows it is narrow.");
        auto* sizer = new wxBoxSizer(wxVERTICAL);
        sizer->Add(m_first);
        sizer->Add(m_second);
        sizer->Add(m_text, wxSizerFlags().Expand());
        m_panel->SetSizer(sizer);
        m_frame->SetClientSize(30 * m_frame->GetCharWidth(), 20 * m_frame->GetCharHeight());
        m_frame->Show();
        (void)waitUntil([this] { return layoutFaults(*m_frame).empty(); });  // a busy machine takes its time
    }
    ~SpoiltLayout() override { delete m_frame; }

    wxFrame* m_frame = new wxFrame(nullptr, wxID_ANY, "layout");
    wxPanel* m_panel = nullptr;
    wxButton* m_first = nullptr;
    wxButton* m_second = nullptr;
    WrappedText* m_text = nullptr;
};

TEST_F(SpoiltLayout, NothingIsWrongBefore) { EXPECT_THAT(layoutFaults(*m_frame), IsEmpty()); }

TEST_F(SpoiltLayout, AButtonThatIsTooSmallIsFound)
{
    m_first->SetSize(m_first->GetBestSize().x, m_first->GetBestSize().y - 3);
    EXPECT_THAT(layoutFaults(*m_frame), UnorderedElementsAre(HasSubstr("\"First\" is ")));
}

TEST_F(SpoiltLayout, OverlappingSiblingsAreFound)
{
    m_second->SetPosition({m_first->GetPosition().x + 3, m_first->GetPosition().y + 3});
    EXPECT_THAT(layoutFaults(*m_frame), UnorderedElementsAre(HasSubstr("\"Second\" overlaps")));
}

TEST_F(SpoiltLayout, WhatIsCutOffByItsParentIsFound)
{
    m_first->SetPosition({m_panel->GetClientSize().x - 5, m_first->GetPosition().y});
    EXPECT_THAT(layoutFaults(*m_frame), UnorderedElementsAre(HasSubstr("\"First\" ends at")));
}

TEST_F(SpoiltLayout, ATextWithoutRoomForItsLastLineIsFound)
{
    m_text->SetSize(m_text->GetSize().x, m_text->GetSize().y - m_text->GetCharHeight());
    EXPECT_THAT(layoutFaults(*m_frame), UnorderedElementsAre(HasSubstr(" and needs ")));
}

class Layout : public WindowTest, public testing::WithParamInterface<Language> {
protected:
    void looksRight(const std::string& state)
    {
        ASSERT_TRUE(becomesCalm());
        waitFor(std::chrono::milliseconds(60));  // what asked for another layout has got it
        for (const std::string& fault : layoutFaults(frame())) ADD_FAILURE() << word() << ", " << state << ": " << fault;
    }
    void setUpScreen()
    {
        // With letters of the usual size it works on a screen of 1024 by 768; in the other runs of this test they are larger.
        const bool isUsual = frame().GetCharHeight() <= 24;
        std::cout << "letters: " << frame().GetCharHeight() << " high, the window asks for " << frame().GetSize().x << "x" << frame().GetSize().y << "\n";
        if (GetParam() == Language::Japanese) switchTo(Language::Japanese);
        if (isUsual) {
            EXPECT_LE(frame().GetMinSize().x, 1024);
            EXPECT_LE(frame().GetMinSize().y, 768);
            frame().SetSize(1024, 768);
        }
    }
    static constexpr const char* kPages[] = {"start", "certificate", "root", "import", "trust", "bind", "require", "verify", "troubleshoot", "finish"};
};

TEST_P(Layout, NothingIsCutOffOrOverlapsBeforeTheSetUp)
{
    setUpScreen();
    for (const char* word : kPages) {
        openPage(word);
        looksRight("nothing answered");
        if (word == std::string("finish") || word == std::string("start") || word == std::string("verify") || word == std::string("troubleshoot")) continue;
        next();
        looksRight("refused");
    }
    openPage("certificate");
    choose("source-request");
    looksRight("by request");
    choose("source-pkcs12");
    openPage("root");
    choose("root-from-address");
    looksRight("from an address");
}

TEST_P(Layout, NothingIsCutOffOrOverlapsOnTheWayAndAfterIt)
{
    setUpScreen();
    for (const char* word : kPages) {
        if (word == std::string("troubleshoot")) continue;
        goTo(word);
        looksRight("on the way");
    }
    for (const char* word : kPages) {
        openPage(word);
        looksRight("set up");
    }
}

TEST_P(Layout, TheCheckReachesTheTextsOnAPageAndInThePanes)
{
    openPage("bind");
    waitFor(std::chrono::milliseconds(60));
    for (wxWindow* text : {named("instruction"), named("endpoint"), named("live-status")->GetChildren().front(), named("shell")}) {
        const wxSize size = text->GetSize();
        text->SetSize(size.x, size.y / 2);
        EXPECT_THAT(layoutFaults(frame()), testing::Not(IsEmpty())) << text->GetName();
        text->SetSize(size);
        EXPECT_THAT(layoutFaults(frame()), IsEmpty()) << text->GetName();
    }
}

INSTANTIATE_TEST_SUITE_P(In, Layout, testing::Values(Language::English, Language::Japanese),
                         [](const auto& one) { return one.param == Language::Japanese ? "Japanese" : "English"; });

}  // namespace
}  // namespace monban::wizard
