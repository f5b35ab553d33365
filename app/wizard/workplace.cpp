// SPDX-License-Identifier: MIT
#include "app/wizard/workplace.h"

#include <wx/app.h>
#include <wx/msgdlg.h>
#include <wx/stdpaths.h>
#include <wx/translation.h>

#include <boost/filesystem/operations.hpp>

#include <utility>

#include "core/base/catalogue.h"
#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/model/answers_file.h"
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

Answers forOthers(Answers answers)
{
    for (std::string* path : {&answers.certificate.file, &answers.certificate.requestFile, &answers.certificate.issuedFile, &answers.root.file,
                              &answers.verify.clientCertificate})
        *path = platform::pathForOthers(*path);
    for (std::string& path : answers.trust.intermediates) path = platform::pathForOthers(path);
    return answers;
}

/// With the server it is about; answers.json beside it is the scenario's.
fs::path practiceDraft(const PracticeHost& practice) { return practice.folder() / "wizard.json"; }

}  // namespace

void useLanguage(Language language)
{
    setLanguage(language);
    auto* translations = new wxTranslations;
    translations->SetLoader(new EmbeddedTranslations);
    translations->SetLanguage(language == Language::Japanese ? wxLANGUAGE_JAPANESE : wxLANGUAGE_ENGLISH);
    translations->AddCatalog("monban");
    wxTranslations::Set(translations);
}

Workplace::~Workplace() { close(); }

void Workplace::close()
{
    if (m_session) m_session->setListener(nullptr);
    delete std::exchange(m_frame, nullptr);  // its Destroy() would wait for the loop, and what it shows goes now
    m_session.reset();
    m_practice.reset();
}

Result<Done> Workplace::openPractice(const fs::path& folder, Keeps keeps)
{
    auto practice = PracticeHost::open(folder);
    if (!practice) return practice.error();
    m_session.reset();  // it works on the server that goes
    m_practice = std::move(*practice);
    openSession(m_practice->server(), keeps == Keeps::Answers ? practiceDraft(*m_practice) : fs::path());
    return Done{};
}

void Workplace::useServer(std::shared_ptr<Server> server, const fs::path& draft)
{
    m_session.reset();
    m_practice.reset();
    openSession(std::move(server), draft);
}

void Workplace::openSession(std::shared_ptr<Server> server, const fs::path& draft)
{
    m_session = std::make_unique<Session>(std::move(server), [](std::function<void()> call) {
        // GTK calls these outside of the loop's own net for exceptions.
        wxTheApp->CallAfter([call = std::move(call)] {
            try {
                call();
            } catch (...) {
                wxTheApp->OnExceptionInMainLoop();
            }
        });
    }, draft);
}

void Workplace::showFrame(std::size_t page)
{
    Frame* old = m_frame;
    m_frame = new Frame(*m_session, m_practice.get(),
                        {[this] { wxTheApp->CallAfter([this] { practise(); }); },
                         [this](Language language) {
                             useLanguage(language);
                             showFrame(m_frame->current());
                         },
                         [this](bool resumes) {
                             // Not within the event of a control that is about to go.
                             wxTheApp->CallAfter([this, resumes] {
                                 showFrame(0);
                                 resumes ? m_frame->goOn() : m_frame->next();
                             });
                         },
                         [this] { return elevate(); }});
    m_frame->Bind(wxEVT_DESTROY, [this, frame = m_frame](wxWindowDestroyEvent& event) {
        if (event.GetWindow() == frame && m_frame == frame) m_frame = nullptr;
        event.Skip();
    });
    if (page > 0) m_frame->open(page);
    if (old) {
        m_frame->SetSize(old->GetRect());
        m_frame->takeOver(*old);
        old->Close(true);
    }
    m_frame->Show();
    wxTheApp->SetTopWindow(m_frame);
}

/// The answers go by a file that is named, since the administrator may be another user with another profile; the digest says
/// what was approved. A password is never handed over.
Result<Done> Workplace::elevate()
{
    const fs::path file = pathFromUtf8(toUtf8(wxStandardPaths::Get().GetUserLocalDataDir())) / "hand-over.json";
    if (auto made = makeFolders(file.parent_path()); !made) return made;
    const Answers answers = forOthers(m_session->answers());
    if (auto written = replaceFile(file, jsonText(answersToJson(answers, {}))); !written) return written;
    std::vector<std::string> arguments{"--answers", utf8(file), "--page", m_frame->page().word(), "--lang", language() == Language::Japanese ? "ja" : "en"};
    if (const auto view = m_session->view()) arguments.insert(arguments.end(), {"--digest", digestOf(view->plan)});
    if (const std::string accepted = m_session->accepted(); !accepted.empty()) arguments.insert(arguments.end(), {"--accept", accepted});
    return platform::startElevated(arguments);
}

/// A new practice server in the user's own data, beside those made before.
void Workplace::practise()
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
    openSession(m_practice->server(), practiceDraft(*m_practice));
    showFrame(1);
    wxMessageBox(shown(Message{tr("The practice server is ready. The files you need are in {0}: server.p12 (its password is in password.txt), the root CA ia1.der, and client.p12 to try."), {utf8(folder / "ca")}}),
                 "Monban", wxOK | wxICON_INFORMATION, m_frame);
}

}  // namespace monban::wizard
