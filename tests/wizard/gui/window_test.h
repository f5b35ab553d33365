// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>
#include <wx/textctrl.h>
#include <wx/window.h>

#include <memory>
#include <string>

#include "app/wizard/workplace.h"
#include "tests/wizard/gui/event_loop.h"

namespace monban::wizard {

/// The wizard's window on a practice server of its own, and a person before it: everything goes through the controls, by
/// their names and with the events they send.
class WindowTest : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    /// Of the practice server (`monban practice new --scenario`).
    virtual std::string scenario() const { return "fresh"; }
    /// As when the program was closed and started again.
    void restart();

    Frame& frame() const { return m_work->frame(); }
    Session& session() const { return m_work->session(); }
    Page& page() const { return frame().page(); }
    std::string word() const { return page().word(); }
    std::string ca(const char* file) const { return utf8(m_ca / pathFromUtf8(file)); }
    std::string password() const;

    // Where it is looked for: on the page, or else in the window. Null, and a failure, where it is not or cannot be used.
    template <class Control>
    Control* find(const std::string& name)
    {
        auto* control = dynamic_cast<Control*>(named(name));
        EXPECT_TRUE(control) << "no such control on the page " << word() << ": " << name;
        return control;
    }
    wxWindow* named(const std::string& name) const;

    // Interactions: each counts one.
    void press(const std::string& name);
    void press(wxWindow* button);
    void next();
    void back();
    void fill(const std::string& name, const std::string& text);
    void chooseFile(const std::string& name, const std::string& file);
    void tick(const std::string& name);
    void choose(const std::string& radioButton);
    void select(const std::string& list, int entry);
    void clickRail(std::size_t entry);
    int interactions() const { return m_interactions; }

    /// Nothing runs and the last look is of the answers as they are now.
    bool isCalm() const { return m_work->window() && session().isCurrent() && !frame().isBusy(); }
    bool becomesCalm();
    bool reaches(const std::string& pageWord);
    void openPage(const std::string& pageWord);
    void switchTo(Language language);
    /// Nothing in the window is cut off, covered or outside of it, once its layout has come to rest.
    void looksRight();
    /// The same in Japanese, then in English, each with a picture for people to look at, in the folder that MONBAN_PICTURES names.
    void looksRightInBothLanguages();
    /// The words that say why Next waits; empty: none are shown.
    std::string refusal() const;
    static std::string focused();

    /// What runs and ran, as the window shows it.
    std::string commands();

    /// Says that the settings are to be kept.
    void keep();

    /// Goes the standard way up to that page, and stops on it.
    void goTo(const std::string& pageWord);
    void setFaults(const std::string& json);
    /// Next runs into that fault: the page stays, and says why.
    void isRefusedHere(const std::string& fault);

    fs::path m_folder;  ///< of the practice server
    fs::path m_ca;      ///< what its CA gave
    std::unique_ptr<Workplace> m_work;

private:
    void savePicture() const;

    int m_interactions = 0;
};

}  // namespace monban::wizard
