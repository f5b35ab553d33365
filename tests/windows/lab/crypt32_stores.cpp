// SPDX-License-Identifier: MIT
#include "tests/windows/lab/crypt32_stores.h"

#include <windows.h>

#include <wincrypt.h>

#include <algorithm>
#include <memory>

#include "core/pki/digest.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::lab {
namespace {

using practice::kUserStores;
using practice::StoreCrl;
using practice::StoreEntry;
using windows::narrow;
using windows::wide;
using windows::windowsError;

constexpr DWORD kEncoding = X509_ASN_ENCODING | PKCS_7_ASN_ENCODING;

struct CloseStore {
    void operator()(HCERTSTORE store) const { ::CertCloseStore(store, 0); }
};
using Store = std::unique_ptr<void, CloseStore>;

struct FreeCertificate {
    void operator()(const CERT_CONTEXT* context) const { ::CertFreeCertificateContext(context); }
};
using Context = std::unique_ptr<const CERT_CONTEXT, FreeCertificate>;

Error noSuchStore(const std::string& store)
{
    return {ErrorCode::NotFound, {"no certificate store {0}", {store}}, "no store " + store};
}

Error notIn(const std::string& store, const std::string& thumbprint)
{
    return {ErrorCode::NotFound, {"{0} holds no {1}", {store, thumbprint}}, "no " + thumbprint + " in " + store};
}

bool isUserStore(const std::string& store) { return lowerAscii(store).starts_with(lowerAscii(kUserStores)); }

std::string withoutPrefix(const std::string& store)
{
    return isUserStore(store) ? store.substr(std::char_traits<char>::length(kUserStores)) : store;
}

std::vector<std::string> namesAt(DWORD location)
{
    std::vector<std::string> names;
    const auto note = [](const void* name, DWORD, CERT_SYSTEM_STORE_INFO*, void*, void* list) -> BOOL {
        auto& all = *static_cast<std::vector<std::string>*>(list);
        const std::string one = storeSpelling(narrow(static_cast<const wchar_t*>(name)));
        // Wine names Root twice.
        if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
        return TRUE;
    };
    ::CertEnumSystemStore(location, nullptr, &names, note);
    return names;
}

DWORD locationOf(const std::string& store)
{
    return isUserStore(store) ? CERT_SYSTEM_STORE_CURRENT_USER : CERT_SYSTEM_STORE_LOCAL_MACHINE;
}

/// Wine makes a store by looking into it, even where only an existing one is asked for: the list of names decides. These
/// every Windows has, the computer and each user; Wine lists them once something has been put into them.
bool exists(const std::string& store)
{
    for (const char* name : {"MY", "ROOT", "CA"})
        if (equalsIgnoringCase(withoutPrefix(store), name)) return true;
    const auto names = namesAt(locationOf(store));
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return equalsIgnoringCase(name, withoutPrefix(store)); });
}

Result<Store> openedToWrite(const std::string& store)
{
    const std::wstring name = wide(withoutPrefix(store));
    Store handle(::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, locationOf(store) | CERT_STORE_MAXIMUM_ALLOWED_FLAG,
                                 name.c_str()));
    if (!handle) return windowsError("CertOpenStore " + store, ::GetLastError());
    return handle;
}

Result<Store> opened(const std::string& store)
{
    if (!exists(store)) return noSuchStore(store);
    return openedToWrite(store);
}

/// What Wine deletes it forgets to write down unless it is told to.
Result<Done> commit(const Store& store)
{
    if (::CertControlStore(store.get(), 0, CERT_STORE_CTRL_COMMIT, nullptr)) return Done{};
    return windowsError("CertControlStore", ::GetLastError());
}

/// A property of the certificate, its bytes; empty where it has none of that kind.
Bytes property(const CERT_CONTEXT* context, DWORD id)
{
    DWORD size = 0;
    if (!::CertGetCertificateContextProperty(context, id, nullptr, &size) || size == 0) return {};
    Bytes value(size);
    if (!::CertGetCertificateContextProperty(context, id, value.data(), &size)) return {};
    return value;
}

StoreEntry entryFrom(const CERT_CONTEXT* context)
{
    StoreEntry entry;
    entry.der.assign(context->pbCertEncoded, context->pbCertEncoded + context->cbCertEncoded);
    entry.thumbprint = sha1Hex(entry.der);
    if (const Bytes name = property(context, CERT_FRIENDLY_NAME_PROP_ID); name.size() > sizeof(wchar_t))
        entry.friendlyName = narrow(reinterpret_cast<const wchar_t*>(name.data()));
    const Bytes link = property(context, CERT_KEY_PROV_INFO_PROP_ID);
    if (link.empty()) return entry;
    const auto* const info = reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(link.data());
    entry.key = KeyState::Present;
    if (info->pwszContainerName != nullptr) entry.keyContainer = narrow(info->pwszContainerName);
    return entry;
}

Result<Done> setLink(const CERT_CONTEXT* context, const std::string& container)
{
    std::wstring name = wide(container);
    std::wstring provider = MS_DEF_RSA_SCHANNEL_PROV_W;
    CRYPT_KEY_PROV_INFO info{};
    info.pwszContainerName = name.data();
    info.pwszProvName = provider.data();
    info.dwProvType = PROV_RSA_SCHANNEL;
    info.dwFlags = CRYPT_MACHINE_KEYSET;
    info.dwKeySpec = AT_KEYEXCHANGE;
    if (::CertSetCertificateContextProperty(context, CERT_KEY_PROV_INFO_PROP_ID, 0, &info)) return Done{};
    return windowsError("CertSetCertificateContextProperty", ::GetLastError());
}

