// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/pki/pkcs12.h"
#include "core/practice/backend.h"

namespace monban::practice {

/// Where IIS keeps the settings of its central certificate store (CCS): Enabled (REG_DWORD), CertStoreLocation and
/// PrivateKeyPassword (REG_SZ). Windows encrypts the password; a practice server, whose registry is a text file that
/// holds nothing of worth, keeps it as it is.
constexpr const char* kCentralStoreKey = R"(HKLM\SOFTWARE\Microsoft\IIS\CentralCertProvider)";

/// What the central store has for that host name: PKCS#12 files in one folder, `HOST.pfx`, else `_.DOMAIN.pfx` for a
/// wildcard certificate. The folder is one of a drive (`C:\certificates`), or a share of this very machine:
/// `\\NAME\SHARE` is the folder shares/SHARE of the practice server. Errors: NotFound (the store is off, or has no such
/// file), Unsupported (a share of another machine; a file this Windows cannot open), and those of the file itself.
Result<Pkcs12Contents> centralCertificate(Backend& backend, const Machine& machine, const std::string& host);

}  // namespace monban::practice
