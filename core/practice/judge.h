// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/practice/snapshot.h"

namespace monban::practice {

/// What becomes of a request because of its client certificate.
struct Verdict {
    int subStatus = 0;          ///< of 403 (WINDOWS-FACTS 7); 0: it may pass
    std::uint32_t win32 = 0;    ///< sc-win32-status in IIS's log
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// The order of CONTRACTS: not chaining to ROOT, not in the CTL, wrong purpose 16; outside its dates 17; revoked, or
/// revocation unknown 13. With ClientAuthTrustMode 1 or 2 the record's CTL store takes the place of ROOT: a chain must end
/// in a root of it (1), or in any CA of it (2). `presented`: what the client sent, its own certificate first; not empty.
/// Errors: a store that cannot be read.
Result<Verdict> judge(Backend& backend, const Snapshot& snapshot, const SslRecord& record,
                      const std::vector<Bytes>& presented);

/// Whether an admitted certificate is also mapped to an account: SslMapCert on the path, the directory mapper in the
/// record. A practice server has no accounts, so nobody is found.
bool asksTheMapper(std::uint32_t accessFlags, const SslRecord& record);
/// 403.12, ERROR_LOGON_FAILURE.
constexpr Verdict kNotMapped{12, 1326};

/// A certificate in ROOT that did not sign itself keeps Schannel from using the list at all (KB 2802568).
Result<bool> rootIsPolluted(Backend& backend);

namespace win32_status {
constexpr std::uint32_t kAccessDenied = 5;
constexpr std::uint32_t kUntrustedRoot = 0x800b0109;       // CERT_E_UNTRUSTEDROOT
constexpr std::uint32_t kWrongUsage = 0x800b0110;          // CERT_E_WRONG_USAGE
constexpr std::uint32_t kExpired = 0x800b0101;             // CERT_E_EXPIRED
constexpr std::uint32_t kRevoked = 0x80092010;             // CRYPT_E_REVOKED
constexpr std::uint32_t kNoRevocationCheck = 0x80092012;   // CRYPT_E_NO_REVOCATION_CHECK
constexpr std::uint32_t kRevocationOffline = 0x80092013;   // CRYPT_E_REVOCATION_OFFLINE
constexpr std::uint32_t kNotSupported = 50;
}  // namespace win32_status

}  // namespace monban::practice
