// SPDX-License-Identifier: MIT
#include "app/wizard/app.h"

#include <wx/cmdline.h>
#include <wx/msgdlg.h>
#include <wx/stdpaths.h>
#include <wx/textdlg.h>
#include <wx/translation.h>
#include <wx/uilocale.h>

#include <boost/filesystem/operations.hpp>

#include "app/wizard/no_server.h"
#include "app/wizard/tour.h"
#include "core/base/catalogue.h"
#include "core/platform/platform.h"

namespace monban::wizard {
namespace {

/// wxWidgets' own words ("Cancel" in a dialog of its own) come from the same catalogue, in memory.
class EmbeddedTranslations final : public wxTranslationsLoader {
public:
    wxMsgCatalog* LoadCatalog(const wxString& domain, const wxString& lang) override
    {
        if (!lang.StartsWith("ja")) return nullptr;
        return wxMsgCatalog::CreateFromData(wxScopedCharBuffer::CreateNonOwned(reinterpret_cast<const char*>(kJapaneseCatalogue), kJapaneseCatalogueSize), domain);
    }
    wxArrayString GetAvailableTranslations(const wxString&) const override
    {
        wxArrayString languages;
        languages.Add("ja");
        return languages;
    }
};

void useLanguage(Language language)
{
    setLanguage(language);
    auto* translations = new wxTranslations;
    translations->SetLoader(new EmbeddedTranslations);
    translations->SetLanguage(language == Language::Japanese ? wxLANGUAGE_JAPANESE : wxLANGUAGE_ENGLISH);
    translations->AddCatalog("monban");
    wxTranslations::Set(translations);
}

}  // namespace

App::App() = default;
App::~App() = default;

void App::OnInitCmdLine(wxCmdLineParser& parser)
{
    wxApp::OnInitCmdLine(parser);
    parser.SetSwitchChars("-");  // "/srv/x" is a path
    useLanguage(platform::language());
    parser.AddLongOption("practice", shown(tr("Work on the practice server in this folder instead of this Windows.")));
    parser.AddLongOption("lang", shown(tr("Language of messages: ja or en (default: the system's).")));
    parser.AddLongOption("page", shown(tr("Open this page first: start, certificate, root, import, trust, bind, require, verify, troubleshoot or finish.")));
    parser.AddLongOption("tour", shown(tr("Walk the whole wizard on a practice server of its own and save a picture of every page in this folder.")));
}

bool App::OnCmdLineParsed(wxCmdLineParser& parser)
{
    wxString value;
    if (parser.Found("practice", &value)) m_practiceFolder = toUtf8(value);
    if (parser.Found("page", &value)) m_page = toUtf8(value);
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
        if (!openPractice(pathFromUtf8(m_practiceFolder))) return false;
    } else {
        useServer(std::make_shared<NoServer>());
    }
    showFrame(0);
    if (!m_page.empty() && !m_frame->openByWord(m_page))
        return refuse({ErrorCode::InvalidInput, {tr("There is no page called {0} (--page)."), {m_page}}, "--page"});
    if (m_tour && !m_page.empty()) m_frame->openByWord("start");  // which is where a tour begins
    if (m_tour) m_exitCode = 1;  // until it has come to its end
    if (m_tour)
        m_tour->start(*m_frame, *m_session, [this](int code) {
            m_exitCode = code;
            m_frame->Close(true);
        });
    return true;
}

int App::OnRun()
{
    const int code = wxApp::OnRun();
    return code != 0 ? code : m_exitCode;
}

int App::OnExit()
{
    m_session.reset();
    m_practice.reset();
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

bool App::openPractice(const fs::path& folder)
{
    auto practice = PracticeHost::open(folder);
    if (!practice) return refuse(practice.error());
    m_session.reset();  // it works on the server that goes
    m_practice = std::move(*practice);
    useServer(m_practice->server());
    return true;
}

void App::useServer(std::shared_ptr<Server> server)
{
    m_session = std::make_unique<Session>(std::move(server), [this](std::function<void()> call) {
        // GTK calls these outside of the loop's own net for exceptions.
        CallAfter([this, call = std::move(call)] {
            try {
                call();
            } catch (...) {
                OnExceptionInMainLoop();
            }
        });
    });
}

void App::showFrame(std::size_t page)
{
    Frame* old = m_frame;
    m_frame = new Frame(*m_session, m_practice.get(),
                        {[this] { CallAfter([this] { practise(); }); },
                         [this](Language language) {
                             useLanguage(language);
                             showFrame(m_frame->current());
                         }});
    if (old) {
        m_frame->SetSize(old->GetRect());
        old->Close(true);
    }
    if (page > 0) m_frame->open(page);
    m_frame->Show();
    SetTopWindow(m_frame);
}

/// A new practice server in the user's own data, beside those made before.
void App::practise()
{
    const fs::path base = pathFromUtf8(toUtf8(wxStandardPaths::Get().GetUserLocalDataDir())) / "practice";
    boost::system::error_code problem;
    fs::path folder;
    for (int number = 1; number < 10'000; ++number) {
        folder = base / std::to_string(number);
        if (!fs::exists(folder, problem)) break;
    }
    auto made = PracticeHost::create(folder);
    if (!made) {
        wxMessageBox(shown(made.error().message), "Monban", wxOK | wxICON_ERROR, m_frame);
        return;
    }
    m_frame->Hide();
    Frame* old = m_frame;
    m_frame = nullptr;
    old->Close(true);
    m_session.reset();
    m_practice = std::move(*made);
    useServer(m_practice->server());
    showFrame(1);
    wxMessageBox(shown(Message{tr("The practice server is ready. The files you need are in {0}: server.p12 (its password is in password.txt), the root CA ia1.der, and client.p12 to try."), {utf8(folder / "ca")}}),
                 "Monban", wxOK | wxICON_INFORMATION, m_frame);
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
    wxTextEntryDialog dialog(m_frame, shown(tr("Something unexpected went wrong. The wizard goes on; please report this text:")), "Monban", fromUtf8(what), wxOK | wxTE_MULTILINE | wxCENTRE);
    dialog.ShowModal();
    isShown = false;
    return true;
}

}  // namespace monban::wizard
