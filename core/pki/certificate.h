// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace monban {

struct PublicKey {
    std::string algorithm;  ///< "RSA", "EC", "DSA", "Ed25519" …; the OID where OpenSSL has no name
    int bits = 0;           ///< 0 where the algorithm has no such figure or the key cannot be read
    friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

/// Stand for dates that are no dates: with them no moment is within the certificate's time.
constexpr Time kNeverBegins{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};
constexpr Time kAlwaysOver{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};

/// An X.509 certificate (RFC 5280) as the rest of the product sees it: a value, without any handle of a library.
struct Certificate {
    Bytes der;
    std::string subject;  ///< RFC 4514, UTF-8
    std::string issuer;
    std::size_t subjectSize = 0;  ///< bytes of the subject as DER: what a list of CA names (RFC 8446, 4.2.4) takes for it
    std::string commonName;  ///< the most specific CN, empty if there is none
    std::string serial;      ///< lower-case hex, no leading zero byte unless the number is zero
    std::string thumbprintSha1;
    std::string thumbprintSha256;
    Time notBefore{};
    Time notAfter{};
    bool hasReadableDates = true;       ///< else the two above are such that the certificate is never valid
    std::vector<std::string> dnsNames;  ///< subjectAltName, text as certified
    std::vector<std::string> ipAddresses;
    PublicKey key;
    Bytes publicKeyDer;                         ///< SubjectPublicKeyInfo, to match a request with
    std::string signatureAlgorithm;             ///< OpenSSL's long name such as "sha256WithRSAEncryption"
    std::string signatureHash;                  ///< "sha1", "sha256" …; empty where it is part of the algorithm
    std::vector<std::string> extendedKeyUsage;  ///< short names such as "serverAuth", dotted OIDs where there is none
    bool hasExtendedKeyUsage = false;           ///< absent means every purpose
    int version = 3;                            ///< 1 has no extensions and so cannot say whether it is a CA
    std::string subjectKeyId;                   ///< lower-case hex; empty where the certificate names none
    std::string authorityKeyId;                 ///< of the issuer's key
    bool isCa = false;                          ///< basicConstraints CA:TRUE (and keyCertSign where key usage is given)
    bool selfSigned = false;                    ///< issuer equals subject *and* the signature verifies with its own key
    std::vector<std::string> crlUrls;           ///< http, ldap … as in the CRL distribution points
    std::vector<std::string> ocspUrls;
    bool isPractice = false;                    ///< carries kPracticeMarker
};

/// The OID that marks the root of a practice server's CA (a private arc under 2.25, from a random UUID): anybody can have its
/// key, so a real server must never trust what chains to it.
constexpr const char* kPracticeMarker = "2.25.310462748117493267542161058493727165514";

/// One certificate from DER or PEM (the first certificate block). Errors: Damaged, InvalidInput.
Result<Certificate> parseCertificate(ByteView derOrPem);

/// True when the certificate's signature verifies with that issuer's key and the names fit.
bool issuedBy(const Certificate& certificate, const Certificate& issuer);

/// The certificate as PEM text.
std::string pem(const Certificate& certificate);

}  // namespace monban
