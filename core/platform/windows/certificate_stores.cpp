// SPDX-License-Identifier: MIT
#include "core/platform/windows/certificate_stores.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/observe/server.h"
#include "core/pki/digest.h"
#include "core/pki/request.h"
#include "core/platform/windows/key_link.h"
#include "core/platform/windows/pkcs12_import.h"

namespace monban::windows {
namespace {

constexpr const char* kIssuers = "CA";
constexpr const char* kRequests = "REQUEST";

/// Takes the certificate out of its store, and has that written.
Result<Done> removeForGood(HCERTSTORE store, CertificateHandle certificate, const std::string& what)
{
    if (auto removed = removeCertificate(std::move(certificate), what); !removed) return removed;
    keepChanges(store);
    return Done{};
}

/// What an import or an answer itself had put into CA; what is gone already needs no removal.
Result<Done> removeIssuers(const std::vector<std::string>& chain)
{
    if (chain.empty()) return Done{};
    auto store = openMachineStore(kIssuers, StoreUse::Change);
    if (!store) return store.error().code == ErrorCode::NotFound ? Result<Done>(Done{}) : store.error();
    for (const std::string& thumbprint : chain)
        for (CertificateHandle& issuer : certificatesIn(store->get(), thumbprint))
            if (auto removed = removeForGood(store->get(), std::move(issuer), "CA " + thumbprint); !removed) return removed;
    return Done{};
}

/// Only while it still is the request of that key: whatever else lies there by now is somebody's.
Result<Done> removeRequestFile(const std::string& file, ByteView pending)
{
    const fs::path path = pathFromUtf8(file);
    const auto certificate = parseCertificate(pending);
    const auto bytes = readFile(path, kLargestLookup);
    const auto request = bytes ? parseRequest(*bytes) : Result<Request>(bytes.error());
    if (!certificate || !request || certificate->publicKeyDer != request->publicKeyDer) return Done{};
    return removeFile(path);
}

/// The certificate that stands for a request, with the key and the name of the one that answered it.
Result<Done> putPending(ByteView pending, const CERT_CONTEXT* answer)
{
    const auto waiting = certificateFrom(pending);
    if (!waiting) return waiting.error();
    if (auto linked = copyKeyLink(answer, waiting->get()); !linked) return linked;
    if (auto named = setFriendlyName(waiting->get(), friendlyNameOf(answer)); !named) return named;
    auto store = openMachineStore(kRequests, StoreUse::MakeAndChange);
    if (!store) return store.error();
    if (auto added = addCertificate(store->get(), waiting->get(), CERT_STORE_ADD_REPLACE_EXISTING, kRequests); !added) return added;
    keepChanges(store->get());
    return Done{};
}

Error damaged(const std::string& store, const std::string& thumbprint, const Error& why)
{
    return {ErrorCode::Damaged,
            {tr("The certificate {1} in the store {0} is damaged, so the store cannot be judged. To take it out: certutil -delstore {0} "
                "{1}"),
             {store, thumbprint}},
            store + "/" + thumbprint + ": " + why.detail};
}

}  // namespace

Result<std::vector<std::string>> CertificateStores::names()
{
    auto names = machineStoreNames();
    if (names)
        for (std::string& name : *names) name = storeSpelling(name);
    return names;
}

Result<std::vector<StoredCertificate>> CertificateStores::read(const std::string& name)
{
    const auto store = openMachineStore(name, StoreUse::Read);
    if (!store) return store.error();
    std::vector<StoredCertificate> certificates;
    std::map<std::string, std::size_t> places;
    for (const CertificateHandle& handle : certificatesIn(store->get())) {
        const std::string thumbprint = thumbprintOf(handle.get());
        auto known = m_parsed.find(thumbprint);
        if (known == m_parsed.end()) {
            auto parsed = parseCertificate(derOf(handle.get()));
            if (!parsed) return damaged(name, thumbprint, parsed.error());
            // What follows the certificate counts for Windows, and for everything that names it.
            parsed->thumbprintSha1 = thumbprint;
            parsed->thumbprintSha256 = sha256Hex(derOf(handle.get()));
            known = m_parsed.emplace(thumbprint, std::move(*parsed)).first;
        }
        const auto link = keyLinkOf(handle.get());
        StoredCertificate entry{known->second, friendlyNameOf(handle.get()), link ? keyStateOf(*link) : KeyState::None};
        // What several physical stores hold (group policy beside the registry) is one certificate of this store.
        const auto [place, isNew] = places.emplace(thumbprint, certificates.size());
        if (isNew) certificates.push_back(std::move(entry));
        else if (entry.hasPrivateKey() && !certificates[place->second].hasPrivateKey()) certificates[place->second] = std::move(entry);
    }
    return certificates;
}

Result<std::vector<StoredCrl>> CertificateStores::revocationLists()
{
    std::vector<StoredCrl> lists;
    const auto store = openMachineStore(kIssuers, StoreUse::Read);
    if (!store && store.error().code == ErrorCode::NotFound) return lists;
    if (!store) return store.error();
    for (const Bytes& der : revocationListsIn(store->get())) {
        const std::string thumbprint = sha1Hex(der);
        if (std::ranges::find(lists, thumbprint, &StoredCrl::thumbprint) != lists.end()) continue;
        auto parsed = parseCrl(der);
        if (!parsed)
            return Error{ErrorCode::Damaged,
                         {tr("The revocation list {1} in the store {0} is damaged. To take it out: certutil -delstore {0} {1}"), {kIssuers, thumbprint}},
                         parsed.error().detail};
        lists.push_back({std::move(*parsed), thumbprint});
    }
    return lists;
}

Result<Done> CertificateStores::importPkcs12(const ImportPkcs12& import, const Pkcs12Material& material)
{
    return importIntoMachine(import, material);
}

Result<Done> CertificateStores::remove(const RemoveImported& removal)
{
    auto store = openMachineStore(removal.store, StoreUse::Change);
    if (!store) return store.error();
    for (CertificateHandle& certificate : certificatesIn(store->get(), removal.thumbprint)) {
        const auto link = keyLinkOf(certificate.get());
        const Bytes der(derOf(certificate.get()).begin(), derOf(certificate.get()).end());
        if (auto removed = removeForGood(store->get(), std::move(certificate), removal.store + " " + removal.thumbprint); !removed) return removed;
        if (!removal.requestFile.empty())
            if (auto withdrawn = removeRequestFile(removal.requestFile, der); !withdrawn) return withdrawn;
        if (link && !isKeyUsed(*link))
            if (auto deleted = deleteKey(*link); !deleted) return deleted;
    }
    return removeIssuers(removal.chain);
}

Result<Done> CertificateStores::setProperty(const SetCertificateProperty& property)
{
    auto store = openMachineStore(property.store, StoreUse::Change);
    if (!store) return store.error();
    for (const CertificateHandle& certificate : certificatesIn(store->get(), property.thumbprint))
        if (auto set = setFriendlyName(certificate.get(), property.friendlyName); !set) return set;
    keepChanges(store->get());
    return Done{};
}

Result<Done> CertificateStores::reopen(const ReopenRequest& reopening)
{
    auto store = openMachineStore(reopening.store, StoreUse::Change);
    if (!store) return store.error();
    for (CertificateHandle& certificate : certificatesIn(store->get(), reopening.thumbprint)) {
        if (auto waiting = putPending(reopening.pending, certificate.get()); !waiting) return waiting;
        if (!reopening.keepsCertificate) {
            const std::string what = reopening.store + " " + reopening.thumbprint;
            if (auto removed = removeForGood(store->get(), std::move(certificate), what); !removed) return removed;
            continue;
        }
        if (auto unlinked = removeKeyLink(certificate.get()); !unlinked) return unlinked;
        if (auto unnamed = setFriendlyName(certificate.get(), {}); !unnamed) return unnamed;
        keepChanges(store->get());
    }
    return removeIssuers(reopening.chain);
}

}  // namespace monban::windows
