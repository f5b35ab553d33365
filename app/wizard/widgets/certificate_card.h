// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "app/wizard/widgets/fact_card.h"
#include "core/pki/certificate.h"

namespace monban::wizard {

/// A certificate in the words of somebody who has to recognise it: names, how long it lasts, issuer, key, fingerprint.
class CertificateCard final : public FactCard {
public:
    explicit CertificateCard(wxWindow* parent) : FactCard(parent, "certificate-card") {}
    /// now: of the server's clock. hasKey: unknown for a certificate without a key file. Nothing hides the card.
    void show(const Certificate* certificate, Time now, std::optional<bool> hasKey = std::nullopt);
};

/// "expires in 364 days (2027-11-22)", "expired 3 days ago (2026-11-20)".
Message lifetime(const Certificate& certificate, Time now);

}  // namespace monban::wizard
