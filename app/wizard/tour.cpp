// SPDX-License-Identifier: MIT
#include "app/wizard/tour.h"

#include <wx/checkbox.h>
#include <wx/log.h>
#include <wx/textctrl.h>

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "app/wizard/pages/troubleshoot_page.h"
#include "app/wizard/pages/verify_page.h"
#include "app/wizard/picture.h"
#include "core/base/file.h"
#include "core/platform/platform.h"
#include "core/practice/range.h"

namespace monban::wizard {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);  // for one stop
constexpr int kTickMilliseconds = 40;
constexpr int kTicksToSettle = 6;  // layouts and paintings that were asked for have happened by then

}  // namespace

Result<std::unique_ptr<Tour>> Tour::create(const fs::path& pictures, const fs::path& server)
{
    if (auto made = makeFolders(pictures); !made) return made.error();
    boost::system::error_code problem;
    if (!server.empty()) return std::unique_ptr<Tour>(new Tour(fs::absolute(pictures, problem), server, false));
    const fs::path own = fs::temp_directory_path(problem) / fs::unique_path("monban-tour-%%%%-%%%%-%%%%");
    practice::NewServer wanted;
    wanted.folder = own;
    if (auto made = practice::create(wanted); !made) return made.error();
    return std::unique_ptr<Tour>(new Tour(fs::absolute(pictures, problem), own, true));
}

Tour::Tour(fs::path pictures, fs::path server, bool isOwnServer)
    : m_pictures(std::move(pictures)), m_server(std::move(server)), m_isOwnServer(isOwnServer)
{
    m_timer.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { tick(); });
}

Tour::~Tour()
{
    boost::system::error_code ignored;
    if (m_isOwnServer) fs::remove_all(m_server, ignored);
}

void Tour::start(Frame& frame, Session& session, std::function<void(int)> ended)
{
    wxInitAllImageHandlers();
    m_frame = &frame;
    m_session = &session;
    m_ended = std::move(ended);
    frame.stayAfterRun(true);
    plan();
    m_since = std::chrono::steady_clock::now();
    m_timer.Start(kTickMilliseconds);
}

std::string Tour::ca(const char* file) const { return utf8(m_server / "ca" / file); }

void Tour::plan()
{
    const auto isCalm = [this] { return m_session->isCurrent() && !m_frame->isBusy(); };
    const auto isOn = [this, isCalm](const char* word) {
        return [this, isCalm, word] { return isCalm() && std::string(m_frame->page().word()) == word; };
    };
    const auto next = [this] { m_frame->next(); };
    m_stops.push_back({[] {}, isOn("start"), "start"});
    m_stops.push_back({next, isOn("certificate"), ""});
    m_stops.push_back({[this] {
                           type("certificate-file", ca("server.p12"));
                           typePassword("certificate-password");
                       },
                       [this, isCalm] { return isCalm() && !m_frame->page().problem(); }, "certificate"});
    if (m_session->kind() == PlanKind::Renewal) {
        m_stops.push_back({next, isOn("renew"), "renew"});
        addRun("renew");
        m_stops.push_back({[this] { m_frame->openByWord("finish"); }, isOn("finish"), "finish"});
        return;
    }
    m_stops.push_back({next, isOn("root"), ""});
    m_stops.push_back({[this] { type("root-file", ca("ia1.der")); }, isCalm, "root"});
    m_stops.push_back({[this] { tick("root-confirmed"); }, [this, isCalm] { return isCalm() && !m_frame->page().problem(); }, ""});
    for (const char* word : {"import", "trust", "bind", "require"}) {
        m_stops.push_back({next, isOn(word), word});
        addRun(word);
    }
    const auto isTested = [this] {
        const auto* verify = dynamic_cast<const VerifyPage*>(&m_frame->page());
        return verify && !verify->isTesting() && verify->state().first == Mark::Done;
    };
    m_stops.push_back({next, [isOn, isTested] { return isOn("verify")() && isTested(); }, "verify"});
    m_stops.push_back({[this] {
                           type("client-file", ca("client.p12"));
                           typePassword("client-password");
                           press("practice-refused");
                           press("test");
                       },
                       [this, isCalm, isTested] {
                           return isCalm() && isTested() && std::ranges::all_of(m_frame->page().status(), [](const LiveLine& line) { return line.state == LiveLine::State::Good; });
                       },
                       "verify"});
    m_stops.push_back({[this] { m_frame->openByWord("troubleshoot"); }, isOn("troubleshoot"), "troubleshoot"});
    m_stops.push_back({[this] { press("look-now"); },
                       [this, isCalm] { return isCalm() && !dynamic_cast<TroubleshootPage&>(m_frame->page()).isLooking(); }, "troubleshoot"});
    using Symptom = TroubleshootPage::Symptom;
    for (const Symptom symptom : {Symptom::Revocation, Symptom::Flush, Symptom::Check, Symptom::Sample, Symptom::Pitfall})
        m_stops.push_back({[this, symptom] { dynamic_cast<TroubleshootPage&>(m_frame->page()).choose(symptom); },
                           [this, isCalm, symptom] { return isCalm() && (symptom == Symptom::Revocation || symptom == Symptom::Pitfall || m_session->hasPreview()); }, "troubleshoot"});
    m_stops.push_back({[this] { m_frame->openByWord("finish"); }, isOn("finish"), "finish"});
}

