// SPDX-License-Identifier: MIT
#include "core/platform/windows/key_opening.h"

namespace monban::windows {
namespace {

const wchar_t* orNull(const std::wstring& text) { return text.empty() ? nullptr : text.c_str(); }

DWORD openCng(const KeyLink& link, OpenedKey& key)
{
    CngObject provider;
    const SECURITY_STATUS opened = ::NCryptOpenStorageProvider(provider.out(), orNull(link.provider), 0);
    if (opened != 0) return static_cast<DWORD>(opened);
    const DWORD legacyUse = link.spec == AT_SIGNATURE || link.spec == AT_KEYEXCHANGE ? link.spec : 0;
    return static_cast<DWORD>(::NCryptOpenKey(provider.get(), key.cng.out(), link.container.c_str(), legacyUse,
                                              NCRYPT_MACHINE_KEY_FLAG | NCRYPT_SILENT_FLAG));
}

DWORD openCapi(const KeyLink& link, OpenedKey& key)
{
    if (!::CryptAcquireContextW(key.container.out(), orNull(link.container), orNull(link.provider), link.type,
                                CRYPT_MACHINE_KEYSET | CRYPT_SILENT))
        return ::GetLastError();
    // A container may be there without the key.
    return ::CryptGetUserKey(key.container.get(), link.useOf(), key.capi.out()) ? 0 : ::GetLastError();
}

}  // namespace

DWORD openKey(const KeyLink& link, OpenedKey& key) { return link.isCng() ? openCng(link, key) : openCapi(link, key); }

bool meansNoKey(DWORD answer)
{
    switch (static_cast<HRESULT>(answer)) {
        case NTE_BAD_KEYSET:
        case NTE_NOT_FOUND:
        case NTE_NO_KEY:
        case NTE_KEYSET_NOT_DEF:
        case NTE_BAD_PROVIDER:
        case NTE_BAD_PROV_TYPE:
        case NTE_PROV_TYPE_NOT_DEF:
        case NTE_PROV_TYPE_NO_MATCH:
        case NTE_PROV_DLL_NOT_FOUND:
        case HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND):
        case ERROR_FILE_NOT_FOUND: return true;
        default: return false;
    }
}

}  // namespace monban::windows
