// SPDX-License-Identifier: MIT
#include "app/wizard/pages/import_page.h"

#include <wx/choice.h>
#include <wx/sizer.h>

#include "app/wizard/widgets/certificate_card.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/plan/chapters.h"

namespace monban::wizard {

ImportPage::ImportPage(wxWindow* parent, Session& session)
    : Page(parent, session, Chapter::Import, {tr("Register the certificate on this server"), {}},
           {tr("The certificate goes into a store of the computer, where IIS finds it. The private key is stored so that it cannot be exported again."), {}})
{
}

void ImportPage::build()
{
    m_card = new CertificateCard(this);
    addContent(m_card);
    auto* form = addForm();
    addText(form, tr("&Friendly name (as IIS Manager lists it):"), "friendly-name", [](Answers& a) -> std::string& { return a.import.friendlyName; });
    m_store = new wxChoice(this, wxID_ANY);
    m_store->SetName("store");
    m_store->Append(shown(tr("Personal (MY)")));
    m_store->Append(shown(tr("Web Hosting (WebHosting)")));
    addRow(form, tr("Certificate &store:"), m_store);
    m_store->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { changed(); });
    m_there = addParagraph({});
}

const Certificate* ImportPage::certificate() const
{
    if (const Certificate* chosen = fileCertificate()) return chosen;
    const auto* issued = view() ? &view()->materials->issued : nullptr;
    return issued && *issued && **issued && !(**issued)->certificates.empty() ? &(**issued)->certificates.front() : nullptr;
}

void ImportPage::load()
{
    Page::load();
    m_store->SetSelection(session().answers().import.store == "WebHosting" ? 1 : 0);
}

void ImportPage::store()
{
    Page::store();
    session().answers().import.store = m_store->GetSelection() == 1 ? "WebHosting" : "MY";
}

void ImportPage::refresh()
{
    Page::refresh();
    const Certificate* chosen = certificate();
    m_card->show(chosen, serverTime());
    if (!view()) return;
    std::string list;
    for (const char* name : {"MY", "WebHosting"}) {
        const auto store = storeOf(view()->facts, name);
        if (!store) continue;
        for (const StoredCertificate& one : *store)
            list += (list.empty() ? "" : "; ") + shownName(one.certificate) + " (" + name + ")";
    }
    m_there->setText(list.empty() ? shown(tr("No server certificate is registered on this server yet."))
                                  : shown(Message{tr("Server certificates on this server: {0}"), {list}}));
}

}  // namespace monban::wizard
