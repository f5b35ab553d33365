// SPDX-License-Identifier: MIT
// What the window consists of, and its keys.
#include <wx/accel.h>
#include <wx/activityindicator.h>
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/display.h>
#include <wx/simplebook.h>
#include <wx/sizer.h>
#include <wx/statline.h>
#include <wx/stattext.h>
#include <wx/stdpaths.h>

#include <algorithm>

#include "app/wizard/frame.h"
#include "app/wizard/pages/bind_page.h"
#include "app/wizard/pages/certificate_page.h"
#include "app/wizard/pages/finish_page.h"
#include "app/wizard/pages/import_page.h"
#include "app/wizard/pages/renew_page.h"
#include "app/wizard/pages/require_page.h"
#include "app/wizard/pages/root_page.h"
#include "app/wizard/pages/start_page.h"
#include "app/wizard/pages/troubleshoot_page.h"
#include "app/wizard/pages/trust_page.h"
#include "app/wizard/pages/verify_page.h"
#include "app/wizard/pages/work_page.h"
#include "app/wizard/widgets/keep_bar.h"
#include "app/wizard/widgets/page_split.h"
#include "app/wizard/widgets/rail.h"
#include "app/wizard/widgets/server_panes.h"

namespace monban::wizard {

void Frame::build()
{
    const wxString title = shown(tr("Client certificates for IIS — Monban"));
    SetTitle(m_practice ? title + wxString::FromUTF8(" — ") + shown(tr("practice server")) : title);
    m_panel = new wxPanel(this);
    auto* right = new wxPanel(m_panel);
    m_split = new PageSplit(right);
    m_book = new wxSimplebook(m_split);
    buildPages(m_book);
    m_panes = new ServerPanes(m_split);
    m_panes->onCheck = [this](const SelfCheck& check) { doCheck(check); };
    m_split->begin(m_book, m_panes);
    auto* rightSizer = new wxBoxSizer(wxVERTICAL);
    rightSizer->Add(m_split, wxSizerFlags(1).Expand());
    right->SetSizer(rightSizer);

    std::vector<Rail::Entry> entries;
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        const Page& one = *m_pages[i];
        if (one.chapter() == Chapter::Start || std::string(one.word()) == "finish") continue;
        entries.push_back({shown(one.entry()), one.place(), wxString::Format("Ctrl+%zu", entries.size() + 1)});
        m_railPages.push_back(i);
    }
    m_rail = new Rail(m_panel, entries, [this](std::size_t entry) { open(m_railPages[entry]); });
    auto* across = new wxBoxSizer(wxHORIZONTAL);
    across->Add(m_rail, wxSizerFlags().Expand());
    across->Add(new wxStaticLine(m_panel, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxLI_VERTICAL), wxSizerFlags().Expand());
    across->Add(right, wxSizerFlags(1).Expand());
    auto* all = new wxBoxSizer(wxVERTICAL);
    all->Add(across, wxSizerFlags(1).Expand());
    all->Add(new wxStaticLine(m_panel), wxSizerFlags().Expand());
    m_keepBar = new KeepBar(m_panel);
    m_keepBar->onKeep = [this] {
        m_session.keep();
        showKeeping();
    };
    m_keepBar->onTakeBack = [this] {
        m_session.takeBack();
        showKeeping();
    };
    all->Add(m_keepBar, wxSizerFlags().Expand());
    all->Add(buildButtons(), wxSizerFlags().Expand().Border());
    m_panel->SetSizer(all);

    // As large as the text wants it, never larger than the screen. The height of letters counts: an average width of all
    // letters says little, it is twice as much in a Japanese font.
    const wxRect screen = wxDisplay(wxDisplay::GetFromWindow(this) == wxNOT_FOUND ? 0U : static_cast<unsigned>(wxDisplay::GetFromWindow(this))).GetClientArea();
    const wxSize wanted(68 * GetCharHeight(), 45 * GetCharHeight());
    SetMinClientSize({std::min(50 * GetCharHeight(), screen.width), std::min(32 * GetCharHeight(), screen.height)});
    SetSize(std::min(wanted.x, screen.width), std::min(wanted.y, screen.height));
    m_current = 0;
    page().make();
    page().load();
    layOut();  // the page has its size by now, and no event is to come
    showState();
    showKeeping();
}

void Frame::add(Page* page)
{
    m_pages.push_back(page);
    page->SetName(wxString("page-") + page->word());
    page->onChanged = [this, page] {
        if (page != m_pages[m_current]) return;
        m_split->giveRoomTo(*page);
        showState();
    };
    m_book->AddPage(page, wxString());
}

