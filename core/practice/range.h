// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban::practice {

/// What `monban practice new` is asked for.
struct NewServer {
    fs::path folder;
    int build = 20348;
    std::string scenario = "fresh";
    std::optional<std::uint32_t> seed;  ///< of names and serials; keys stay random
};

/// Makes the folder: a Windows Server with IIS and one site, the practice CA with its certificates, answers.json.
/// Errors: InvalidInput (scenario unknown), Conflict (the folder holds something already), Denied, Io.
Result<Done> create(const NewServer& server);

/// The practice CA answers a request (PKCS#10, DER or PEM) with a server certificate.
Result<Done> issue(const fs::path& folder, const fs::path& request, const fs::path& out);
/// The practice CA puts the certificate (DER, PEM or PKCS#12-free) on its list and publishes the list anew.
Result<Done> revoke(const fs::path& folder, const fs::path& certificate);
/// "2027-01-31T00:00:00Z" or "+30d", "-2h", "+90m", "+10s" from what the machine's clock shows now.
Result<Done> setClock(const fs::path& folder, const std::string& time);
/// As a reboot: what waits for a restart takes effect.
Result<Done> restart(const fs::path& folder);

}  // namespace monban::practice
