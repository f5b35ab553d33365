// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/pki/certificate.h"

namespace monban {

/// The parts of a server's distinguished name that the procedure asks for (whitepaper 2.1.2).
struct Subject {
    std::string commonName;
    std::string organization;
    std::string organizationalUnit;
    std::string locality;
    std::string state;
    std::string country;  ///< two letters (ISO 3166)
    friend bool operator==(const Subject&, const Subject&) = default;
};

/// As a certificate or request of that name reads in RFC 4514: equal text means equal names. Empty parts are left out.
std::string nameText(const Subject& subject);

/// The first of each part in a certificate's subject.
Subject subjectFrom(const Certificate& certificate);

/// An IP address as certificates and requests show it here (RFC 5952); nothing where the text is none.
std::optional<std::string> canonicalIpAddress(const std::string& text);

}  // namespace monban
