// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/state_mark.h"

#include <wx/dcbuffer.h>
#include <wx/graphics.h>
#include <wx/settings.h>

#include <memory>

namespace monban::wizard {
namespace {

wxColour colourOf(Mark mark)
{
    switch (mark) {
    case Mark::Done: return {16, 124, 16};
    case Mark::Waiting: return {157, 93, 0};
    case Mark::Problem: return {196, 43, 28};
    case Mark::Here: return {0, 95, 184};
    case Mark::Information: return {0, 95, 184};
    default: return wxSystemSettings::GetColour(wxSYS_COLOUR_GRAYTEXT);
    }
}

}  // namespace

StateMark::StateMark(wxWindow* parent, Mark mark) : m_mark(mark)
{
    SetBackgroundStyle(wxBG_STYLE_PAINT);
    Create(parent, wxID_ANY);
    Bind(wxEVT_PAINT, [this](wxPaintEvent&) { paint(); });
}

void StateMark::setMark(Mark mark)
{
    if (mark == m_mark) return;
    m_mark = mark;
    Refresh();
}

wxSize StateMark::DoGetBestClientSize() const
{
    const int side = GetCharHeight() * 5 / 4;
    return {side, side};
}

void StateMark::paint()
{
    wxAutoBufferedPaintDC dc(this);
    dc.SetBackground(GetParent()->GetBackgroundColour());
    dc.Clear();
    const std::unique_ptr<wxGraphicsContext> g(wxGraphicsContext::Create(dc));
    if (!g) return;
    const double side = std::min(GetClientSize().x, GetClientSize().y);
    const double line = side / 11;
    const wxColour colour = colourOf(m_mark);
    const bool isFilled = m_mark != Mark::ToDo && m_mark != Mark::Skipped;
    g->SetPen(g->CreatePen(wxGraphicsPenInfo(colour).Width(line * 0.8)));
    if (isFilled) g->SetBrush(wxBrush(colour));
    g->DrawEllipse(line, line, side - 2 * line, side - 2 * line);
    g->SetPen(g->CreatePen(wxGraphicsPenInfo(isFilled ? *wxWHITE : colour).Width(line * 1.2).Cap(wxCAP_ROUND).Join(wxJOIN_ROUND)));
    g->SetBrush(*wxTRANSPARENT_BRUSH);
    const auto stroke = [&](std::initializer_list<wxPoint2DDouble> points) {
        wxGraphicsPath path = g->CreatePath();
        bool begun = false;
        for (const auto& p : points) {
            if (begun) path.AddLineToPoint(p.m_x * side, p.m_y * side);
            else path.MoveToPoint(p.m_x * side, p.m_y * side);
            begun = true;
        }
        g->StrokePath(path);
    };
    switch (m_mark) {
    case Mark::Done: stroke({{0.30, 0.52}, {0.44, 0.66}, {0.70, 0.36}}); break;
    case Mark::Waiting: stroke({{0.5, 0.28}, {0.5, 0.52}, {0.66, 0.60}}); break;
    case Mark::Problem:
        stroke({{0.5, 0.27}, {0.5, 0.55}});
        stroke({{0.5, 0.72}, {0.5, 0.721}});
        break;
    case Mark::Here: stroke({{0.42, 0.30}, {0.62, 0.50}, {0.42, 0.70}}); break;
    case Mark::Skipped: stroke({{0.34, 0.5}, {0.66, 0.5}}); break;
    case Mark::Information:
        stroke({{0.5, 0.29}, {0.5, 0.291}});
        stroke({{0.5, 0.46}, {0.5, 0.72}});
        break;
    case Mark::ToDo: break;
    }
}

}  // namespace monban::wizard
