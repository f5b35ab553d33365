// SPDX-License-Identifier: MIT
#include "app/wizard/app.h"

#include <wx/cmdline.h>
#include <wx/msgdlg.h>
#include <wx/stdpaths.h>
#include <wx/textdlg.h>
#include <wx/uilocale.h>

#include "app/wizard/no_server.h"
#include "app/wizard/pages/work_page.h"
#include "app/wizard/tour.h"
#include "core/base/file.h"
#include "core/model/answers_file.h"
#include "core/platform/platform.h"
#include "core/platform/this_server.h"

namespace monban::wizard {

App::App() = default;
App::~App() = default;

void App::OnInitCmdLine(wxCmdLineParser& parser)
{
    wxApp::OnInitCmdLine(parser);
    parser.SetSwitchChars("-");  // "/srv/x" is a path
    useLanguage(platform::language());
    parser.AddLongOption("practice", shown(tr("Work on the practice server in this folder instead of this Windows.")));
    parser.AddLongOption("lang", shown(tr("Language of messages: ja or en (default: the system's).")));
    parser.AddLongOption("page", shown(tr("Open this page first: start, certificate, root, import, trust, bind, require, verify, troubleshoot or finish; or undo, remove, retire, drift.")));
    parser.AddLongOption("answers", shown(tr("Begin with the answers in this file (JSON).")));
    parser.AddLongOption("digest", shown(tr("The plan that was approved: the wizard says so where it would now be another.")));
    parser.AddLongOption("accept", shown(tr("Pitfalls that were accepted with that plan, by their ids, with commas between.")));
    parser.AddLongOption("tour", shown(tr("Walk the whole wizard on a practice server of its own and save a picture of every page in this folder.")));
}

bool App::OnCmdLineParsed(wxCmdLineParser& parser)
{
    wxString value;
    if (parser.Found("practice", &value)) m_practiceFolder = toUtf8(value);
    if (parser.Found("page", &value)) m_page = toUtf8(value);
    if (parser.Found("answers", &value)) m_answersFile = toUtf8(value);
    if (parser.Found("digest", &value)) m_approved.digest = toUtf8(value);
    if (parser.Found("accept", &value))
        for (const wxString& id : wxSplit(value, ',')) m_approved.accepted.insert(toUtf8(id));
    if (parser.Found("tour", &value)) m_tourFolder = toUtf8(value);
    if (parser.Found("lang", &value)) {
        if (value != "ja" && value != "en") {
            parser.SetLogo(shown(Message{tr("{0} is not one of the languages ja and en (--lang)."), {toUtf8(value)}}));
            parser.Usage();
            return false;
        }
        useLanguage(value == "ja" ? Language::Japanese : Language::English);
    }
    return wxApp::OnCmdLineParsed(parser);
}

bool App::OnInit()
{
    wxUILocale::UseDefault();
    if (!wxApp::OnInit()) return false;
    SetAppDisplayName("Monban");
    if (!m_tourFolder.empty()) {
        auto tour = Tour::create(pathFromUtf8(m_tourFolder), pathFromUtf8(m_practiceFolder));
        if (!tour) return refuse(tour.error());
        m_tour = std::move(*tour);
        m_practiceFolder = utf8(m_tour->serverFolder());
    }
    if (!m_practiceFolder.empty()) {
        if (const auto opened = m_work.openPractice(pathFromUtf8(m_practiceFolder), m_tour ? Keeps::Nothing : Keeps::Answers); !opened) return refuse(opened.error());
    } else {
        useThisServer();
    }
    if (!m_answersFile.empty() && !takeAnswers()) return false;
    if (const auto kind = workNamed(m_page)) {
        const Answers answers = m_work.session().answers();
        m_work.session().startWork({*kind}, answers);
    }
    m_work.showFrame(0);
    m_work.frame().expect(m_approved);
    if (!m_page.empty() && !m_work.frame().openByWord(m_page))
        return refuse({ErrorCode::InvalidInput, {tr("There is no page called {0} (--page)."), {m_page}}, "--page"});
    if (m_tour && !m_page.empty()) m_work.frame().openByWord("start");  // which is where a tour begins
    if (m_tour) m_exitCode = 1;  // until it has come to its end
    if (m_tour)
        m_tour->start(m_work.frame(), m_work.session(), [this](int code) {
            m_exitCode = code;
            m_work.frame().Close(true);
        });
    return true;
}

/// This Windows; elsewhere the window says why there is nothing to set up, and offers to practise.
void App::useThisServer()
{
    auto server = platform::thisServer();
    if (!server) return m_work.useServer(std::make_shared<NoServer>(server.error()));
    const fs::path folder = pathFromUtf8(toUtf8(wxStandardPaths::Get().GetUserLocalDataDir()));
    (void)makeFolders(folder);  // where it cannot be made, the first page says that the answers are not kept
    m_work.useServer(std::move(*server), folder / "wizard.json");
}

bool App::takeAnswers()
{
    auto answers = readAnswers(pathFromUtf8(m_answersFile));
    if (!answers) return refuse(answers.error());
    m_work.session().answers() = std::move(*answers);
    m_work.session().answersChanged();
    return true;
}

int App::OnRun()
{
    const int code = wxApp::OnRun();
    return code != 0 ? code : m_exitCode;
}

int App::OnExit()
{
    m_work.close();
    m_tour.reset();  // last: it removes the folder the others work on
    return wxApp::OnExit();
}

/// On the console where there is one; a program with windows has none on Windows, so it says it in a box.
bool App::refuse(const Error& error)
{
    platform::writeError(inLanguage(error.message, language()) + "\n");
    if (m_tourFolder.empty()) wxMessageBox(shown(error.message), "Monban", wxOK | wxICON_ERROR);
    return false;
}

/// A defect must not take the user's work with it: said, to be copied, and the wizard goes on.
bool App::OnExceptionInMainLoop()
{
    static bool isShown = false;  // it may come again with every look: one box is enough
    if (isShown) return true;
    isShown = true;
    std::string what = "unknown";
    try {
        throw;
    } catch (const std::exception& error) {
        what = error.what();
    } catch (...) {
    }
    wxTextEntryDialog dialog(m_work.window(), shown(tr("Something unexpected went wrong. The wizard goes on; please report this text:")), "Monban", fromUtf8(what), wxOK | wxTE_MULTILINE | wxCENTRE);
    dialog.ShowModal();
    isShown = false;
    return true;
}

}  // namespace monban::wizard