void Frame::buildPages(wxWindow* parent)
{
    auto* start = new StartPage(parent, m_session, m_practice,
                                {[this] { setUp(); }, [this](const Renewable& one) { renew(one); }, m_wishes.practise, [this](const Unfinished& work) { resume(work); },
                                 [this](const Work& work, const Answers& answers) { startWork(work, answers); }});
    start->onTried = [this] { showState(); };
    add(start);
    if (m_kind != PlanKind::SetUp && m_kind != PlanKind::Renewal) {
        if (m_kind == PlanKind::Undo) add(new UndoPage(parent, m_session));
        if (m_kind == PlanKind::Removal) add(new RemovePage(parent, m_session));
        if (m_kind == PlanKind::Retirement) add(new RetirePage(parent, m_session));
        if (m_kind == PlanKind::PutBack) add(new PutBackPage(parent, m_session));
        add(new FinishPage(parent, m_session, m_practice));
        return;
    }
    add(new CertificatePage(parent, m_session, m_practice ? m_practice->folder() : pathFromUtf8(toUtf8(wxStandardPaths::Get().GetDocumentsDir()))));
    if (m_kind == PlanKind::Renewal) {
        add(new RenewPage(parent, m_session));
    } else {
        add(new RootPage(parent, m_session));
        add(new ImportPage(parent, m_session));
        add(new TrustPage(parent, m_session));
        add(new BindPage(parent, m_session));
        add(new RequirePage(parent, m_session));
    }
    m_verify = new VerifyPage(parent, m_session, m_practice);
    add(m_verify);
    auto* troubleshoot = new TroubleshootPage(parent, m_session, m_practice);
    troubleshoot->onElevate = [this] { elevate(); };
    add(troubleshoot);
    add(new FinishPage(parent, m_session, m_practice));
}

wxSizer* Frame::buildButtons()
{
    auto* languageLabel = new wxStaticText(m_panel, wxID_ANY, "Language / " + wxString::FromUTF8("言語:"));
    m_languages = new wxChoice(m_panel, wxID_ANY);
    m_languages->SetName("language");
    m_languages->Append("English");
    m_languages->Append(wxString::FromUTF8("日本語"));
    m_languages->SetSelection(language() == Language::Japanese ? 1 : 0);
    m_languages->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
        if (isBusy()) return;
        page().store();
        const Language chosen = m_languages->GetSelection() == 1 ? Language::Japanese : Language::English;
        // Not within the event of a control that is about to be built anew.
        CallAfter([wish = m_wishes.changeLanguage, chosen] { wish(chosen); });
    });
    auto* help = new wxButton(m_panel, wxID_HELP, shown(tr("Help (F1)")));
    m_activity = new wxActivityIndicator(m_panel);
    m_doing = new wxStaticText(m_panel, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_ELLIPSIZE_END);
    m_back = new wxButton(m_panel, wxID_BACKWARD, shown(tr("< &Back")));
    m_next = new wxButton(m_panel, wxID_FORWARD, shown(tr("&Next")));
    m_cancel = new wxButton(m_panel, wxID_CLOSE, shown(tr("Close")));
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    row->Add(languageLabel, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    row->Add(m_languages, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    row->Add(help, wxSizerFlags().CenterVertical().DoubleBorder(wxRIGHT));
    row->Add(m_activity, wxSizerFlags().CenterVertical().Border(wxRIGHT).ReserveSpaceEvenIfHidden());
    row->Add(m_doing, wxSizerFlags(1).CenterVertical().Border(wxRIGHT));
    row->Add(m_back, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    row->Add(m_next, wxSizerFlags().CenterVertical().Border(wxRIGHT));
    row->Add(m_cancel, wxSizerFlags().CenterVertical());
    help->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { showHelp(); });
    m_back->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { back(); });
    m_next->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { next(); });
    m_cancel->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
        if (m_session.isRunning()) m_session.cancel();
        else Close();
    });
    help->SetName("help");
    m_back->SetName("backward");
    m_next->SetName("forward");
    m_cancel->SetName("cancel");
    m_next->SetDefault();
    return row;
}

/// Keys that work wherever the focus is: under Windows an access key counts only within its own panel.
void Frame::bindKeys()
{
    const int help = wxWindow::NewControlId();
    const int back = wxWindow::NewControlId();
    const int next = wxWindow::NewControlId();
    std::vector<wxAcceleratorEntry> keys{wxAcceleratorEntry(wxACCEL_NORMAL, WXK_F1, help), wxAcceleratorEntry(wxACCEL_ALT, WXK_LEFT, back),
                                         wxAcceleratorEntry(wxACCEL_ALT, WXK_RIGHT, next)};
    for (std::size_t entry = 0; entry < m_railPages.size(); ++entry) {
        const int id = wxWindow::NewControlId();
        keys.emplace_back(wxACCEL_CTRL, '1' + static_cast<int>(entry), id);
        Bind(wxEVT_MENU, [this, entry](wxCommandEvent&) { open(m_railPages[entry]); }, id);
    }
    SetAcceleratorTable(wxAcceleratorTable(static_cast<int>(keys.size()), keys.data()));
    Bind(wxEVT_MENU, [this](wxCommandEvent&) { showHelp(); }, help);
    Bind(wxEVT_MENU, [this](wxCommandEvent&) { this->back(); }, back);
    Bind(wxEVT_MENU, [this](wxCommandEvent&) { this->next(); }, next);
    // No accelerator: it would be taken from a list that Esc closes.
    Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
        if (event.GetKeyCode() == WXK_ESCAPE && m_session.isRunning()) m_session.cancel();
        else event.Skip();
    });
}

}  // namespace monban::wizard
