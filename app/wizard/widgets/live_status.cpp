// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/live_status.h"

#include <wx/scrolwin.h>
#include <wx/settings.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/wupdlock.h>

#include "app/wizard/text.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {
namespace {

Mark markOf(LiveLine::State state)
{
    switch (state) {
    case LiveLine::State::Good: return Mark::Done;
    case LiveLine::State::Different: return Mark::ToDo;
    case LiveLine::State::Unreadable: return Mark::Problem;
    case LiveLine::State::Waiting: return Mark::Waiting;
    }
    return Mark::ToDo;
}

Message words(const LiveLine& line)
{
    const std::string wanted = inLanguage(line.wanted, language());
    const std::string seen = inLanguage(line.seen, language());
    switch (line.state) {
    case LiveLine::State::Good: return {tr("as wanted: {0}"), {seen}};
    case LiveLine::State::Different: return {tr("now: {0} — wanted: {1}"), {seen, wanted}};
    case LiveLine::State::Unreadable: return {tr("cannot be read: {0}"), {seen}};
    case LiveLine::State::Waiting: return {tr("waits: {0}"), {seen}};
    }
    return {};
}

}  // namespace

LiveStatus::LiveStatus(wxWindow* parent) : wxPanel(parent)
{
    auto* heading = new wxStaticText(this, wxID_ANY, shown(tr("On the server now")));
    heading->SetFont(heading->GetFont().Bold());
    m_age = new wxStaticText(this, wxID_ANY, wxString());
    m_age->SetForegroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_GRAYTEXT));
    auto* top = new wxBoxSizer(wxHORIZONTAL);
    top->Add(heading, wxSizerFlags(1).CenterVertical());
    top->Add(m_age, wxSizerFlags().CenterVertical());
    m_list = new wxScrolledWindow(this, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxVSCROLL | wxBORDER_THEME | wxTAB_TRAVERSAL);
    m_list->SetName("live-status");
    m_list->SetBackgroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW));
    m_list->SetScrollRate(0, GetCharHeight());
    m_list->SetSizer(new wxBoxSizer(wxVERTICAL));
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    sizer->Add(top, wxSizerFlags().Expand().Border());
    sizer->Add(m_list, wxSizerFlags(1).Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM));
    SetSizer(sizer);
}

void LiveStatus::show(const std::vector<LiveLine>& lines, const wxString& age)
{
    if (m_age->GetLabelText() != age) {
        m_age->SetLabelText(age);
        Layout();
    }
    std::vector<Row> rows;
    for (const LiveLine& line : lines) rows.push_back({markOf(line.state), shown(line.what), shown(words(line))});
    if (rows.empty()) rows.push_back({Mark::Information, shown(tr("This page expects nothing of the server.")), {}});
    if (rows == m_rows) return;  // what is filled anew would flicker and lose the place it was scrolled to
    m_rows = std::move(rows);
    fill();
}

void LiveStatus::fill()
{
    const wxWindowUpdateLocker still(m_list);
    m_list->GetSizer()->Clear(true);
    for (const Row& row : m_rows) {
        auto* texts = new wxBoxSizer(wxVERTICAL);
        auto* what = new WrappedText(m_list, row.what);
        what->SetFont(what->GetFont().Bold());
        texts->Add(what, wxSizerFlags().Expand());
        if (!row.says.empty()) texts->Add(new WrappedText(m_list, row.says), wxSizerFlags().Expand());
        auto* across = new wxBoxSizer(wxHORIZONTAL);
        across->Add(new StateMark(m_list, row.mark), wxSizerFlags().Top().Border(wxRIGHT));
        across->Add(texts, wxSizerFlags(1).Expand());
        m_list->GetSizer()->Add(across, wxSizerFlags().Expand().Border(wxLEFT | wxTOP | wxRIGHT));
    }
    layOutAround(*m_list);
}

}  // namespace monban::wizard
