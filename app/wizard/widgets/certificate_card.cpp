// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/certificate_card.h"

#include <wx/datetime.h>

#include "app/wizard/text.h"
#include "core/plan/chapters.h"

namespace monban::wizard {
namespace {

std::string localMoment(Time time)
{
    const wxDateTime local(static_cast<time_t>(time.time_since_epoch().count()));
    return toUtf8(local.Format("%Y-%m-%d %H:%M"));
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

void CertificateCard::show(const Certificate* certificate, Time now, std::optional<bool> hasKey)
{
    std::vector<Row> rows;
    if (certificate) {
        const auto& c = *certificate;
        rows.push_back({shown(tr("Certificate")), fromUtf8(shownName(c)), Style::Strong});
        if (!c.dnsNames.empty()) rows.push_back({shown(tr("Host names")), fromUtf8(joined(c.dnsNames))});
        rows.push_back({shown(tr("Validity")), shown(lifetime(c, now))});
        rows.push_back({shown(tr("Issuer")), fromUtf8(c.issuer)});
        rows.push_back({shown(tr("Key")), fromUtf8(c.key.algorithm + " " + std::to_string(c.key.bits) + " · " + c.signatureAlgorithm)});
        if (hasKey) rows.push_back({shown(tr("Private key")), shown(*hasKey ? tr("there, and it belongs to the certificate") : tr("missing"))});
        rows.push_back({shown(tr("Thumbprint (SHA-1)")), fromUtf8(c.thumbprintSha1)});
        if (c.isCa) rows.push_back({shown(tr("Fingerprint (SHA-256)")), groupedFingerprint(c.thumbprintSha256), Style::Fingerprint});
    }
    showRows(std::move(rows));
}

}  // namespace monban::wizard
