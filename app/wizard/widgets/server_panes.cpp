// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/server_panes.h"

namespace monban::wizard {
namespace {

constexpr double kStatusPart = 0.4;  // of the width of both panes: the commands have a row of buttons beneath

}  // namespace

ServerPanes::ServerPanes(wxWindow* parent) : wxSplitterWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxSP_LIVE_UPDATE | wxSP_3DSASH)
{
    SetMinimumPaneSize(20 * GetCharWidth());
    SetSashGravity(kStatusPart);
    Bind(wxEVT_PAINT, [this](wxPaintEvent& event) {
        m_isPainted = true;
        event.Skip();
    });
    Bind(wxEVT_IDLE, [this](wxIdleEvent& event) {
        if (m_isPainted) make();
        event.Skip();
    });
}

void ServerPanes::make()
{
    if (m_status) return;
    m_status = new LiveStatus(this);
    m_commands = new CommandsPane(this);
    m_commands->onCheck = [this](const SelfCheck& check) { onCheck(check); };
    SplitVertically(m_status, m_commands, static_cast<int>(GetClientSize().x * kStatusPart));
    show(std::move(m_content));
}

void ServerPanes::show(Content content)
{
    m_content = std::move(content);
    if (!m_status) return;
    m_commands->show(m_content.ran, m_content.coming, m_content.check);
    m_commands->setChecks(m_content.checks);
    m_status->show(m_content.status, m_content.age);
}

void ServerPanes::takeFocus()
{
    make();
    m_commands->takeFocus();
}

}  // namespace monban::wizard
