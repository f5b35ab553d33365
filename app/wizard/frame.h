// SPDX-License-Identifier: MIT
#pragma once
#include <wx/frame.h>
#include <wx/timer.h>

#include <functional>
#include <set>
#include <vector>

#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"
#include "app/wizard/session.h"
#include "core/report/self_checks.h"

class wxActivityIndicator;
class wxButton;
class wxChoice;
class wxSimplebook;
class wxStaticText;

namespace monban::wizard {

class KeepBar;
class PageSplit;
class Rail;
class ServerPanes;
class VerifyPage;

/// The window: chapters on the left, the page, below it the live status and the commands, the buttons.
class Frame final : public wxFrame, private SessionListener {
public:
    /// What the window asks of the program around it.
    struct Wishes {
        std::function<void()> practise;               ///< make a practice server and open it in this window's place
        std::function<void(Language)> changeLanguage;
        std::function<void(bool resumes)> openAnew;   ///< another kind of work has other pages: a window for it, one page on
        std::function<Result<Done>()> elevate;        ///< open this page anew with administrator rights; then this window goes
    };
    /// practice: null on a real server.
    Frame(Session& session, PracticeHost* practice, Wishes wishes);
    ~Frame() override;

    /// What stands on the pages of a window that goes, whose place this one takes.
    void takeOver(const Frame& old);
    /// Opens the page on which the work was left, as soon as the server was looked at.
    void goOn();

    std::size_t pageCount() const { return m_pages.size(); }
    std::size_t current() const { return m_current; }
    Page& page() const { return *m_pages[m_current]; }
    /// Opens a page by its index; what was typed on the one before is kept.
    void open(std::size_t index);
    bool openByWord(const std::string& word);
    void next();
    void back();
    /// The plan that was approved before this window had its rights, and the pitfalls that were accepted with it.
    struct Approved {
        std::string digest;
        std::set<std::string> accepted = {};
    };
    /// What would run now is compared with it as soon as it can be.
    void expect(Approved approved)
    {
        m_expected = std::move(approved);
        m_isAcceptedAgain = false;
    }
    bool isBusy() const { return m_session.isRunning() || m_isNextPending || m_isResuming; }
    /// For the tour: after a run the page stays, so that a picture can show what ran.
    void stayAfterRun(bool stays) { m_staysAfterRun = stays; }

private:
    void build();
    void layOut();
    void buildPages(wxWindow* parent);
    wxSizer* buildButtons();
    void bindKeys();
    void showState();
    void showButtons();
    void moveFocus();
    void run();
    void elevate();
    void compareWithExpected();
    void showHelp();
    void doCheck(const SelfCheck& check);
    void tick();
    void close(wxCloseEvent& event);
    void add(Page* page);
    std::optional<std::size_t> neighbour(int direction) const;
    void setUp();
    void renew(const Renewable& renewable);
    void startWork(const Work& work, Answers answers);
    void begin();
    void showKeeping();
    void resume(const Unfinished& work);
    void goOnWhereItWasLeft();

    void viewChanged() override;
    void runChanged() override;
    void runEnded(const Outcome& outcome) override;
    void keepingEnded(const Outcome& outcome) override;
    void failed(const Error& error) override;

    Session& m_session;
    PracticeHost* m_practice;
    Wishes m_wishes;
    const PlanKind m_kind;  ///< of the work these pages are for
    Approved m_expected;
    bool m_isAcceptedAgain = false;  ///< the pitfalls of m_expected
    bool m_isPasswordAsked = false;
    wxPanel* m_panel = nullptr;
    Rail* m_rail = nullptr;
    PageSplit* m_split = nullptr;
    wxSimplebook* m_book = nullptr;
    KeepBar* m_keepBar = nullptr;
    ServerPanes* m_panes = nullptr;
    wxActivityIndicator* m_activity = nullptr;
    wxStaticText* m_doing = nullptr;
    wxChoice* m_languages = nullptr;
    wxButton* m_back = nullptr;
    wxButton* m_next = nullptr;
    wxButton* m_cancel = nullptr;
    VerifyPage* m_verify = nullptr;
    std::vector<Page*> m_pages;
    std::vector<std::size_t> m_railPages;  ///< of each entry of the rail
    std::size_t m_current = 0;
    bool m_isNextPending = false;
    bool m_isResuming = false;
    bool m_staysAfterRun = false;
    bool m_closesAfterRun = false;
    bool m_focusWaits = false;  ///< on the commands, until the button can have it again
    wxTimer m_timer;
    wxTimer m_countdown;
};

}  // namespace monban::wizard
