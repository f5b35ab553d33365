// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/pki/certificate.h"
#include "core/pki/crl.h"
#include "core/pki/openssl.h"

namespace monban::testing {

/// Name or dotted OID, and the value in OpenSSL's notation: {"keyUsage", "critical,digitalSignature"}, {"1.2.3.4", "critical,DER:0500"}.
using Extensions = std::vector<std::pair<std::string, std::string>>;

/// The time that what is made here is judged at.
constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 11 / 29}};

struct TestSubject {
    std::string name = "leaf";
    Extensions extensions = {};
    EVP_PKEY* key = nullptr;  ///< none: a key of its own on P-256
    std::string hash = "SHA256";
    std::function<void(EVP_PKEY_CTX*)> signing = {};  ///< sets further parameters of the signature
};

struct TestEntry {
    long serial = 0;
    Extensions extensions = {};
};

struct TestList {
    std::string issuer = {};  ///< none: the authority's own name
    std::chrono::hours begins{-24};
    std::optional<std::chrono::hours> ends = std::chrono::hours{24 * 6};
    std::vector<TestEntry> entries = {};
    Extensions extensions = {};
    bool isBroken = false;  ///< its signature is
};

/// A CA whose certificates and lists may say what no honest one's would.
class TestAuthority {
public:
    static Extensions plain() { return {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign,cRLSign"}}; }
    explicit TestAuthority(std::string name = "Root CA", Extensions extensions = plain(), PkeyPtr key = nullptr);

    Certificate issue(const TestSubject& subject);
    Bytes list(const TestList& wanted) const;
    const Certificate& certificate() const { return m_certificate; }

private:
    X509Ptr made(const TestSubject& subject, EVP_PKEY* key, X509* issuer);

    std::string m_name;
    PkeyPtr m_key;
    X509Ptr m_x509;
    Certificate m_certificate;
    long m_serial = 1;
};

constexpr long kFirstSerial = 2;  ///< of the first certificate an authority issues

}  // namespace monban::testing
