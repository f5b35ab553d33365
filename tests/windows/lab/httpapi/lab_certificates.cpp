// SPDX-License-Identifier: MIT
#include "tests/windows/lab/httpapi/lab_certificates.h"

#include <windows.h>

#include <wincrypt.h>

#include <memory>

#include "core/base/bytes.h"
#include "core/base/utf8.h"

namespace monban::lab {
namespace {

struct CloseStore {
    void operator()(void* store) const { CertCloseStore(store, 0); }
};
struct FreeCertificate {
    void operator()(const CERT_CONTEXT* certificate) const { CertFreeCertificateContext(certificate); }
};

}  // namespace

bool certificateIsUsable(const std::string& store, const std::string& thumbprint)
{
    auto hash = bytesFromHex(thumbprint);
    if (!hash || hash->size() != 20) return false;
    const std::u16string name = utf16FromUtf8(store.empty() ? "MY" : store);
    const std::wstring wideName(name.begin(), name.end());
    const DWORD flags = CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_READONLY_FLAG | CERT_STORE_OPEN_EXISTING_FLAG;
    const std::unique_ptr<void, CloseStore> opened(CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, flags, wideName.c_str()));
    if (!opened) return false;
    const CRYPT_HASH_BLOB wanted{static_cast<DWORD>(hash->size()), hash->data()};
    const std::unique_ptr<const CERT_CONTEXT, FreeCertificate> found(
        CertFindCertificateInStore(opened.get(), X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &wanted, nullptr));
    DWORD size = 0;
    return found && CertGetCertificateContextProperty(found.get(), CERT_KEY_PROV_INFO_PROP_ID, nullptr, &size) && size > 0;
}

}  // namespace monban::lab
