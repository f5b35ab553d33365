// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/observe/facts.h"

/// RSA keys in CryptoAPI's machine key set, by the name of their container: where crypt32 looks for the key of a
/// certificate. None of these ever shows a dialog.
namespace monban::lab {

/// Makes the container, or replaces the key in it.
Result<Done> putMachineKey(const std::string& container, const Secret& privateKeyBlob, bool exportable);
/// Present or NotExportable; Missing where there is no such container or no key in it.
Result<KeyState> machineKeyState(const std::string& container);
/// SubjectPublicKeyInfo. Errors: NotFound.
Result<Bytes> machinePublicKey(const std::string& container);
/// Errors: NotFound.
Result<Done> removeMachineKey(const std::string& container);

}  // namespace monban::lab
