// SPDX-License-Identifier: MIT
#pragma once
#include <windows.h>

#include <wincrypt.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace monban::windows {

struct CloseStoreOf {
    void operator()(void* store) const { ::CertCloseStore(store, 0); }
};
/// A certificate store of crypt32, open.
using StoreHandle = std::unique_ptr<void, CloseStoreOf>;

struct FreeCertificateOf {
    void operator()(const CERT_CONTEXT* certificate) const { ::CertFreeCertificateContext(certificate); }
};
/// A certificate as crypt32 lends it, with what hangs on it in its store. It goes before its store does.
using CertificateHandle = std::unique_ptr<const CERT_CONTEXT, FreeCertificateOf>;

/// Names of the LocalMachine stores, as Windows lists them. Errors: Denied, Io.
Result<std::vector<std::string>> machineStoreNames();

enum class StoreUse {
    Read,
    Change,
    MakeAndChange,  ///< it is made where it is missing
};
/// Opens a LocalMachine store of this computer. Errors: NotFound (no store of that name; nothing is made by looking),
/// InvalidInput (a name that means another computer or a part of a store), Denied, Io.
Result<StoreHandle> openMachineStore(const std::string& name, StoreUse use);

/// A store that exists in memory only. Errors: Io.
Result<StoreHandle> openMemoryStore();

/// Every certificate in the store. What several physical stores hold (the registry, group policy) comes once for each.
std::vector<CertificateHandle> certificatesIn(HCERTSTORE store);
/// Those of that SHA-1 thumbprint, which is computed from their bytes: one that is written beside a certificate may be
/// anything.
std::vector<CertificateHandle> certificatesIn(HCERTSTORE store, const std::string& thumbprint);

/// Every revocation list in the store, DER; as often as several physical stores hold it.
std::vector<Bytes> revocationListsIn(HCERTSTORE store);

ByteView derOf(const CERT_CONTEXT* certificate);
std::string thumbprintOf(const CERT_CONTEXT* certificate);

/// A certificate on its own, without anything that hangs on it. Errors: Damaged.
Result<CertificateHandle> certificateFrom(ByteView der);

/// Adds a copy; disposition as CertAddCertificateContextToStore takes it. what: for the log. Errors: Denied, Io.
Result<Done> addCertificate(HCERTSTORE store, const CERT_CONTEXT* certificate, DWORD disposition, const std::string& what);
/// Errors: Denied, Io.
Result<Done> removeCertificate(CertificateHandle certificate, const std::string& what);

/// Has what was changed written where it lasts. Windows has done so, or refused it, with each change; Wine keeps additions
/// until the last reference to the store goes, and properties for ever unless it is forced to write them. The answer is
/// not asked for: on Windows it would be about physical stores nobody changed (group policy's), and whoever may not write
/// learned so when the store was opened.
void keepChanges(HCERTSTORE store);

/// Empty where there is none.
std::string friendlyNameOf(const CERT_CONTEXT* certificate);
/// An empty name takes it away. Errors: Denied, Io.
Result<Done> setFriendlyName(const CERT_CONTEXT* certificate, const std::string& name);

}  // namespace monban::windows
