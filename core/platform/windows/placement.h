// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/pki/certificate.h"
#include "core/platform/windows/key_link.h"

namespace monban::windows {

/// Certificates on their way into the LocalMachine stores. Until keep() is called, what was put there is taken out again
/// with this object, and what it replaced is put back as it was.
class Placement {
public:
    Placement() = default;
    Placement(const Placement&) = delete;
    Placement& operator=(const Placement&) = delete;
    ~Placement();

    /// Into CA, unless it is there already: an entry that somebody else made keeps whatever hangs on it.
    Result<Done> addIssuer(const Certificate& certificate);
    /// Into that store, with what hangs on it, in place of one of the same thumbprint. Once.
    Result<Done> addOwn(const std::string& store, const CERT_CONTEXT* certificate);
    void keep() { m_kept = true; }

    /// Of what addOwn() replaced.
    const std::vector<KeyLink>& replacedKeys() const { return m_replacedKeys; }

private:
    Result<Done> rememberWhatIsThere(HCERTSTORE store, const std::string& thumbprint);
    void takeBackOwn() const;
    void takeBackIssuers() const;

    std::vector<std::string> m_issuers;  // thumbprints of what was added to CA
    std::string m_store;
    std::string m_own;       // its thumbprint; empty: nothing was added yet
    StoreHandle m_replaced;  // copies in memory
    std::vector<KeyLink> m_replacedKeys;
    bool m_kept = false;
};

}  // namespace monban::windows
