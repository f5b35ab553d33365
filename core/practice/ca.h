// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "core/base/utf8.h"
#include "core/practice/crl_maker.h"

namespace monban::practice {

constexpr const char* kCrlUrl = "http://ca.practice/crl/ia1.crl";

/// What the practice CA remembers besides its key: ca/index.json. Lost with the file, it starts anew; the published
/// list still says what is revoked.
struct CaIndex {
    std::uint32_t seed = 0;  ///< serials follow from it, so that `--seed` gives the same ones again
    std::uint32_t serialsGiven = 0;
    std::uint64_t crlNumber = 0;
    std::map<std::string, std::string> issued;  ///< serial → subject's common name
    RevokedSerials revoked;
};

/// The private CA of a practice server: a root, its key, what it issued and revoked. It lives in the folder `ca/`,
/// where a person may use the same files with the openssl tool.
class PracticeCa {
public:
    /// Errors: NotFound, Damaged (root or key), Conflict (they do not belong together).
    static Result<PracticeCa> open(const fs::path& folder);
    PracticeCa(fs::path folder, X509Ptr root, PkeyPtr key, std::uint32_t seed);

    X509* root() const { return m_root.get(); }
    Signer signer() const { return {m_root.get(), m_key.get()}; }

    Bytes nextSerial();
    void noteIssued(X509* certificate);
    void revoke(const std::string& serial, Time at);

    /// Signs a list of everything revoked, also of what somebody put on the published list by hand; writes ia1.crl
    /// and index.json.
    Result<Done> publish(Time now);
    Result<Done> saveIndex() const;

private:
    fs::path m_folder;
    X509Ptr m_root;
    PkeyPtr m_key;
    CaIndex m_index;
};

/// The n-th serial number of a seed: positive, 16 bytes (RFC 5280, 4.1.2.2 allows 20).
Bytes serialOf(std::uint32_t seed, std::uint32_t n);
/// A seed nobody asked for.
std::uint32_t randomSeed();

}  // namespace monban::practice
