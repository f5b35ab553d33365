// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/practice/ca.h"

namespace monban::practice {

constexpr const char* kHostName = "iisdemo.spt-demo.local";

/// What a new practice server starts with: the CA, and files for ca/ that a person sets up and tests with.
struct StartingMaterial {
    PracticeCa ca;
    Secret caKey;
    std::string password;                ///< of every PKCS#12 file
    std::map<std::string, Bytes> files;  ///< name in ca/ → content
    std::vector<Bytes> trustedRoots;     ///< for ROOT: some nobody uses, and the one client-trusted-elsewhere chains to
};

/// Keys are made in parallel and differ each time; names and serials follow from the seed.
Result<StartingMaterial> makeStartingMaterial(const fs::path& caFolder, std::uint32_t seed, Time now);

}  // namespace monban::practice
