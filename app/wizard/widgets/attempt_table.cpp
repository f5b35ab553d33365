// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/attempt_table.h"

#include <wx/listctrl.h>
#include <wx/sizer.h>

#include "app/wizard/text.h"
#include "app/wizard/widgets/wrapped_text.h"

namespace monban::wizard {
namespace {

constexpr int kLinesOfTable = 7;

wxString markOf(const ProbeAttempt& attempt)
{
    return fromUtf8(!attempt.counts ? "–" : attempt.isAsExpected() ? "✓" : "✗");
}

/// "TLSv1.3, TLS_AES_256_GCM_SHA384, h2; TCP 1 ms, TLS 5 ms, all 9 ms".
wxString detailsOf(const ProbeAttempt& attempt)
{
    wxString text = shown(titleOf(attempt)) + "\n" + shown(evidenceOf(attempt));
    if (!attempt.counts) text += "\n" + shown(tr("This attempt says nothing about who gets in."));
    if (!attempt.answer) return text;
    const HttpsAnswer& answer = *attempt.answer;
    if (!answer.tlsVersion.empty())
        text += "\n" + shown(Message{tr("TLS: {0}, {1}; ALPN: {2}"), {answer.tlsVersion, answer.cipher, answer.alpn.empty() ? "–" : answer.alpn}});
    text += "\n" + shown(Message{tr("Milliseconds: TCP {0}, TLS {1}, answer {2}"),
                                 {std::to_string(answer.connected.count()), std::to_string(answer.handshaken.count()), std::to_string(attempt.took.count())}});
    return text;
}

}  // namespace

AttemptTable::AttemptTable(wxWindow* parent) : wxPanel(parent)
{
    SetBackgroundColour(parent->GetBackgroundColour());
    m_list = new wxListCtrl(this, wxID_ANY, wxDefaultPosition, wxSize(-1, kLinesOfTable * GetCharHeight() * 3 / 2), wxLC_REPORT | wxLC_SINGLE_SEL);
    m_list->SetName("attempts");
    m_details = new WrappedText(this);
    m_details->SetName("attempt-details");
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    sizer->Add(m_list, wxSizerFlags().Expand().Border(wxBOTTOM));
    sizer->Add(m_details, wxSizerFlags().Expand().Border(wxBOTTOM));
    SetSizer(sizer);
    m_list->Bind(wxEVT_LIST_ITEM_SELECTED, [this](wxListEvent& event) { showDetails(static_cast<int>(event.GetIndex())); });
    Hide();
}

void AttemptTable::show(const ProbeReport* report)
{
    m_list->ClearAll();
    m_texts.clear();
    m_details->setText(wxString());
    if (report) {
        for (const char* title : {tr("Attempt"), tr("Expected"), tr("Met"), tr("Evidence")}) m_list->AppendColumn(shown(title));
        int worst = 0;
        for (const ProbeAttempt& attempt : report->attempts) {
            const long row = m_list->InsertItem(m_list->GetItemCount(), shown(titleOf(attempt)));
            m_list->SetItem(row, 1, shown(wordFor(attempt.expectsAccepted ? Admission::Accepted : Admission::Refused)));
            m_list->SetItem(row, 2, markOf(attempt) + " " + shown(wordFor(attempt.observed)));
            m_list->SetItem(row, 3, shown(evidenceOf(attempt)));
            m_texts.push_back(detailsOf(attempt));
            if (worst == 0 && attempt.counts && !attempt.isAsExpected()) worst = static_cast<int>(row);
        }
        for (int column = 0; column < 4; ++column) m_list->SetColumnWidth(column, wxLIST_AUTOSIZE);
        m_list->SetItemState(worst, wxLIST_STATE_SELECTED | wxLIST_STATE_FOCUSED, wxLIST_STATE_SELECTED | wxLIST_STATE_FOCUSED);
        showDetails(worst);
    }
    Show(report != nullptr);
    layOutAround(*this);
}

void AttemptTable::showDetails(int row)
{
    if (row < 0 || static_cast<std::size_t>(row) >= m_texts.size()) return;
    m_details->setText(m_texts[static_cast<std::size_t>(row)]);
    layOutAround(*this);
}

}  // namespace monban::wizard
