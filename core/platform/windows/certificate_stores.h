// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/materials.h"
#include "core/observe/facts.h"
#include "core/plan/action.h"

namespace monban::windows {

/// The LocalMachine certificate stores of this Windows, through crypt32. Store names as storeSpelling() has them; Windows
/// ignores their case. Nothing here ever shows a dialog. What an error of Windows means: windows_error.h.
class CertificateStores {
public:
    /// Names of the stores this Windows lists, in the usual spelling.
    Result<std::vector<std::string>> names();

    /// Everything in that store but revocation lists. A certificate that cannot be parsed makes the call fail with
    /// Damaged, naming it by its thumbprint. Errors: NotFound (no such store: it is never made by looking).
    Result<std::vector<StoredCertificate>> read(const std::string& name);

    /// The revocation lists in the store CA. Errors: as read(); one that cannot be parsed is Damaged.
    Result<std::vector<StoredCrl>> revocationLists();

    /// As the action says: the key goes into the machine's key set and is not exportable, the certificate into the
    /// store with its friendly name, its chain to CA, nothing ever to ROOT; then the key signs once, silently and
    /// within 10 s, to prove that it is that certificate's. Where any of it fails nothing stays behind, no key either.
    Result<Done> importPkcs12(const ImportPkcs12& import, const Pkcs12Material& material);

    /// Certificate and, if no other certificate uses it, key container.
    Result<Done> remove(const RemoveImported& removal);
    Result<Done> setProperty(const SetCertificateProperty& property);
    Result<Done> reopen(const ReopenRequest& reopening);

private:
    std::map<std::string, Certificate> m_parsed;  // by thumbprint: a certificate never changes
};

}  // namespace monban::windows
