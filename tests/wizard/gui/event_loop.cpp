// SPDX-License-Identifier: MIT
// The tests run inside of the event loop of a wxWidgets program, as the window does.
#include "tests/wizard/gui/event_loop.h"

#include <gtest/gtest.h>
#include <wx/app.h>
#include <wx/evtloop.h>
#include <wx/filedlg.h>
#include <wx/init.h>
#include <wx/modalhook.h>
#include <wx/timer.h>
#include <wx/uilocale.h>

#include "app/wizard/text.h"

namespace monban::wizard {
namespace {

std::optional<BoxAnswer> nextBox;

/// Nobody is there to close a box: it is answered here, or fails the test.
class Boxes final : public wxModalDialogHook {
protected:
    int Enter(wxDialog* dialog) override
    {
        if (!nextBox) {
            ADD_FAILURE() << "a box nobody expected: " << dialog->GetTitle().utf8_string();
            return wxID_CANCEL;
        }
        const BoxAnswer answer = *nextBox;
        nextBox.reset();
        if (auto* files = dynamic_cast<wxFileDialog*>(dialog)) {
            files->SetPath(fromUtf8(answer.file));
            (void)waitUntil([&] { return toUtf8(files->GetPath()) == answer.file; }, std::chrono::seconds(3));  // GTK looks into the folder first
        }
        return answer.button;
    }
};

class Until final : public wxTimer {
public:
    Until(wxEventLoopBase& loop, const std::function<bool()>& isReached, std::chrono::milliseconds limit)
        : m_loop(loop), m_isReached(isReached), m_end(std::chrono::steady_clock::now() + limit)
    {
        Start(5);
    }
    void Notify() override
    {
        m_wasReached = m_isReached();
        if (!m_wasReached && std::chrono::steady_clock::now() < m_end) return;
        Stop();
        m_loop.Exit();
    }
    bool wasReached() const { return m_wasReached; }

private:
    wxEventLoopBase& m_loop;
    const std::function<bool()>& m_isReached;
    std::chrono::steady_clock::time_point m_end;
    bool m_wasReached = false;
};

class TestApp final : public wxApp {
public:
    bool OnInit() override  // the command line is GoogleTest's
    {
        wxUILocale::UseDefault();
        SetExitOnFrameDelete(false);
        wxSetAssertHandler([](const wxString& file, int line, const wxString&, const wxString& condition, const wxString& message) {
            ADD_FAILURE() << "wxWidgets: " << file.utf8_string() << ":" << line << ": " << condition.utf8_string() << " " << message.utf8_string();
        });
        m_boxes.Register();
        CallAfter([this] {
            m_code = RUN_ALL_TESTS();
            ExitMainLoop();
        });
        return true;
    }
    int OnRun() override
    {
        const int code = wxApp::OnRun();
        return code != 0 ? code : m_code;
    }
    int OnExit() override
    {
        m_boxes.Unregister();
        return wxApp::OnExit();
    }
    bool OnExceptionInMainLoop() override
    {
        try {
            throw;
        } catch (const std::exception& error) {
            ADD_FAILURE() << "an exception came to the event loop: " << error.what();
        }
        return true;
    }

private:
    Boxes m_boxes;
    int m_code = 1;
};

}  // namespace

bool waitUntil(const std::function<bool()>& isReached, std::chrono::milliseconds limit)
{
    if (isReached()) return true;
    wxGUIEventLoop loop;
    Until until(loop, isReached, limit);
    loop.Run();
    return until.wasReached();
}

void waitFor(std::chrono::milliseconds time)
{
    (void)waitUntil([] { return false; }, time);
}

void answerNextBox(BoxAnswer answer) { nextBox = std::move(answer); }
bool boxHasCome() { return !nextBox; }

}  // namespace monban::wizard

wxIMPLEMENT_APP_NO_MAIN(monban::wizard::TestApp);

int main(int argc, char** argv)
{
    testing::InitGoogleTest(&argc, argv);
    return wxEntry(argc, argv);
}
