// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace monban {

/// Chapter 2.1: where the server certificate comes from.
struct CertificateAnswers {
    enum class Source { Pkcs12, Request };
    Source source = Source::Pkcs12;
    std::string file;  ///< the PKCS#12 file; empty: not named yet
    // For a request (CSR):
    std::string commonName;
    std::string organization;
    std::string organizationalUnit;
    std::string locality;
    std::string state;
    std::string country;
    std::vector<std::string> dnsNames;
    std::vector<std::string> ipAddresses;
    std::string provider;
    std::string keyAlgorithm;
    std::optional<int> keyBits;
    std::string friendlyName;
    std::string requestFile;
    std::string issuedFile;
    std::string replaces;  ///< thumbprint of the certificate a renewal replaces
    friend bool operator==(const CertificateAnswers&, const CertificateAnswers&) = default;
};

/// Chapter 2.2: the CA whose client certificates are admitted.
struct RootAnswers {
    std::string file;
    std::string url;
    std::string sha256;  ///< what the CA published; required with a url
    friend bool operator==(const RootAnswers&, const RootAnswers&) = default;
};

/// Chapter 3.1.
struct ImportAnswers {
    std::string store = "MY";  ///< MY or WebHosting
    std::string friendlyName;
    std::vector<std::string> retire;  ///< thumbprints of server certificates that are no longer needed; read by a retirement alone
    friend bool operator==(const ImportAnswers&, const ImportAnswers&) = default;
};

/// Chapter 3.2.
struct TrustAnswers {
    std::string ctlStore = "iis_client_trust";
    std::vector<std::string> intermediates;  ///< files
    std::vector<std::string> retire;  ///< thumbprints of root CAs whose clients are no longer let in; read by a retirement alone
    friend bool operator==(const TrustAnswers&, const TrustAnswers&) = default;
};

/// Chapter 3.3. A switch that is not answered stays as it is found.
struct BindAnswers {
    std::string site;
    std::string endpoint;  ///< "0.0.0.0:443"; the default where neither is given
    std::string hostname;  ///< "www.example.test:443": SNI
    std::optional<bool> checkRevocation;
    std::optional<bool> disableTls13;
    std::optional<bool> disableLegacyTls;
    std::optional<bool> disableHttp2;
    std::optional<bool> disableQuic;
    std::optional<bool> disableOcspStapling;
    bool sendTrustedIssuerList = true;
    friend bool operator==(const BindAnswers&, const BindAnswers&) = default;
};

/// Chapter 3.4.
struct RequireAnswers {
    enum class Mode { Ignore, Accept, Require };
    Mode mode = Mode::Require;
    bool requireSsl = true;
    std::string path;  ///< below the site, such as "/app"; empty: the whole site
    friend bool operator==(const RequireAnswers&, const RequireAnswers&) = default;
};

/// Chapter 4.
struct VerifyAnswers {
    std::string address;
    std::string clientCertificate;  ///< a PKCS#12 file
    friend bool operator==(const VerifyAnswers&, const VerifyAnswers&) = default;
};

/// Chapter 5.
struct TroubleshootAnswers {
    bool flushCrl = false;
    std::optional<bool> samplePage;  ///< false takes the page away again; unanswered leaves things as they are
    std::optional<Time> revocationOffUntil = {};  ///< clients are admitted unchecked so long; a task turns the check on again
    std::string installCrl;  ///< file of a revocation list that goes into the store CA, for a server without a network
    std::vector<std::string> mend;  ///< ids of pitfalls, each one of kMendablePitfalls
    friend bool operator==(const TroubleshootAnswers&, const TroubleshootAnswers&) = default;
};

/// The pitfalls a plan has steps for (plan/mend.cpp).
constexpr const char* kMendablePitfalls[] = {"bindings-negotiate-differently", "client-auth-trust-mode", "ctl-root-missing",
                                             "ctl-store-empty", "ctl-store-missing", "issuer-list-is-root", "late-request",
                                             "registry-value-misspelt", "revocation-not-checked", "root-not-self-signed",
                                             "sni-flag-missing", "usage-not-checked"};

/// Everything the user has decided so far, one part for each chapter. Pages and the answers file edit it, planning
/// reads it, and it never holds a secret.
struct Answers {
    CertificateAnswers certificate;
    RootAnswers root;
    ImportAnswers import;
    TrustAnswers trust;
    BindAnswers bind;
    RequireAnswers require;
    VerifyAnswers verify;
    TroubleshootAnswers troubleshoot;
    friend bool operator==(const Answers&, const Answers&) = default;
};

constexpr const char* kDefaultEndpoint = "0.0.0.0:443";

}  // namespace monban
