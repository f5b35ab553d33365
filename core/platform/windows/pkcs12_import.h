// SPDX-License-Identifier: MIT
#pragma once
#include "core/model/materials.h"
#include "core/plan/action.h"

namespace monban::windows {

/// As CertificateStores::importPkcs12 promises. Errors: Conflict (not the file that was planned with), InvalidInput (the
/// store is none for a server certificate, or the key is another certificate's), WrongPassword, Damaged, Denied,
/// TimedOut, Unsupported, Io.
Result<Done> importIntoMachine(const ImportPkcs12& import, const Pkcs12Material& material);

}  // namespace monban::windows
