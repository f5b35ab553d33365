// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/certificate_card.h"

#include <wx/datetime.h>
#include <wx/settings.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include "app/wizard/text.h"
#include "app/wizard/widgets/wrapped_text.h"
#include "core/plan/chapters.h"

namespace monban::wizard {
namespace {

std::string localMoment(Time time)
{
    const wxDateTime local(static_cast<time_t>(time.time_since_epoch().count()));
    return toUtf8(local.Format("%Y-%m-%d %H:%M"));
}

std::string grouped(const std::string& fingerprint)
{
    std::string text;
    for (std::size_t i = 0; i < fingerprint.size(); ++i) {
        if (i && i % 4 == 0) text += ' ';
        text += fingerprint[i];
    }
    return text;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

Message lifetime(const Certificate& certificate, Time now)
{
    if (!certificate.hasReadableDates) return {tr("Its dates cannot be read, so Windows will not accept it."), {}};
    const std::string date = localMoment(certificate.notAfter);
    const auto days = std::chrono::duration_cast<std::chrono::days>(certificate.notAfter - now).count();
    if (now < certificate.notBefore) return {tr("valid only from {0} (local time)"), {localMoment(certificate.notBefore)}};
    if (now > certificate.notAfter) return {tr("expired on {0} (local time)"), {date}};
    return {tr("expires in {0} days ({1}, local time)"), {std::to_string(days), date}};
}

CertificateCard::CertificateCard(wxWindow* parent) : wxPanel(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxBORDER_THEME)
{
    SetName("certificate-card");
    SetBackgroundColour(wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW));
    m_grid = new wxFlexGridSizer(2, wxSize(GetCharWidth() * 2, GetCharHeight() / 4));
    m_grid->AddGrowableCol(1);
    auto* sizer = new wxBoxSizer(wxVERTICAL);
    sizer->Add(m_grid, wxSizerFlags().Expand().DoubleBorder());
    SetSizer(sizer);
    Hide();
}

void CertificateCard::add(const wxString& label, const wxString& value, bool isStrong)
{
    auto* name = new wxStaticText(this, wxID_ANY, label);
    auto* text = new WrappedText(this, value);
    if (isStrong) text->SetFont(text->GetFont().Bold());
    m_grid->Add(name, wxSizerFlags().Top());
    m_grid->Add(text, wxSizerFlags(1).Expand());
}

void CertificateCard::show(const Certificate* certificate, Time now, std::optional<bool> hasKey)
{
    wxString key;
    if (certificate) key = fromUtf8(certificate->thumbprintSha256) + shown(lifetime(*certificate, now)) + (hasKey ? (*hasKey ? "k" : "-") : "?");
    if (key == m_shown) return;
    m_shown = key;
    m_grid->Clear(true);
    Show(certificate != nullptr);
    if (certificate) {
        const auto& c = *certificate;
        add(shown(tr("Certificate")), fromUtf8(shownName(c)), true);
        if (!c.dnsNames.empty()) add(shown(tr("Host names")), fromUtf8(joined(c.dnsNames)));
        add(shown(tr("Validity")), shown(lifetime(c, now)));
        add(shown(tr("Issuer")), fromUtf8(c.issuer));
        add(shown(tr("Key")), fromUtf8(c.key.algorithm + " " + std::to_string(c.key.bits) + " · " + c.signatureAlgorithm));
        if (hasKey) add(shown(tr("Private key")), shown(*hasKey ? tr("there, and it belongs to the certificate") : tr("missing")));
        add(shown(tr("Thumbprint (SHA-1)")), fromUtf8(c.thumbprintSha1));
        if (c.isCa) add(shown(tr("Fingerprint (SHA-256)")), fromUtf8(grouped(c.thumbprintSha256)));
    }
    GetParent()->Layout();
    GetParent()->FitInside();
}

}  // namespace monban::wizard
