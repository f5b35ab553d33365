// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace monban {

/// An `http://` or `https://` address in the parts a request is made of (RFC 3986, RFC 9110 sections 4.2.1 and 4.2.2).
struct HttpAddress {
    std::string host;    ///< lower-case name, IPv4, or IPv6 without its brackets
    bool isIp = false;
    bool isSecure = false;  ///< https
    std::uint16_t port = 80;
    std::string target;  ///< path and query, always ASCII; the fragment is never sent

    /// As the Host field has it: brackets around IPv6, the port where it is not the scheme's own.
    std::string authority() const;
};

/// The address as a message may show it: of a reasonable length, and without a password that stands before an @.
std::string shownAddress(const std::string& url);

/// Accepts http only, without a user name or password in it. Errors: InvalidInput, Unsupported; each sentence names
/// what is wrong and never repeats a password that stood in the address.
Result<HttpAddress> parseHttpAddress(const std::string& url);

/// The address a server points to that was asked for `from` (RFC 9110, section 10.2.2; RFC 3986, section 5.2): `to` is an http address,
/// or a path on the same host, from its root or from the folder of `from`. Nothing for anything else.
std::optional<std::string> redirectedAddress(const std::string& from, const std::string& to);

/// The address of a site that is to be opened: https, which may be left out ("www.example.co.jp/app"). Errors as above.
Result<HttpAddress> parseSiteAddress(const std::string& url);

}  // namespace monban
