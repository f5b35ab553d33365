// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/pki/pkcs12_file.h"
#include "core/pki/pkcs12_protection.h"

namespace monban {

/// Gathers what is known about the protection of the whole file.
class Pkcs12Summary {
public:
    void add(const Protection& protection)
    {
        encryption.iterations = std::max(encryption.iterations, protection.iterations);
        encryption.windows = std::max(encryption.windows, protection.windows);
        encryption.needsModernWindows = encryption.windows != WindowsReads::Every;
        if (!refusal) refusal = protection.refusal;
        work += protection.work;
    }
    void addMac(const Pkcs12Mac& mac)
    {
        const Protection protection = macProtection(mac.algorithm.get(), mac.iterations, mac.salt.size());
        encryption.mac = protection.name;
        macWork = protection.work;
        add(protection);
    }
    void addCertificates(const Protection& protection)
    {
        if (!m_keyKnown && encryption.cipher == kNone) encryption.cipher = protection.name;
        add(protection);
    }
    void addKey(const Protection& protection)
    {
        if (!m_keyKnown) encryption.cipher = protection.name;
        m_keyKnown = true;
        add(protection);
    }

    Pkcs12Encryption encryption{.mac = {}, .cipher = kNone};
    std::optional<Error> refusal;
    std::int64_t macWork = 0;
    std::int64_t work = 0;  ///< of all that is visible: what one password costs

private:
    static constexpr const char* kNone = "none";
    bool m_keyKnown = false;
};

/// What can be seen without a password: the MAC, the encrypted contents, and keys that lie in plain ones.
Pkcs12Summary summaryOf(const Pkcs12File& file);

}  // namespace monban
