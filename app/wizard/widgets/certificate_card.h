// SPDX-License-Identifier: MIT
#pragma once
#include <wx/panel.h>

#include <optional>

#include "core/pki/certificate.h"

class wxFlexGridSizer;

namespace monban::wizard {

/// A certificate in the words of somebody who has to recognise it: names, how long it lasts, issuer, key, fingerprint.
class CertificateCard final : public wxPanel {
public:
    explicit CertificateCard(wxWindow* parent);
    /// now: of the server's clock. hasKey: unknown for a certificate without a key file. Nothing hides the card.
    void show(const Certificate* certificate, Time now, std::optional<bool> hasKey = std::nullopt);

private:
    void add(const wxString& label, const wxString& value, bool isStrong = false);

    wxFlexGridSizer* m_grid = nullptr;
    wxString m_shown;
};

/// "expires in 364 days (2027-11-22)", "expired 3 days ago (2026-11-20)".
Message lifetime(const Certificate& certificate, Time now);

}  // namespace monban::wizard
