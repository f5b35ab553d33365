// SPDX-License-Identifier: MIT
#include "core/platform/windows/placement.h"

namespace monban::windows {
namespace {

constexpr const char* kIssuers = "CA";

void removeFrom(HCERTSTORE store, const std::string& thumbprint)
{
    for (CertificateHandle& certificate : certificatesIn(store, thumbprint)) (void)removeCertificate(std::move(certificate), thumbprint);
}

}  // namespace

Placement::~Placement()
{
    if (m_kept) return;
    // Nothing more can be done where this fails: the error that led here is the one to be told.
    if (!m_own.empty()) takeBackOwn();
    if (!m_issuers.empty()) takeBackIssuers();
}

Result<Done> Placement::addIssuer(const Certificate& certificate)
{
    auto store = openMachineStore(kIssuers, StoreUse::MakeAndChange);
    if (!store) return store.error();
    if (!certificatesIn(store->get(), certificate.thumbprintSha1).empty()) return Done{};
    const auto handle = certificateFrom(certificate.der);
    if (!handle) return handle.error();
    if (auto added = addCertificate(store->get(), handle->get(), CERT_STORE_ADD_USE_EXISTING, "CA " + certificate.thumbprintSha1); !added) return added;
    m_issuers.push_back(certificate.thumbprintSha1);
    keepChanges(store->get());
    return Done{};
}

Result<Done> Placement::addOwn(const std::string& name, const CERT_CONTEXT* certificate)
{
    auto store = openMachineStore(name, StoreUse::MakeAndChange);
    if (!store) return store.error();
    const std::string thumbprint = thumbprintOf(certificate);
    if (auto remembered = rememberWhatIsThere(store->get(), thumbprint); !remembered) return remembered;
    // Replaced whole: an old key link or the mark "archived" must not survive in the new entry.
    if (auto added = addCertificate(store->get(), certificate, CERT_STORE_ADD_REPLACE_EXISTING, name + " " + thumbprint); !added) return added;
    m_store = name;
    m_own = thumbprint;
    keepChanges(store->get());
    return Done{};
}

Result<Done> Placement::rememberWhatIsThere(HCERTSTORE store, const std::string& thumbprint)
{
    for (const CertificateHandle& existing : certificatesIn(store, thumbprint)) {
        if (!m_replaced) {
            auto memory = openMemoryStore();
            if (!memory) return memory.error();
            m_replaced = std::move(*memory);
        }
        if (auto copied = addCertificate(m_replaced.get(), existing.get(), CERT_STORE_ADD_ALWAYS, "copy of " + thumbprint); !copied) return copied;
        if (auto link = keyLinkOf(existing.get())) m_replacedKeys.push_back(std::move(*link));
    }
    return Done{};
}

void Placement::takeBackOwn() const
{
    const auto store = openMachineStore(m_store, StoreUse::Change);
    if (!store) return;
    removeFrom(store->get(), m_own);
    if (m_replaced)
        for (const CertificateHandle& before : certificatesIn(m_replaced.get()))
            (void)addCertificate(store->get(), before.get(), CERT_STORE_ADD_REPLACE_EXISTING, m_own);
    keepChanges(store->get());
}

void Placement::takeBackIssuers() const
{
    const auto store = openMachineStore(kIssuers, StoreUse::Change);
    if (!store) return;
    for (const std::string& issuer : m_issuers) removeFrom(store->get(), issuer);
    keepChanges(store->get());
}

}  // namespace monban::windows
