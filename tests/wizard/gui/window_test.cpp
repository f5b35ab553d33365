// SPDX-License-Identifier: MIT
#include "tests/wizard/gui/window_test.h"

#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/image.h>
#include <wx/radiobut.h>
#include <wx/stattext.h>

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "app/wizard/picture.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/base/file.h"
#include "core/practice/range.h"
#include "tests/wizard/gui/layout_check.h"

namespace monban::wizard {
namespace {

/// Keys take their time: one server of a scenario is made for all tests, and each gets a copy. Removed with the program.
class Template {
public:
    explicit Template(const std::string& scenario)
    {
        practice::NewServer wanted;
        wanted.folder = m_folder;
        wanted.scenario = scenario;
        if (const auto made = practice::create(wanted); !made) throw std::runtime_error(made.error().detail);
    }
    ~Template()
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    const fs::path& folder() const { return m_folder; }

private:
    fs::path m_folder = fs::temp_directory_path() / fs::unique_path("monban-window-%%%%-%%%%");
};

void send(wxWindow* control, wxEventType type, int value)
{
    wxCommandEvent event(type, control->GetId());
    event.SetEventObject(control);
    event.SetInt(value);
    control->GetEventHandler()->ProcessEvent(event);
}

bool canBeUsed(const wxWindow* control) { return control && control->IsShownOnScreen() && control->IsEnabled(); }

}  // namespace

void WindowTest::SetUp()
{
    static std::map<std::string, std::unique_ptr<Template>> servers;
    auto& server = servers[scenario()];
    if (!server) server = std::make_unique<Template>(scenario());
    m_folder = fs::temp_directory_path() / fs::unique_path("monban-window-%%%%-%%%%");
    m_ca = m_folder / "ca";
    fs::copy(server->folder(), m_folder, fs::copy_options::recursive);
    useLanguage(Language::English);
    restart();
}

void WindowTest::TearDown()
{
    m_work.reset();
    boost::system::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

void WindowTest::restart()
{
    m_work.reset();
    m_work = std::make_unique<Workplace>();
    const auto opened = m_work->openPractice(m_folder);
    ASSERT_TRUE(opened) << opened.error().detail;
    m_work->showFrame(0);
    ASSERT_TRUE(becomesCalm());
}

std::string WindowTest::password() const
{
    const auto text = readText(m_ca / "password.txt");
    return text ? text->substr(0, text->find_first_of("\r\n")) : std::string();
}

wxWindow* WindowTest::named(const std::string& name) const
{
    if (wxWindow* onPage = wxWindow::FindWindowByName(name, &page())) return onPage;
    return wxWindow::FindWindowByName(name, &frame());
}

std::string WindowTest::commands()
{
    waitUntil([this] { return named("commands"); });  // made when the window has been seen
    const auto* shown = find<wxTextCtrl>("commands");
    return shown ? shown->GetValue().utf8_string() : std::string();
}

void WindowTest::press(const std::string& name) { press(find<wxButton>(name)); }

void WindowTest::press(wxWindow* button)
{
    ASSERT_TRUE(canBeUsed(button)) << (button ? button->GetName().utf8_string() : "");
    ++m_interactions;
    send(button, wxEVT_BUTTON, 0);
}

void WindowTest::next() { press(wxWindow::FindWindowById(wxID_FORWARD, &frame())); }
void WindowTest::back() { press(wxWindow::FindWindowById(wxID_BACKWARD, &frame())); }

void WindowTest::fill(const std::string& name, const std::string& text)
{
    auto* field = find<wxTextCtrl>(name);
    ASSERT_TRUE(canBeUsed(field)) << name;
    ++m_interactions;
    field->SetValue(fromUtf8(text));
}

void WindowTest::chooseFile(const std::string& name, const std::string& file)
{
    answerNextBox({wxID_OK, file});
    press(name + "-browse");
    EXPECT_TRUE(boxHasCome());
    EXPECT_EQ(toUtf8(find<wxTextCtrl>(name)->GetValue()), file);
}

void WindowTest::tick(const std::string& name)
{
    auto* box = find<wxCheckBox>(name);
    ASSERT_TRUE(canBeUsed(box)) << name;
    ++m_interactions;
    box->SetValue(!box->GetValue());
    send(box, wxEVT_CHECKBOX, box->GetValue());
}

void WindowTest::choose(const std::string& radioButton)
{
    auto* button = find<wxRadioButton>(radioButton);
    ASSERT_TRUE(canBeUsed(button)) << radioButton;
    ++m_interactions;
    button->SetValue(true);
    send(button, wxEVT_RADIOBUTTON, 1);
}

void WindowTest::select(const std::string& list, int entry)
{
    auto* choice = find<wxChoice>(list);
    ASSERT_TRUE(canBeUsed(choice)) << list;
    ++m_interactions;
    choice->SetSelection(entry);
    send(choice, wxEVT_CHOICE, entry);
}

void WindowTest::clickRail(std::size_t entry)
{
    // Its rows are the panels after the heading, in the order of the chapters.
    std::vector<wxWindow*> rows;
    for (wxWindow* child : find<wxWindow>("rail")->GetChildren())
        if (!dynamic_cast<wxStaticText*>(child)) rows.push_back(child);
    ASSERT_LT(entry, rows.size());
    ++m_interactions;
    wxMouseEvent click(wxEVT_LEFT_UP);
    click.SetEventObject(rows[entry]);
    rows[entry]->GetEventHandler()->ProcessEvent(click);
}

bool WindowTest::becomesCalm()
{
    return waitUntil([this] { return isCalm(); });
}

bool WindowTest::reaches(const std::string& pageWord)
{
    const bool isReached = waitUntil([&] { return isCalm() && word() == pageWord; });
    EXPECT_TRUE(isReached) << pageWord << " was not reached, but " << word() << ": " << refusal();
    return isReached;
}

void WindowTest::openPage(const std::string& pageWord)
{
    ASSERT_TRUE(becomesCalm());
    ASSERT_TRUE(frame().openByWord(pageWord)) << pageWord;
    ASSERT_TRUE(reaches(pageWord));
}

void WindowTest::switchTo(Language language)
{
    ASSERT_TRUE(becomesCalm());
    const wxWindow* before = &frame();
    select("language", language == Language::Japanese ? 1 : 0);
    ASSERT_TRUE(waitUntil([&] { return &frame() != before && isCalm(); }));
}

void WindowTest::looksRight()
{
    // A text that wraps to another number of lines has its surroundings laid out anew in an event of its own.
    std::vector<std::string> faults;
    EXPECT_TRUE(waitUntil([&] { return (faults = layoutFaults(frame())).empty(); })) << faults.front();
}

void WindowTest::looksRightInBothLanguages()
{
    for (const Language language : {Language::Japanese, Language::English}) {
        switchTo(language);
        commands();  // the pane comes when the window has been seen
        looksRight();
        savePicture();
    }
}

void WindowTest::savePicture() const
{
    const char* folder = std::getenv("MONBAN_PICTURES");
    if (!folder) return;
    static int number = 0;
    if (!wxImage::FindHandler(wxBITMAP_TYPE_PNG)) wxInitAllImageHandlers();
    waitFor(std::chrono::milliseconds(300));  // the panes are made once they have been painted
    pictureOf(frame()).SaveFile(wxString::Format("%s/%02d-%s-%s.png", folder, ++number, word(), language() == Language::Japanese ? "ja" : "en"), wxBITMAP_TYPE_PNG);
}

std::string WindowTest::refusal() const
{
    const wxWindow* list = wxWindow::FindWindowByName("refusal", &page());
    if (!list || !list->IsShown()) return {};
    std::string words;
    for (const wxWindow* child : list->GetChildren())
        if (const auto* text = dynamic_cast<const WrappedText*>(child)) words += text->text().utf8_string();
    return words;
}

std::string WindowTest::focused()
{
    const wxWindow* focus = wxWindow::FindFocus();
    return focus ? focus->GetName().utf8_string() : "nothing";
}

void WindowTest::keep()
{
    ASSERT_TRUE(session().keeping());
    press("keep");
    ASSERT_TRUE(waitUntil([this] { return !session().keeping() && isCalm(); }));
}

void WindowTest::goTo(const std::string& pageWord)
{
    if (word() == "start" && pageWord != "start") press("set-up");
    while (word() != pageWord) {
        ASSERT_TRUE(becomesCalm());
        const std::string here = word();
        if (here == "certificate") {
            fill("certificate-file", ca("server.p12"));
            fill("certificate-password", password());
        } else if (here == "root") {
            fill("root-file", ca("ia1.der"));
            ASSERT_TRUE(becomesCalm());
            tick("root-confirmed");
        } else if (here == "require" && find<wxCheckBox>("agreed")->IsShown()) {
            tick("agreed");
        }
        if (here != "start") next();
        ASSERT_TRUE(waitUntil([&] { return isCalm() && word() != here; })) << here;
        if (session().keeping()) keep();
    }
}

void WindowTest::setFaults(const std::string& json)
{
    const fs::path file = m_folder / "machine.json";
    std::string text = *readText(file);
    const auto begin = text.find("\"faults\": [");
    ASSERT_NE(begin, std::string::npos) << text;
    const auto end = text.find(']', begin);
    ASSERT_TRUE(replaceFile(file, text.replace(begin, end - begin, "\"faults\": [" + json)));
}

void WindowTest::isRefusedHere(const std::string& fault)
{
    const std::string here = word();
    setFaults(fault);
    next();
    ASSERT_TRUE(waitUntil([this] { return frame().isBusy(); })) << "it does not run: " << fault;
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), here) << fault;
    EXPECT_FALSE(refusal().empty()) << fault;
    EXPECT_TRUE(page().runs()) << fault;
}

}  // namespace monban::wizard
