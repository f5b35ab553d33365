// SPDX-License-Identifier: MIT
#include "tests/windows/lab/machine_keys.h"

#include <windows.h>

#include <wincrypt.h>

#include <memory>
#include <optional>

#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::lab {
namespace {

using windows::wide;
using windows::windowsError;

struct ReleaseProvider {
    void operator()(HCRYPTPROV* provider) const
    {
        ::CryptReleaseContext(*provider, 0);
        delete provider;
    }
};
using Provider = std::unique_ptr<HCRYPTPROV, ReleaseProvider>;

struct DestroyKey {
    void operator()(HCRYPTKEY* key) const
    {
        ::CryptDestroyKey(*key);
        delete key;
    }
};
using Key = std::unique_ptr<HCRYPTKEY, DestroyKey>;

Error noContainer(const std::string& container)
{
    return {ErrorCode::NotFound, {"no key container {0}", {container}}, "no key container " + container};
}

/// NTE_BAD_KEYSET, NTE_KEYSET_NOT_DEF, NTE_NO_KEY: what is asked for is not there.
bool saysMissing(DWORD error)
{
    return error == static_cast<DWORD>(NTE_BAD_KEYSET) || error == static_cast<DWORD>(NTE_KEYSET_NOT_DEF) ||
           error == static_cast<DWORD>(NTE_NO_KEY);
}

Result<Provider> opened(const std::string& container, DWORD flags)
{
    HCRYPTPROV provider = 0;
    if (::CryptAcquireContextW(&provider, wide(container).c_str(), MS_DEF_RSA_SCHANNEL_PROV_W, PROV_RSA_SCHANNEL,
                               flags | CRYPT_MACHINE_KEYSET | CRYPT_SILENT))
        return Provider(new HCRYPTPROV(provider));
    const DWORD error = ::GetLastError();
    if (saysMissing(error)) return noContainer(container);
    return windowsError("CryptAcquireContext " + container, error);
}

}  // namespace

Result<Done> putMachineKey(const std::string& container, const Secret& privateKeyBlob, bool exportable)
{
    auto provider = opened(container, 0);
    if (!provider && provider.error().code == ErrorCode::NotFound) provider = opened(container, CRYPT_NEWKEYSET);
    if (!provider) return provider.error();
    return privateKeyBlob.use([&](std::string_view blob) -> Result<Done> {
        HCRYPTKEY key = 0;
        if (!::CryptImportKey(**provider, reinterpret_cast<const BYTE*>(blob.data()), static_cast<DWORD>(blob.size()), 0,
                              exportable ? CRYPT_EXPORTABLE : 0, &key))
            return windowsError("CryptImportKey " + container, ::GetLastError());
        ::CryptDestroyKey(key);
        return Done{};
    });
}

Result<KeyState> machineKeyState(const std::string& container)
{
    const auto provider = opened(container, 0);
    if (!provider && provider.error().code == ErrorCode::NotFound) return KeyState::Missing;
    if (!provider) return provider.error();
    HCRYPTKEY handle = 0;
    if (!::CryptGetUserKey(**provider, AT_KEYEXCHANGE, &handle)) {
        const DWORD error = ::GetLastError();
        if (saysMissing(error)) return KeyState::Missing;
        return windowsError("CryptGetUserKey " + container, error);
    }
    const Key key(new HCRYPTKEY(handle));
    DWORD permissions = 0;
    DWORD size = sizeof permissions;
    if (!::CryptGetKeyParam(handle, KP_PERMISSIONS, reinterpret_cast<BYTE*>(&permissions), &size, 0))
        return windowsError("CryptGetKeyParam " + container, ::GetLastError());
    return permissions & CRYPT_EXPORT ? KeyState::Present : KeyState::NotExportable;
}

Result<Bytes> machinePublicKey(const std::string& container)
{
    const auto provider = opened(container, 0);
    if (!provider) return provider.error();
    DWORD size = 0;
    if (!::CryptExportPublicKeyInfo(**provider, AT_KEYEXCHANGE, X509_ASN_ENCODING, nullptr, &size)) {
        const DWORD error = ::GetLastError();
        if (saysMissing(error)) return noContainer(container);
        return windowsError("CryptExportPublicKeyInfo " + container, error);
    }
    Bytes info(size);
    auto* const parsed = reinterpret_cast<CERT_PUBLIC_KEY_INFO*>(info.data());
    if (!::CryptExportPublicKeyInfo(**provider, AT_KEYEXCHANGE, X509_ASN_ENCODING, parsed, &size))
        return windowsError("CryptExportPublicKeyInfo " + container, ::GetLastError());
    DWORD length = 0;
    if (!::CryptEncodeObject(X509_ASN_ENCODING, X509_PUBLIC_KEY_INFO, parsed, nullptr, &length))
        return windowsError("CryptEncodeObject " + container, ::GetLastError());
    Bytes der(length);
    if (!::CryptEncodeObject(X509_ASN_ENCODING, X509_PUBLIC_KEY_INFO, parsed, der.data(), &length))
        return windowsError("CryptEncodeObject " + container, ::GetLastError());
    der.resize(length);
    return der;
}

Result<Done> removeMachineKey(const std::string& container)
{
    HCRYPTPROV none = 0;
    if (::CryptAcquireContextW(&none, wide(container).c_str(), MS_DEF_RSA_SCHANNEL_PROV_W, PROV_RSA_SCHANNEL,
                               CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT))
        return Done{};
    const DWORD error = ::GetLastError();
    if (saysMissing(error)) return noContainer(container);
    return windowsError("CryptAcquireContext " + container, error);
}

}  // namespace monban::lab