Result<Done> setFriendlyName(const CERT_CONTEXT* context, const std::string& friendlyName)
{
    std::wstring name = wide(friendlyName);
    CRYPT_DATA_BLOB blob{static_cast<DWORD>((name.size() + 1) * sizeof(wchar_t)), reinterpret_cast<BYTE*>(name.data())};
    if (::CertSetCertificateContextProperty(context, CERT_FRIENDLY_NAME_PROP_ID, 0, &blob)) return Done{};
    return windowsError("CertSetCertificateContextProperty", ::GetLastError());
}

StoreCrl crlFrom(const CRL_CONTEXT* context)
{
    StoreCrl crl;
    crl.der.assign(context->pbCrlEncoded, context->pbCrlEncoded + context->cbCrlEncoded);
    crl.thumbprint = sha1Hex(crl.der);
    return crl;
}

}  // namespace

Result<std::vector<std::string>> Crypt32Stores::names() const { return namesAt(CERT_SYSTEM_STORE_LOCAL_MACHINE); }

Result<Done> Crypt32Stores::make(const std::string& store) const
{
    const auto handle = openedToWrite(store);
    return handle ? Result<Done>(Done{}) : handle.error();
}

Result<std::vector<StoreEntry>> Crypt32Stores::entries(const std::string& store) const
{
    const auto handle = opened(store);
    if (!handle) return handle.error();
    std::vector<StoreEntry> entries;
    for (const CERT_CONTEXT* at = nullptr; (at = ::CertEnumCertificatesInStore(handle->get(), at)) != nullptr;)
        entries.push_back(entryFrom(at));
    return entries;
}

Result<Done> Crypt32Stores::put(const std::string& store, const StoreEntry& entry) const
{
    // Where one takes another's place at once (CERT_STORE_ADD_REPLACE_EXISTING) Wine 8 forgets what is then hung on it.
    if (const auto gone = remove(store, sha1Hex(entry.der)); !gone && gone.error().code != ErrorCode::NotFound) return gone;
    const auto handle = openedToWrite(store);
    if (!handle) return handle.error();
    const CERT_CONTEXT* added = nullptr;
    if (!::CertAddEncodedCertificateToStore(handle->get(), kEncoding, entry.der.data(), static_cast<DWORD>(entry.der.size()),
                                            CERT_STORE_ADD_NEW, &added))
        return windowsError("CertAddEncodedCertificateToStore " + store, ::GetLastError());
    const Context context(added);
    if (entry.key != KeyState::None && !entry.keyContainer.empty())
        if (const auto linked = setLink(added, entry.keyContainer); !linked) return linked;
    if (!entry.friendlyName.empty())
        if (const auto named = setFriendlyName(added, entry.friendlyName); !named) return named;
    return Done{};
}

Result<Done> Crypt32Stores::remove(const std::string& store, const std::string& thumbprint) const
{
    const auto handle = opened(store);
    if (!handle) return handle.error();
    auto hash = bytesFromHex(thumbprint);
    if (!hash) return notIn(store, thumbprint);
    CRYPT_HASH_BLOB blob{static_cast<DWORD>(hash->size()), hash->data()};
    const CERT_CONTEXT* const found =
        ::CertFindCertificateInStore(handle->get(), kEncoding, 0, CERT_FIND_SHA1_HASH, &blob, nullptr);
    if (found == nullptr) return notIn(store, thumbprint);
    if (!::CertDeleteCertificateFromStore(found)) return windowsError("CertDeleteCertificateFromStore", ::GetLastError());
    return commit(*handle);
}

Result<std::vector<StoreCrl>> Crypt32Stores::crls(const std::string& store) const
{
    const auto handle = opened(store);
    if (!handle) return handle.error();
    std::vector<StoreCrl> crls;
    for (const CRL_CONTEXT* at = nullptr; (at = ::CertEnumCRLsInStore(handle->get(), at)) != nullptr;)
        crls.push_back(crlFrom(at));
    return crls;
}

Result<Done> Crypt32Stores::putCrl(const std::string& store, const StoreCrl& crl) const
{
    const auto known = crls(store);
    if (!known && known.error().code != ErrorCode::NotFound) return known.error();
    if (known && std::any_of(known->begin(), known->end(), [&](const StoreCrl& one) { return one.der == crl.der; }))
        return Done{};
    const auto handle = openedToWrite(store);
    if (!handle) return handle.error();
    // Lists of one issuer stand side by side, as in the practice server's folder.
    if (!::CertAddEncodedCRLToStore(handle->get(), kEncoding, crl.der.data(), static_cast<DWORD>(crl.der.size()),
                                    CERT_STORE_ADD_ALWAYS, nullptr))
        return windowsError("CertAddEncodedCRLToStore " + store, ::GetLastError());
    return Done{};
}

Result<Done> Crypt32Stores::removeCrl(const std::string& store, const std::string& thumbprint) const
{
    const auto handle = opened(store);
    if (!handle) return handle.error();
    for (const CRL_CONTEXT* at = nullptr; (at = ::CertEnumCRLsInStore(handle->get(), at)) != nullptr;) {
        if (!equalsIgnoringCase(crlFrom(at).thumbprint, thumbprint)) continue;
        // Wine 8 gives one reference back too many, and ends the program for it.
        if (!::CertDeleteCRLFromStore(::CertDuplicateCRLContext(at))) return windowsError("CertDeleteCRLFromStore", ::GetLastError());
        return commit(*handle);
    }
    return notIn(store, thumbprint);
}

}  // namespace monban::lab
