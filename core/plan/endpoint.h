// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "core/model/answers.h"
#include "core/observe/ssl_record.h"

namespace monban {

/// Where a site listens: an address and port, or a host name and port (SNI).
struct Endpoint {
    RecordFamily family = RecordFamily::IpPort;
    std::string address;  ///< "0.0.0.0", "192.0.2.1", "[::]"; empty for a host name
    std::string host;     ///< lower-case; empty for an address
    int port = 443;

    std::string text() const;                ///< as netsh writes it
    std::string bindingInformation() const;  ///< as IIS writes it: "*:443:", "192.0.2.1:443:", "*:443:www.example.test"
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// bind.endpoint: an IPv4 or bracketed IPv6 address with a port from 1 to 65535, without a zone. Errors: InvalidInput,
/// saying what it is instead.
Result<Endpoint> addressEndpoint(const std::string& text);
/// bind.hostname: a DNS name in ASCII with a port. Errors: InvalidInput, as above.
Result<Endpoint> hostEndpoint(const std::string& text);
/// The one of those two the answers give, or else kDefaultEndpoint.
Result<Endpoint> wantedEndpoint(const BindAnswers& answers);

}  // namespace monban
