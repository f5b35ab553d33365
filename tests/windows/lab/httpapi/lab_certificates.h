// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace monban::lab {

/// http.sys opens the certificate and its key before it takes a record: whether that LocalMachine store (empty: MY) has
/// one with that thumbprint and with a key.
bool certificateIsUsable(const std::string& store, const std::string& thumbprint);

}  // namespace monban::lab
