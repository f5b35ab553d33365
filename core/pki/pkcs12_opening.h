// SPDX-License-Identifier: MIT
#pragma once
#include "core/pki/pkcs12.h"
#include "core/pki/pkcs12_file.h"

namespace monban {

/// Verifies, decrypts and puts in order what is in a file whose structure is known. Errors as openPkcs12.
Result<Pkcs12Contents> openContents(const Pkcs12File& file, const Secret& password);

}  // namespace monban
