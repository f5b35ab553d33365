// SPDX-License-Identifier: MIT
#include "app/wizard/frame.h"

#include <wx/activityindicator.h>
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/iconbndl.h>
#include <wx/msgdlg.h>
#include <wx/settings.h>
#include <wx/simplebook.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include <algorithm>

#include "app/wizard/help_window.h"
#include "app/wizard/pages/verify_page.h"
#include "app/wizard/widgets/keep_bar.h"
#include "app/wizard/widgets/page_split.h"
#include "app/wizard/widgets/rail.h"
#include "app/wizard/widgets/server_panes.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/platform/platform.h"

namespace monban::wizard {
namespace {

constexpr int kLookEverySeconds = 3;
constexpr int kCountEveryMilliseconds = 500;

}  // namespace

Frame::Frame(Session& session, PracticeHost* practice, Wishes wishes)
    : wxFrame(nullptr, wxID_ANY, wxString()), m_session(session), m_practice(practice), m_wishes(std::move(wishes)), m_kind(session.kind()), m_timer(this), m_countdown(this)
{
    SetName("monban");
#ifdef __WXMSW__
    SetIcons(wxIconBundle("AAA_MONBAN", nullptr));  // resources/program.rc; every size, for the taskbar at every scale
#endif
    build();
    m_session.setListener(this);
    Bind(wxEVT_CLOSE_WINDOW, &Frame::close, this);
    Bind(wxEVT_TIMER, [this](wxTimerEvent& event) { &event.GetTimer() == &m_countdown ? showKeeping() : tick(); });
    bindKeys();
    m_session.look();
    m_timer.Start(kLookEverySeconds * 1000);
}

// A window that was asked to go is destroyed later, by then perhaps after its session.
Frame::~Frame() = default;

void Frame::takeOver(const Frame& old)
{
    if (m_kind != old.m_kind) return;
    for (std::size_t i = 0; i < m_pages.size(); ++i) m_pages[i]->takeOver(*old.m_pages[i]);
}

void Frame::open(std::size_t index)
{
    if (isBusy() || index >= m_pages.size()) return;
    page().store();
    page().refuse(std::nullopt);
    m_session.forgetCheck();
    m_session.setPreview(nullptr);
    m_current = index;
    m_book->SetSelection(index);
    page().make();
    page().load();
    page().refresh();
    layOut();
    page().SetFocus();
    page().Scroll(0, 0);  // the control that got the focus may stand far below
    page().store();
    m_session.answersChanged();  // defaults a page fills in are answers, too
    showState();
}

void Frame::layOut()
{
    layOutAround(page());
    m_split->giveRoomTo(page());
    // Texts that break into lines know their height when this event is over.
    CallAfter([this] { m_split->giveRoomTo(page()); });
}

bool Frame::openByWord(const std::string& word)
{
    for (std::size_t i = 0; i < m_pages.size(); ++i)
        if (m_pages[i]->word() == word) {
            open(i);
            return true;
        }
    return false;
}

std::optional<std::size_t> Frame::neighbour(int direction) const
{
    for (std::size_t i = m_current + static_cast<std::size_t>(direction); i < m_pages.size(); i += static_cast<std::size_t>(direction))
        if (m_pages[i]->isOnTheWay()) return i;  // below zero wraps round and ends the loop
    return std::nullopt;
}

void Frame::next()
{
    if (m_session.isRunning()) return;
    m_isNextPending = false;
    const Answers before = m_session.answers();
    page().store();
    if (!(before == m_session.answers())) m_session.answersChanged();
    if (!m_session.isCurrent()) {  // goes on in viewChanged()
        m_isNextPending = true;
        m_session.look();
        return showButtons();
    }
    if (const auto refusal = page().problem()) {
        page().refuse(refusal);
        return showState();
    }
    page().refuse(std::nullopt);
    if (page().isOnTheWay() && page().runs()) return run();
    if (const auto index = neighbour(1)) open(*index);
    else Close();
}

void Frame::run()
{
    if (page().isHeldBack()) return m_keepBar->FindWindow("keep")->SetFocus();
    if (!m_session.canAskForRights(page().chapter())) {
        m_session.run(page().chapter());
        return showState();
    }
    elevate();
}

/// This page anew with administrator rights, in another window; this one goes.
void Frame::elevate()
{
    page().store();
    const auto elevated = m_wishes.elevate();
    if (elevated) return static_cast<void>(Close(true));
    page().refuse(Refusal{elevated.error().message, nullptr});
    showState();
}

/// Between the approval and the rights somebody may have changed the server or the file with the answers.
void Frame::compareWithExpected()
{
    if (m_expected.digest.empty() || !m_session.isCurrent()) return;
    const View& view = *m_session.view();
    const auto& pkcs12 = view.materials->pkcs12;
    const bool lacksPassword = pkcs12 && !*pkcs12 && pkcs12->error().code == ErrorCode::WrongPassword;
    if (lacksPassword) {
        if (m_isPasswordAsked) return;  // once: every look comes by here, and the user may be somewhere else by then
        m_isPasswordAsked = true;
        if (page().word() != std::string("certificate")) openByWord("certificate");
        return page().refuse(Refusal{{tr("Monban runs as administrator now. Passwords are never handed over: type it again, then go on."), {}}, page().FindWindow("certificate-password")});
    }
    if (!m_isAcceptedAgain && !m_expected.accepted.empty()) {
        m_isAcceptedAgain = true;
        for (const std::string& pitfall : m_expected.accepted) m_session.accept(pitfall, true);
        return;  // the next look plans with it
    }
    if (digestOf(view.plan) != m_expected.digest) {
        for (const std::string& pitfall : m_expected.accepted) m_session.accept(pitfall, false);  // said of another plan
        page().refuse(Refusal{{tr("Monban runs as administrator now and sees more, or the server has changed: look again at what will run before you go on."), {}}, nullptr});
    }
    m_expected = {};
}

void Frame::setUp()
{
    if (isBusy()) return;
    m_session.startAfresh();
    begin();
}

void Frame::renew(const Renewable& renewable)
{
    if (isBusy()) return;
    m_session.startRenewal(renewable);
    begin();
}

void Frame::startWork(const Work& work, Answers answers)
{
    if (isBusy()) return;
    m_session.startWork(work, std::move(answers));
    begin();
}

/// The question stands below every page, so that the site can be tried on the next ones meanwhile.
void Frame::showKeeping()
{
    const auto& keeping = m_session.keeping();
    const bool wasShown = m_keepBar->IsShown();
    if (!keeping) {
        m_countdown.Stop();
        m_keepBar->Hide();
    } else {
        const auto left = std::chrono::ceil<std::chrono::seconds>(keeping->end - std::chrono::steady_clock::now());
        if (left.count() <= 0 && !keeping->isAnswered()) m_session.takeBack();
        m_keepBar->show(std::max(left, std::chrono::seconds(0)), keeping->isAnswered(), keeping->isWatched);
        if (!m_countdown.IsRunning()) m_countdown.Start(kCountEveryMilliseconds);
    }
    if (wasShown == m_keepBar->IsShown()) return m_keepBar->Layout(), void();
    m_panel->Layout();
    layOut();
}

void Frame::keepingEnded(const Outcome& outcome)
{
    showKeeping();
    if (m_verify && outcome.takenBack) m_verify->forget();  // what is kept is the server that was seen
    page().refresh();
    if (!outcome.reason.empty()) page().refuse(Refusal{outcome.reason, nullptr});
    else if (outcome.takenBack)
        page().refuse(Refusal{*outcome.takenBack ? Message{tr("The settings were not kept: everything the last run had done was taken back."), {}} : outcome.findings.back().message, nullptr});
    showState();
}

void Frame::begin()
{
    if (m_verify) m_verify->forget();
    if (m_session.kind() == m_kind) next();
    else m_wishes.openAnew(false);
}

void Frame::resume(const Unfinished& work)
{
    if (isBusy()) return;
    if (const auto refusal = page().problem()) return page().refuse(refusal);
    m_session.resume(work);
    if (m_session.kind() == m_kind) goOn();
    else m_wishes.openAnew(true);
}

void Frame::goOn()
{
    m_isResuming = true;
    m_session.look();
    showButtons();
}

/// The first chapter on the way that is not done, and there the control that is to be filled in.
void Frame::goOnWhereItWasLeft()
{
    m_isResuming = false;
    std::size_t last = m_current;
    for (std::size_t i = m_current + 1; i < m_pages.size(); ++i) {
        if (!m_pages[i]->isOnTheWay()) continue;
        last = i;
        const Mark mark = m_pages[i]->state().first;
        if (mark != Mark::Done && mark != Mark::Skipped) break;
    }
    open(last);
    if (const auto refusal = page().problem(); refusal && refusal->where) refusal->where->SetFocus();
}

void Frame::back()
{
    if (const auto index = neighbour(-1)) open(*index);
}

void Frame::viewChanged()
{
    page().refresh();
    showState();
    if (m_isResuming && m_session.isCurrent()) goOnWhereItWasLeft();
    if (m_isNextPending && m_session.isCurrent()) next();
    else compareWithExpected();
}

void Frame::runChanged() { showState(); }

void Frame::runEnded(const Outcome& outcome)
{
    showKeeping();
    if (m_closesAfterRun && !m_session.keeping()) {
        Close();
        return;
    }
    m_closesAfterRun = false;  // it has come to its end after all, and somebody has to say whether it is kept
    if (m_verify) m_verify->forget();  // what was seen was another server
    page().ended(outcome.outcome == RunOutcome::Done);
    page().refresh();
    if (outcome.outcome == RunOutcome::Done) {
        // Where the page still waits for something, such as the CA's answer, it has to be seen.
        if (!m_staysAfterRun && page().isOnTheWay() && !page().runs() && !page().problem())
            if (const auto index = neighbour(1)) return open(*index);
        return showState();
    }
    Message why = outcome.reason;
    for (const StepResult& result : outcome.results)
        if (result.outcome == StepOutcome::Failed && !result.reason.empty()) why = result.reason;
    if (why.empty()) why = {tr("It was stopped before everything was done. What was done is listed below and stays."), {}};
    page().refuse(Refusal{why, nullptr});
    showState();
}

void Frame::failed(const Error& error)
{
    m_isNextPending = false;
    m_isResuming = false;
    m_closesAfterRun = false;
    page().ended(false);
    page().refuse(Refusal{error.message, nullptr});
    showState();
}

void Frame::showState()
{
    const Chapter chapter = page().commandsOf();
    std::vector<Step> coming = m_session.coming(chapter);
    const auto& ran = m_session.ran(chapter);
    std::erase_if(coming, [&](const Step& step) {
        return m_session.isRunning() && std::ranges::any_of(ran, [&](const RanStep& one) { return one.step.id == step.id; });
    });
    wxString age;
    if (const auto view = m_session.view())
        age = shown(Message{tr("looked at {0}"), {toUtf8(wxDateTime(static_cast<time_t>(view->at.time_since_epoch().count())).FormatISOTime())}});
    m_panes->show({page().status(), age, ran, std::move(coming), m_session.lastCheck(),
                   selfChecks(page().word(), m_session.answers(), m_session.view() ? m_session.view()->facts : Facts{})});
    for (std::size_t entry = 0; entry < m_railPages.size(); ++entry) {
        const Page& one = *m_pages[m_railPages[entry]];
        const auto [mark, word] = one.state();
        const bool isHere = m_railPages[entry] == m_current && mark == Mark::ToDo;
        m_rail->setState(entry, isHere ? Mark::Here : mark, isHere ? shown(tr("you are here")) : shown(word));
    }
    const auto here = std::ranges::find(m_railPages, m_current);
    m_rail->setHere(static_cast<std::size_t>(here - m_railPages.begin()));
    m_split->growFor(page());
    showButtons();
}

void Frame::showButtons()
{
    const bool isRunning = m_session.isRunning();
    const bool isLast = !neighbour(1);
    wxString label = shown(tr("&Next"));
    if (page().isOnTheWay() && page().runs() && !isLast) label = shown(page().verb());
    else if (isLast) label = shown(tr("&Finish"));
    if (m_next->GetLabel() != label) m_next->SetLabel(label);
    m_next->SetAuthNeeded(page().isOnTheWay() && page().runs() && m_session.canAskForRights(page().chapter()));
    moveFocus();
    m_next->Enable(!isBusy());
    m_back->Enable(!isBusy() && m_current > 0);
    m_languages->Enable(!isBusy());
    if (!isBusy() && m_focusWaits) {
        m_focusWaits = false;
        if (m_panes->hasFocus()) m_next->SetFocus();
    }
    const wxString cancel = isRunning ? shown(tr("Cancel")) : shown(tr("Close"));
    if (m_cancel->GetLabel() != cancel) m_cancel->SetLabel(cancel);
    wxString doing;
    if (isRunning) {
        doing = shown(tr("Running…"));
        const auto& ran = m_session.ran(*m_session.running());
        if (!ran.empty()) doing = shown(ran.back().step.title);
    } else if (m_isNextPending || m_isResuming) {
        doing = shown(tr("Looking at the server…"));
    } else if (m_session.problem()) {
        doing = shown(m_session.problem()->message);
    }
    m_doing->SetLabelText(doing);
    m_activity->Show(isBusy());
    if (isBusy()) m_activity->Start();
    else m_activity->Stop();
    m_panel->Layout();
}

/// A disabled control that keeps the focus takes every key and answers none: while it runs the focus is where one can read
/// what runs, and afterwards on the button again, unless a page has taken it.
void Frame::moveFocus()
{
    const wxWindow* focus = FindFocus();
    const bool isDisabled = focus && (focus == m_next || focus == m_back || focus == m_languages);
    if (!isBusy() || !isDisabled) return;
    m_focusWaits = true;
    m_panes->takeFocus();
}

void Frame::doCheck(const SelfCheck& check)
{
    switch (check.kind) {
    case SelfCheck::Kind::Command: return m_session.check(check.text, check.command);
    case SelfCheck::Kind::Elsewhere:
        return m_session.answerCheck(check.text, {tr("This is for the device that opens the site: copy it and run it there."), {}});
    case SelfCheck::Kind::Window: break;
    }
    // The real machine's window would show another server than the one that is practised on.
    if (m_practice)
        return m_session.answerCheck(check.text, {tr("{0} is a window of Windows, and a practice server has none. On a real server it opens here."), {check.text}});
    if (const auto opened = platform::openSystemWindow(check.text); !opened) m_session.answerCheck(check.text, opened.error().message);
}

void Frame::showHelp() { showHelpFor(this, page().word()); }

void Frame::tick()
{
    if (!m_session.isRunning()) m_session.look();
}

void Frame::close(wxCloseEvent& event)
{
    if (m_session.isRunning() && event.CanVeto()) {
        if (!m_closesAfterRun &&
            wxMessageBox(shown(tr("Something is running. Stop after the step that runs now, and close?")), GetTitle(), wxYES_NO | wxICON_QUESTION, this) == wxYES) {
            // It may have ended while the question stood there.
            m_closesAfterRun = m_session.isRunning();
            m_session.cancel();
        }
        if (m_session.isRunning()) {
            event.Veto();
            return;
        }
    }
    if (m_session.isListener(this) && m_session.keeping() && event.CanVeto()) {
        event.Veto();
        (void)page().isHeldBack();
        return m_keepBar->FindWindow("keep")->SetFocus();
    }
    page().store();
    // Whoever leaves by the last page, with everything done, has nothing to go on with. (A window in another language takes
    // this one's place and is the listener by now.)
    if (m_session.isListener(this) && !neighbour(1) && page().state().first == Mark::Done) m_session.finish();
    m_session.keepAnswers();
    m_timer.Stop();
    m_countdown.Stop();
    m_session.removeListener(this);
    event.Skip();  // destroys
}

}  // namespace monban::wizard
