// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/secret.h"
#include "core/pki/certificate.h"
#include "core/platform/windows/key_link.h"

namespace monban::windows {

/// A private key that Windows has just taken into the machine's key set, with its certificate, which lies in no store
/// yet. Unless keep() is called the key container goes away again with this object, so that a failed import leaves none.
class ImportedKey {
public:
    /// The key is not exportable, and it is CNG's where Windows offers that. Errors: Denied, Unsupported (a kind of key
    /// Windows does not take), Io.
    static Result<ImportedKey> take(const Secret& keyPem, const Certificate& certificate);

    ImportedKey(ImportedKey&& other) noexcept;
    ImportedKey& operator=(ImportedKey&&) = delete;
    ~ImportedKey();

    const CERT_CONTEXT* certificate() const { return m_certificate.get(); }
    const KeyLink& link() const { return m_link; }
    void keep() { m_kept = true; }

private:
    ImportedKey(StoreHandle store, CertificateHandle certificate, KeyLink link);

    StoreHandle m_store;  // of the certificate, in memory
    CertificateHandle m_certificate;
    KeyLink m_link;
    bool m_kept = false;
};

}  // namespace monban::windows
