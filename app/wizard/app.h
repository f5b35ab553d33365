// SPDX-License-Identifier: MIT
#pragma once
#include <wx/app.h>

#include <memory>
#include <optional>
#include <string>

#include "app/wizard/frame.h"
#include "app/wizard/practice_host.h"
#include "app/wizard/session.h"

namespace monban::wizard {

class Tour;

/// monban-wizard: the options of the command line, the server that is set up, the window.
class App final : public wxApp {
public:
    App();
    ~App() override;
    bool OnInit() override;
    int OnRun() override;
    int OnExit() override;
    bool OnExceptionInMainLoop() override;

private:
    void OnInitCmdLine(wxCmdLineParser& parser) override;
    bool OnCmdLineParsed(wxCmdLineParser& parser) override;
    bool refuse(const Error& error);
    bool openPractice(const fs::path& folder);
    void useServer(std::shared_ptr<Server> server);
    void showFrame(std::size_t page);
    void practise();

    std::string m_practiceFolder;
    std::string m_page;
    std::string m_tourFolder;
    std::unique_ptr<PracticeHost> m_practice;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Tour> m_tour;
    Frame* m_frame = nullptr;  // wx destroys it
    int m_exitCode = 0;
};

}  // namespace monban::wizard
