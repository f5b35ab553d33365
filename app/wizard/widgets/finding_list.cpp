// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/finding_list.h"

#include <wx/checkbox.h>
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

std::vector<FindingList::Line> FindingList::linesOf(const std::vector<Finding>& findings) const
{
    std::vector<Line> lines;
    for (const Finding& finding : findings) {
        const bool isTaken = isAccepted && !finding.acceptedBy.empty() && isAccepted(finding.acceptedBy);
        const Severity severity = isTaken && finding.severity == Severity::Error ? Severity::Warning : finding.severity;
        wxString text = shown(Message{word(severity), {inLanguage(finding.message, language())}});
        if (!finding.remedy.empty()) text += (language() == Language::Japanese ? wxString() : wxString(" ")) + shown(finding.remedy);
        const Line line{severity, text, onAccept ? finding.acceptedBy : std::string()};
        if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
    }
    // What stops a step may be said by the step as well as by the pitfall that can be accepted.
    std::erase_if(lines, [all = lines](const Line& line) {
        return line.box.empty() && std::ranges::any_of(all, [&](const Line& other) { return !other.box.empty() && other.text.StartsWith(line.text); });
    });
    std::ranges::stable_sort(lines, {}, &Line::severity);
    // One box for all that is accepted together.
    for (auto line = lines.begin(); line != lines.end(); ++line)
        if (!line->box.empty() && std::any_of(line + 1, lines.end(), [&](const Line& later) { return later.box == line->box; })) line->box.clear();
    return lines;
}

void FindingList::addBox(const std::string& pitfall)
{
    auto* box = new wxCheckBox(this, wxID_ANY, shown(tr("I know this, and want it all the same")));
    box->SetName("accept-" + fromUtf8(pitfall));
    box->Bind(wxEVT_CHECKBOX, [this, pitfall](wxCommandEvent& event) { onAccept(pitfall, event.IsChecked()); });
    GetSizer()->Add(box, wxSizerFlags().Border(wxLEFT, 3 * GetCharWidth()));
    GetSizer()->AddSpacer(wxSizerFlags::GetDefaultBorder());
}

void FindingList::show(const std::vector<Finding>& findings)
{
    auto lines = linesOf(findings);
    if (lines != m_shown) {
        m_shown = std::move(lines);
        const wxWindow* focused = wxWindow::FindFocus();
        const wxString name = focused && focused->GetParent() == this ? focused->GetName() : wxString();
        GetSizer()->Clear(true);
        for (const Line& line : m_shown) {
            auto* row = new wxBoxSizer(wxHORIZONTAL);
            row->Add(new StateMark(this, markOf(line.severity)), wxSizerFlags().Top().Border(wxRIGHT));
            row->Add(new WrappedText(this, line.text), wxSizerFlags(1));
            GetSizer()->Add(row, wxSizerFlags().Expand().Border(wxBOTTOM));
            if (!line.box.empty()) addBox(line.box);
        }
        Show(!m_shown.empty());
        layOutAround(*GetParent());
        if (wxWindow* same = name.empty() ? nullptr : wxWindow::FindWindowByName(name, this)) same->SetFocus();
    }
    for (const Line& line : m_shown)
        if (auto* box = line.box.empty() ? nullptr : dynamic_cast<wxCheckBox*>(wxWindow::FindWindowByName("accept-" + fromUtf8(line.box), this)))
            box->SetValue(isAccepted(line.box));
}

}  // namespace monban::wizard
