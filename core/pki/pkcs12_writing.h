// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/secret.h"
#include "core/pki/certificate.h"

namespace monban {

/// A PKCS#12 file that holds exactly that certificate and its private key, in the form every Windows reads: keys and
/// certificates under PBE-SHA1-3DES, MAC with SHA-1 (WINDOWS-FACTS 3.3). Those are weak by now; the file is made to hand
/// a key over within one process, under a password made for that moment, and is never written to a disk.
/// keyPem: unencrypted, as openPkcs12 gives it. Errors: Damaged (no such key), InvalidInput (the two do not belong
/// together).
Result<Bytes> writePkcs12(const Secret& keyPem, const Certificate& certificate, const Secret& password);

}  // namespace monban