void Tour::press(const char* name)
{
    wxWindow* button = wxWindow::FindWindowByName(name, &m_frame->page());
    wxCommandEvent event(wxEVT_BUTTON, button->GetId());
    button->GetEventHandler()->ProcessEvent(event);
}

void Tour::addRun(const std::string& word)
{
    const auto isDone = [this] { return m_session->isCurrent() && !m_frame->isBusy() && !m_frame->page().runs(); };
    if (word == "require") m_stops.push_back({[this] { tick("agreed"); }, [this] { return m_session->isCurrent(); }, ""});
    m_stops.push_back({[this] { m_frame->next(); }, isDone, word});
    if (word != "require" && word != "renew") return;
    m_stops.push_back({[this] { m_session->keep(); }, [this] { return !m_session->keeping(); }, ""});
}

void Tour::tick()
{
    if (m_at == m_stops.size()) return end({});
    Stop& stop = m_stops[m_at];
    if (!m_hasActed) {
        m_hasActed = true;
        m_settled = 0;
        m_since = std::chrono::steady_clock::now();
        stop.act();
        return;
    }
    if (std::chrono::steady_clock::now() - m_since > kPatience) {
        const auto refusal = m_frame->page().problem();
        return end("the page " + std::string(m_frame->page().word()) + " (stop " + std::to_string(m_at) + ") was not reached in time" +
                   (refusal ? ": " + inEnglish(refusal->why) : std::string()));
    }
    if (!stop.isReached()) {
        m_settled = 0;
        return;
    }
    if (++m_settled < kTicksToSettle) return;
    if (!stop.picture.empty() && !save(stop.picture)) return;
    ++m_at;
    m_hasActed = false;
}

bool Tour::save(const std::string& word)
{
    ++m_number;
    const std::string name = (m_number < 10 ? "0" : "") + std::to_string(m_number) + "-" + word + (language() == Language::Japanese ? "-ja.png" : "-en.png");
    const wxImage image = pictureOf(*m_frame);
    const wxLogNull quiet;  // or wxWidgets would say it in a box that nobody closes
    if (image.IsOk() && image.SaveFile(fromUtf8(utf8(m_pictures / name)), wxBITMAP_TYPE_PNG)) return true;
    end(name + " could not be saved");
    return false;
}

void Tour::end(const std::string& problem)
{
    if (!m_timer.IsRunning()) return;
    m_timer.Stop();
    if (!problem.empty()) platform::writeError("monban-wizard: " + problem + "\n");
    m_ended(problem.empty() ? 0 : 1);
}

void Tour::type(const char* name, const std::string& text)
{
    wxWindow* window = wxWindow::FindWindowByName(name, &m_frame->page());
    if (auto* field = dynamic_cast<wxTextCtrl*>(window)) field->SetValue(fromUtf8(text));
}

/// All files of the practice CA have the same.
void Tour::typePassword(const char* name)
{
    if (const auto password = readText(m_server / "ca" / "password.txt")) type(name, password->substr(0, password->find_first_of("\r\n")));
}

void Tour::tick(const char* name)
{
    auto* box = dynamic_cast<wxCheckBox*>(wxWindow::FindWindowByName(name, &m_frame->page()));
    if (!box) return;
    box->SetValue(true);
    wxCommandEvent event(wxEVT_CHECKBOX, box->GetId());
    event.SetEventObject(box);
    event.SetInt(1);
    box->GetEventHandler()->ProcessEvent(event);
}

}  // namespace monban::wizard
