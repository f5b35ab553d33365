// SPDX-License-Identifier: MIT
#include "app/wizard/pages/trust_page.h"

#include <wx/sizer.h>
#include <wx/textctrl.h>

#include "app/wizard/widgets/wrapped_text.h"
#include "core/plan/chapters.h"

namespace monban::wizard {

TrustPage::TrustPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Trust, {tr("Register the root CA in two stores"), {}},
           {tr("The trusted roots let Windows believe the client certificates. The CTL store is the list the server sends to browsers, so that they offer only certificates of this CA; nobody else's are accepted either."), {}})
{
}

void TrustPage::build()
{
    auto* form = addForm();
    m_store = addText(form, tr("Name of the &CTL store:"), "ctl-store", [](Answers& a) -> std::string& { return a.trust.ctlStore; });
    m_ctl = addParagraph({});
    m_root = addParagraph({});
}

std::string TrustPage::contentOf(const std::string& store) const
{
    const auto seen = storeOf(view()->facts, store);
    if (!seen) return inLanguage(seen.error().message, language());
    if (seen->empty()) return toUtf8(shown(tr("empty")));
    constexpr std::size_t kShown = 6;
    std::string text;
    for (std::size_t i = 0; i < seen->size() && i < kShown; ++i) {
        text += (i ? ", " : "") + shownName((*seen)[i].certificate);
    }
    if (seen->size() > kShown) text += toUtf8(shown(Message{tr(" and {0} more"), {std::to_string(seen->size() - kShown)}}));
    return text;
}

void TrustPage::refresh()
{
    Page::refresh();
    if (!view()) return;
    const std::string& ctl = session().answers().trust.ctlStore;
    m_ctl->setText(shown(Message{tr("CTL store {0} now: {1}"), {ctl, ctl.empty() ? std::string() : contentOf(ctl)}}));
    m_root->setText(shown(Message{tr("Trusted roots (ROOT) now: {0}"), {contentOf("ROOT")}}));
}

std::optional<Refusal> TrustPage::problem() const
{
    if (session().answers().trust.ctlStore.empty()) return Refusal{{tr("Give the CTL store a name; iis_client_trust is the usual one."), {}}, m_store};
    return Page::problem();
}

}  // namespace monban::wizard
