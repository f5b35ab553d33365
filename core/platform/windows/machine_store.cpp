// SPDX-License-Identifier: MIT
#include "core/platform/windows/machine_store.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/platform/windows/text.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

Error lastError(const std::string& what) { return windowsError(what, ::GetLastError()); }

bool isAmong(const std::vector<std::string>& names, const std::string& name)
{
    return std::ranges::any_of(names, [&](const std::string& one) { return equalsIgnoringCase(one, name); });
}

BOOL WINAPI noteName(const void* name, DWORD, PCERT_SYSTEM_STORE_INFO, void*, void* list)
{
    auto& names = *static_cast<std::vector<std::string>*>(list);
    // Wine lists ROOT twice, once for the computer it runs on.
    if (std::string one = narrow(static_cast<const wchar_t*>(name)); !isAmong(names, one)) names.push_back(std::move(one));
    return TRUE;
}

Error noSuchStore(const std::string& name)
{
    return {ErrorCode::NotFound, {tr("The server has no certificate store named {0}."), {name}}, "no store " + name};
}

/// A backslash leads to another computer's store (`\\HOST\MY`), a service's or a physical part (`MY\.Default`).
bool isPlainName(const std::string& name)
{
    return !name.empty() && name.size() < 256 && isUtf8(name) &&
           std::ranges::none_of(name, [](char c) { return c == '\\' || c == '/' || static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

Result<std::vector<std::string>> machineStoreNames()
{
    std::vector<std::string> names;
    if (!::CertEnumSystemStore(CERT_SYSTEM_STORE_LOCAL_MACHINE, nullptr, &names, noteName)) return lastError("CertEnumSystemStore");
    return names;
}

Result<StoreHandle> openMachineStore(const std::string& name, StoreUse use)
{
    if (!isPlainName(name))
        return Error{ErrorCode::InvalidInput, {tr("\"{0}\" is not the name of a certificate store of this computer."), {name}}, "store name"};
    if (use != StoreUse::MakeAndChange) {
        // Wine makes a store that is asked for, whatever the flags say; Windows makes some of its own on demand.
        const auto names = machineStoreNames();
        if (!names) return names.error();
        if (!isAmong(*names, name)) return noSuchStore(name);
    }
    DWORD flags = CERT_SYSTEM_STORE_LOCAL_MACHINE;
    if (use == StoreUse::Read) flags |= CERT_STORE_READONLY_FLAG;
    if (use != StoreUse::MakeAndChange) flags |= CERT_STORE_OPEN_EXISTING_FLAG;
    StoreHandle store(::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, flags, wide(name).c_str()));
    if (!store) return lastError("CertOpenStore " + name);
    return store;
}

Result<StoreHandle> openMemoryStore()
{
    StoreHandle store(::CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, nullptr));
    if (!store) return lastError("CertOpenStore in memory");
    return store;
}

std::vector<CertificateHandle> certificatesIn(HCERTSTORE store)
{
    std::vector<CertificateHandle> found;
    // Each call frees the one it is given, so a reference of our own is taken.
    for (const CERT_CONTEXT* at = nullptr; (at = ::CertEnumCertificatesInStore(store, at)) != nullptr;)
        found.emplace_back(::CertDuplicateCertificateContext(at));
    return found;
}

std::vector<CertificateHandle> certificatesIn(HCERTSTORE store, const std::string& thumbprint)
{
    std::vector<CertificateHandle> found = certificatesIn(store);
    std::erase_if(found, [&](const CertificateHandle& one) { return thumbprintOf(one.get()) != thumbprint; });
    return found;
}

std::vector<Bytes> revocationListsIn(HCERTSTORE store)
{
    std::vector<Bytes> lists;
    const CRL_CONTEXT* list = nullptr;
    while ((list = ::CertEnumCRLsInStore(store, list)) != nullptr) lists.emplace_back(list->pbCrlEncoded, list->pbCrlEncoded + list->cbCrlEncoded);
    return lists;
}

ByteView derOf(const CERT_CONTEXT* certificate) { return {certificate->pbCertEncoded, certificate->cbCertEncoded}; }
std::string thumbprintOf(const CERT_CONTEXT* certificate) { return sha1Hex(derOf(certificate)); }

Result<CertificateHandle> certificateFrom(ByteView der)
{
    CertificateHandle certificate(::CertCreateCertificateContext(X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, der.data(), static_cast<DWORD>(der.size())));
    if (!certificate)
        return Error{ErrorCode::Damaged, {tr("The certificate is damaged: it is cut short or was altered."), {}}, "CertCreateCertificateContext"};
    return certificate;
}

Result<Done> addCertificate(HCERTSTORE store, const CERT_CONTEXT* certificate, DWORD disposition, const std::string& what)
{
    if (!::CertAddCertificateContextToStore(store, certificate, disposition, nullptr))
        return lastError("CertAddCertificateContextToStore " + what);
    return Done{};
}

Result<Done> removeCertificate(CertificateHandle certificate, const std::string& what)
{
    // The call frees the reference it is given, also where it fails.
    if (!::CertDeleteCertificateFromStore(certificate.release())) return lastError("CertDeleteCertificateFromStore " + what);
    return Done{};
}

void keepChanges(HCERTSTORE store) { (void)::CertControlStore(store, CERT_STORE_CTRL_COMMIT_FORCE_FLAG, CERT_STORE_CTRL_COMMIT, nullptr); }

std::string friendlyNameOf(const CERT_CONTEXT* certificate)
{
    DWORD size = 0;
    if (!::CertGetCertificateContextProperty(certificate, CERT_FRIENDLY_NAME_PROP_ID, nullptr, &size)) return {};
    std::wstring name(size / sizeof(wchar_t) + 1, L'\0');
    size = static_cast<DWORD>(name.size() * sizeof(wchar_t));
    if (!::CertGetCertificateContextProperty(certificate, CERT_FRIENDLY_NAME_PROP_ID, name.data(), &size)) return {};
    name.resize(std::min<std::size_t>(name.find(L'\0'), size / sizeof(wchar_t)));
    return narrow(name);
}

Result<Done> setFriendlyName(const CERT_CONTEXT* certificate, const std::string& name)
{
    std::wstring text = wide(name);
    // The zero at the end counts: whoever reads the property takes it for granted.
    CRYPT_DATA_BLOB blob{static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t)), reinterpret_cast<BYTE*>(text.data())};
    if (!::CertSetCertificateContextProperty(certificate, CERT_FRIENDLY_NAME_PROP_ID, 0, name.empty() ? nullptr : &blob))
        return lastError("CertSetCertificateContextProperty friendly name");
    return Done{};
}

}  // namespace monban::windows
