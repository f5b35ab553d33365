// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/finding_list.h"

#include <wx/sizer.h>

#include <algorithm>

#include "app/wizard/text.h"
#include "app/wizard/widgets/state_mark.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {
namespace {

Mark markOf(Severity severity)
{
    switch (severity) {
    case Severity::Error: return Mark::Problem;
    case Severity::Warning: return Mark::Waiting;
    case Severity::Info: return Mark::Information;
    }
    return Mark::Information;
}

const char* word(Severity severity)
{
    switch (severity) {
    case Severity::Error: return tr("Problem: {0}");
    case Severity::Warning: return tr("Note: {0}");
    case Severity::Info: return tr("{0}");
    }
    return "{0}";
}

}  // namespace

FindingList::FindingList(wxWindow* parent) : wxPanel(parent)
{
    SetName("findings");
    SetBackgroundColour(parent->GetBackgroundColour());
    SetSizer(new wxBoxSizer(wxVERTICAL));
    Hide();
}

void FindingList::show(const std::vector<Finding>& findings)
{
    std::vector<std::pair<Severity, wxString>> lines;
    for (const Finding& finding : findings) {
        wxString text = shown(Message{word(finding.severity), {inLanguage(finding.message, language())}});
        if (!finding.remedy.empty()) text += (language() == Language::Japanese ? wxString() : wxString(" ")) + shown(finding.remedy);
        std::pair<Severity, wxString> line{finding.severity, text};
        if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
    }
    std::ranges::stable_sort(lines, {}, [](const auto& line) { return line.first; });
    if (lines == m_shown) return;
    m_shown = std::move(lines);
    GetSizer()->Clear(true);
    for (const auto& [severity, text] : m_shown) {
        auto* row = new wxBoxSizer(wxHORIZONTAL);
        row->Add(new StateMark(this, markOf(severity)), wxSizerFlags().Top().Border(wxRIGHT));
        row->Add(new WrappedText(this, text), wxSizerFlags(1));
        GetSizer()->Add(row, wxSizerFlags().Expand().Border(wxBOTTOM));
    }
    Show(!m_shown.empty());
    layOutAround(*GetParent());
}

}  // namespace monban::wizard
