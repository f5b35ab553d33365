// SPDX-License-Identifier: MIT
#pragma once
#include <wx/app.h>

#include <memory>
#include <string>

#include "app/wizard/workplace.h"

namespace monban::wizard {

class Tour;

/// monban-wizard: the options of the command line, and the place where the work is done.
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
    void useThisServer();
    bool takeAnswers();

    std::string m_practiceFolder;
    std::string m_page;
    std::string m_tourFolder;
    std::string m_answersFile;
    Frame::Approved m_approved;
    Workplace m_work;
    std::unique_ptr<Tour> m_tour;
    int m_exitCode = 0;
};

}  // namespace monban::wizard
