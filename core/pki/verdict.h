// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/pki/certificate.h"
#include "core/pki/finding.h"

namespace monban {

// What a browser, or http.sys for a client, thinks of a certificate: RFC 5280 (path), RFC 9525 (names), and what Chromium and Edge
// enforce beyond them. OpenSSL's `verify` differs; core/ARCHITECTURE.md lists where and why.

/// What speaks against a certificate of the path. Texts are derived from it (verdict_text.cpp).
enum class Flaw {
    NoRootNamed,               ///< nobody said which roots are trusted: no verdict
    IssuerMissing,             ///< no certificate with the issuer's name is there
    IssuerKeyDiffers,          ///< one is, but its key did not sign
    RootUnknown,               ///< the path ends at a root that is not among the trusted ones
    SelfSigned,                ///< the certificate in question is its own issuer
    RootNotSelfSigned,         ///< named as a root but issued by somebody else: Windows takes none such (WINDOWS-FACTS 7)
    NotACa,                    ///< basicConstraints, or keyCertSign (RFC 5280, 4.2.1.9 and 4.2.1.3)
    PathTooLong,               ///< pathLenConstraint
    NameConstraint,            ///< RFC 5280, 4.2.1.10
    UnknownCriticalExtension,  ///< RFC 5280, 4.2
    WrongPurpose,              ///< extended key usage of the certificate in question
    IssuerPurpose,             ///< of a CA in the path (Chromium, CryptoAPI; RFC 5280 leaves it open)
    KeyUsage,                  ///< no digitalSignature, which TLS 1.3 and ECDHE need (BoringSSL enforces it)
    WeakKey,                   ///< RSA below 1024 bits, or a kind or a curve that browsers do not know
    WeakSignature,             ///< MD5, SHA-1, parameters that browsers do not take; SHA-1 of a client is a warning
    Malformed,                 ///< whatever else OpenSSL refuses in it
    NotYetValid,
    Expired,
    UnreadableDates,
    NoAlternativeName,         ///< RFC 9525, 6.1: the CN does not count
    NameMismatch,
    AddressNotNamed,           ///< opened by an IP address that is not in the certificate
    // Warnings: the path stands in spite of them.
    KeyIdDiffers,              ///< authorityKeyIdentifier names another key than that of the issuer which signed
    NotByTheBook,              ///< RFC 5280 demands it of a CA, browsers do not: strict programs refuse the path
};

struct PathFlaw {
    Flaw flaw{};
    std::size_t depth = 0;  ///< of the certificate in Verdict::path, 0 the one in question
    std::string detail;     ///< a value for the sentence: a name, a number, the library's words
    friend bool operator==(const PathFlaw&, const PathFlaw&) = default;
};

enum class CheckResult { Pass, Fail, Unknown };
const char* name(CheckResult result);  ///< "pass", "fail", "unknown"

struct Check {
    CheckResult result = CheckResult::Pass;
    std::vector<PathFlaw> flaws;
};

/// The three questions of the procedure's 5.1.
struct Verdict {
    std::vector<Certificate> path;  ///< the certificate in question first; as far as it could be followed
    Check trusted;                  ///< issuers, purposes, keys, signatures
    Check validity;                 ///< the dates of the whole path
    Check hostname;                 ///< passes where no host was asked about
    std::vector<PathFlaw> warnings;
    std::string host;               ///< asked about, as it was given
    bool isOfClient = false;        ///< it is somebody's who signs in, not a server's

    bool passes() const;
};

enum class Purpose { Server, Client };

struct VerdictQuestion {
    Certificate certificate;
    std::vector<Certificate> others;  ///< what may help to reach a root: sent by the server, or in the same file
    std::vector<Certificate> roots;   ///< those that are trusted; only self-signed ones count
    std::string host;                 ///< name or IP address it was opened by; empty: not asked
    Time at{};
    Purpose purpose = Purpose::Server;
};

/// Never fails: of several possible paths the one with the least against it counts.
Verdict judge(const VerdictQuestion& question);

/// Whether one of the alternative names stands for that host: a name in any case, ASCII or not, or an IP address (RFC 9525, 6.3
/// to 6.5). `*` stands for one whole label and never for all of a top-level domain.
bool namesHost(const Certificate& certificate, const std::string& host);

struct Remedy {
    Message onServer;
    Message onClient;
};
Message reasonOf(const Verdict& verdict, const PathFlaw& flaw);
Remedy remedyOf(const Verdict& verdict, const PathFlaw& flaw);
/// Every flaw and warning as a finding; its id is the flaw's word ("issuer-missing").
std::vector<Finding> findingsOf(const Verdict& verdict);
const char* name(Flaw flaw);

}  // namespace monban
