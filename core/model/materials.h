// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"
#include "core/model/answers.h"
#include "core/pki/certificate.h"
#include "core/pki/crl.h"

namespace monban {

/// A certificate file the user named, read once.
struct CertificateMaterial {
    std::string file;  ///< absolute, as it will be shown and run
    std::string sha256;
    Certificate certificate;
    /// The address or PKCS#7 file it was taken out of, or a path that is too long for a command: then `file` is where it has
    /// yet to be saved, so that a command can name it. Empty: `file` is what the user named.
    std::string takenFrom;

    const std::string& shownSource() const { return takenFrom.empty() ? file : takenFrom; }
};

/// The PKCS#12 file, opened. Bytes and password stay here; steps only name them by file and hash.
struct Pkcs12Material {
    std::string file;
    std::string sha256;
    Bytes bytes;
    Secret password;
    std::vector<Certificate> certificates;  ///< the server's own first, then the rest of the file
    bool hasKey = false;
    bool keyMatches = false;
    bool needsModernWindows = false;
};

/// What the CA answered to a request: one certificate or a PKCS#7 with its chain, as `certreq -accept` takes it.
struct IssuedMaterial {
    std::string file;
    std::string sha256;
    std::vector<Certificate> certificates;
};

/// A revocation list for the store CA.
struct CrlMaterial {
    std::string file;
    std::string sha256;
    std::string thumbprint;  ///< SHA-1 of its DER
    Crl crl;
};

/// The bytes the Answers named, read once and pinned by their hashes. What was not named is empty; what was named and
/// could not be read says why, and blocks the steps that need it.
struct Materials {
    std::optional<Result<Pkcs12Material>> pkcs12;
    std::optional<Result<IssuedMaterial>> issued;  ///< of a request; NotFound while the CA's file is not there
    std::optional<Result<CertificateMaterial>> root;
    std::vector<Result<CertificateMaterial>> intermediates;
    std::optional<Result<CrlMaterial>> crl;
    std::optional<Certificate> client;  ///< of verify.client_certificate, where it could be opened
};

/// What reading needs of the server that is set up.
struct MaterialSources {
    std::function<Result<Bytes>(const std::string& url)> fetch;
    fs::path folder;  ///< absolute, on that server: for what has to be saved there
};

/// Reads the files the answers name. Never fails as a whole: each part says for itself why it could not be read.
Materials readMaterials(const Answers& answers, const Secret& password, const MaterialSources& sources);

/// Where client certificates of the named root are likely to be looked up for revocation: the distribution points of
/// the test client's certificate, or else of the server's own where the same CA issued it.
std::vector<std::string> distributionPoints(const Materials& materials);

}  // namespace monban
