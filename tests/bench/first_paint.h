// SPDX-License-Identifier: MIT
#pragma once
#include <wx/app.h>
#include <wx/eventfilter.h>
#include <wx/log.h>
#include <wx/toplevel.h>
#include <wx/utils.h>

#include <chrono>
#include <cstdio>
#include <string>

/// The file a watched program writes the moment of its first paint to; the clock is that of the whole machine.
inline constexpr const char* kFirstPaintFile = "MONBAN_BENCH_FIRST_PAINT";

/// Nanoseconds, comparable between the processes of one machine.
inline long long machineClock()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Put in a program with windows: when the window of that name (a page, a frame) has been painted with all that is in it, the
/// time is written down and the program closes. Does nothing where nobody measures.
class FirstPaint final : public wxEventFilter {
public:
    explicit FirstPaint(const char* window) : m_window(window)
    {
        if (wxGetEnv(kFirstPaintFile, &m_file)) wxEvtHandler::AddFilter(this);
    }
    ~FirstPaint() override { stop(); }
    FirstPaint(const FirstPaint&) = delete;
    FirstPaint& operator=(const FirstPaint&) = delete;

    int FilterEvent(wxEvent& event) override
    {
        if (event.GetEventType() == wxEVT_PAINT) {
            const auto* window = dynamic_cast<const wxWindow*>(event.GetEventObject());
            m_isPainted = m_isPainted || (window && window->IsShownOnScreen() && window->GetName() == m_window);
        }
        // Painting comes last of all, so whoever is idle after it has painted everything.
        if (event.GetEventType() == wxEVT_IDLE && m_isPainted) {
            const long long now = machineClock();
            stop();
            if (std::FILE* file = std::fopen(m_file.utf8_str(), "w")) {
                std::fprintf(file, "%lld", now);
                std::fclose(file);
            }
            wxTheApp->GetTopWindow()->Close(true);
        }
        return Event_Skip;
    }

private:
    void stop()
    {
        if (!m_file.empty() && !m_isStopped) wxEvtHandler::RemoveFilter(this);
        m_isStopped = true;
    }

    wxString m_window;
    wxString m_file;
    bool m_isPainted = false;
    bool m_isStopped = false;
};
