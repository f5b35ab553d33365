// SPDX-License-Identifier: MIT
#include "core/platform/windows/key_link.h"

#include <cstddef>
#include <cwchar>

#include "core/platform/windows/key_opening.h"
#include "core/platform/windows/machine.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// CRYPT_KEY_PROV_INFO with the texts its pointers lead to, all in one block; empty where there is none.
std::vector<std::max_align_t> linkBlock(const CERT_CONTEXT* certificate)
{
    DWORD size = 0;
    if (!::CertGetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, nullptr, &size)) return {};
    if (size < sizeof(CRYPT_KEY_PROV_INFO)) return {};
    std::vector<std::max_align_t> block((size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
    if (!::CertGetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, block.data(), &size)) return {};
    return block;
}

std::wstring textOrEmpty(const wchar_t* text) { return text ? text : L""; }

Result<Done> setLinkProperty(const CERT_CONTEXT* certificate, const void* info)
{
    if (!::CertSetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, 0, info))
        return windowsError("CertSetCertificateContextProperty key", ::GetLastError());
    return Done{};
}

bool sameName(const std::wstring& a, const std::wstring& b)
{
    return ::CompareStringOrdinal(a.c_str(), static_cast<int>(a.size()), b.c_str(), static_cast<int>(b.size()), TRUE) == CSTR_EQUAL;
}

bool mayLeave(const OpenedKey& key)
{
    DWORD value = 0;
    DWORD size = sizeof value;
    // What cannot be learned is not praised as protected.
    if (key.capi.get() != 0)
        return !::CryptGetKeyParam(key.capi.get(), KP_PERMISSIONS, reinterpret_cast<BYTE*>(&value), &size, 0) || (value & CRYPT_EXPORT) != 0;
    if (::NCryptGetProperty(key.cng.get(), NCRYPT_EXPORT_POLICY_PROPERTY, reinterpret_cast<BYTE*>(&value), sizeof value, &size,
                            NCRYPT_SILENT_FLAG) != 0)
        return true;
    return (value & (NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG)) != 0;
}

DWORD deleteCng(const KeyLink& link)
{
    OpenedKey key;
    if (const DWORD refused = openKey(link, key); refused != 0) return refused;
    const DWORD answer = static_cast<DWORD>(::NCryptDeleteKey(key.cng.get(), NCRYPT_SILENT_FLAG));
    if (answer == 0) (void)key.cng.letGo();  // the call freed it
    return answer;
}

DWORD deleteCapi(const KeyLink& link)
{
    HCRYPTPROV none = 0;
    const wchar_t* const provider = link.provider.empty() ? nullptr : link.provider.c_str();
    const bool gone = ::CryptAcquireContextW(&none, link.container.c_str(), provider, link.type,
                                             CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT);
    return gone ? 0 : ::GetLastError();
}

}  // namespace

std::optional<KeyLink> keyLinkOf(const CERT_CONTEXT* certificate)
{
    const auto block = linkBlock(certificate);
    if (block.empty()) return std::nullopt;
    const auto* info = reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(block.data());
    return KeyLink{textOrEmpty(info->pwszContainerName), textOrEmpty(info->pwszProvName), info->dwProvType, info->dwFlags, info->dwKeySpec};
}

Result<Done> setKeyLink(const CERT_CONTEXT* certificate, const KeyLink& link)
{
    std::wstring container = link.container;
    std::wstring provider = link.provider;
    CRYPT_KEY_PROV_INFO info{};
    info.pwszContainerName = container.data();
    info.pwszProvName = provider.empty() ? nullptr : provider.data();
    info.dwProvType = link.type;
    info.dwFlags = link.flags;
    info.dwKeySpec = link.spec;
    return setLinkProperty(certificate, &info);
}

Result<Done> copyKeyLink(const CERT_CONTEXT* from, const CERT_CONTEXT* to)
{
    const auto block = linkBlock(from);
    return setLinkProperty(to, block.empty() ? nullptr : block.data());
}

Result<Done> removeKeyLink(const CERT_CONTEXT* certificate) { return setLinkProperty(certificate, nullptr); }

bool sameKey(const KeyLink& a, const KeyLink& b)
{
    if (!sameName(a.container, b.container)) return false;
    // Without a name it is the default provider of its type, which may be the other's.
    if (a.provider.empty() || b.provider.empty()) return a.type == b.type;
    return sameName(a.provider, b.provider);
}

KeyState keyStateOf(const KeyLink& link)
{
    OpenedKey key;
    const DWORD answer = openKey(link, key);
    if (answer == 0) return mayLeave(key) ? KeyState::Present : KeyState::NotExportable;
    // Whoever may not read a key of the machine is answered the same; a key that is there must not be imported once more.
    return meansNoKey(answer) && isAdministrator() ? KeyState::Missing : KeyState::Present;
}

Result<Done> deleteKey(const KeyLink& link)
{
    if (link.container.empty() || (link.flags & CRYPT_MACHINE_KEYSET) == 0) return Done{};
    const DWORD answer = link.isCng() ? deleteCng(link) : deleteCapi(link);
    if (answer == 0 || meansNoKey(answer)) return Done{};
    return windowsError("deleting the key container " + narrow(link.container), answer);
}

bool isKeyUsed(const KeyLink& link)
{
    const auto names = machineStoreNames();
    if (!names) return true;
    for (const std::string& name : *names) {
        const auto store = openMachineStore(name, StoreUse::Read);
        if (!store) return true;
        for (const CertificateHandle& certificate : certificatesIn(store->get()))
            if (const auto other = keyLinkOf(certificate.get()); other && sameKey(*other, link)) return true;
    }
    return false;
}

}  // namespace monban::windows
