// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::practice {

/// An address and port that http.sys listens on, or a name and port of an SNI record.
struct Endpoint {
    bool tls = false;
    std::string address;  ///< "0.0.0.0", "192.0.2.1", "[::]"; "*" for http on every address; empty for a host name
    std::string host;     ///< lower-case
    int port = 0;

    std::string text() const { return (host.empty() ? address : host) + ":" + std::to_string(port); }
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// What one connection is judged by: the server's state as it was when the client came.
struct Snapshot {
    Machine machine;
    std::vector<Site> sites;  ///< started ones only; none while the web service is stopped
    std::vector<SslRecord> records;
    std::optional<Error> sitesProblem;  ///< why the sites could not be read
    bool running = true;      ///< false: http.sys or the web service is stopped, nobody listens

    /// A SCHANNEL value in effect, that is, as it was at the last start.
    std::uint32_t schannel(const std::string& name) const;

    /// HTTP/3: on where EnableHttp3 is, from Server 2022 on and with TLS 1.3; it is announced to clients (Alt-Svc) where
    /// EnableAltSvc is too. Both as they were at the last start. The practice server announces it but does not speak it.
    bool hasHttp3(const SslRecord& record) const;
    bool announcesHttp3(const SslRecord& record) const;
};
Result<Snapshot> readSnapshot(Backend& backend);

/// Where http.sys listens for that binding; nothing if it is not for the web, or has no port.
std::optional<Endpoint> endpointOf(const Binding& binding);

/// Every https binding of a started site and every record, each endpoint once; then every http binding.
std::vector<Endpoint> endpointsOf(const Snapshot& snapshot);

/// The record http.sys takes: the exact address, the name the client asked for, the central store, then the wildcards.
const SslRecord* recordFor(const Snapshot& snapshot, const Endpoint& endpoint, const std::string& serverName);

/// The site that answers there for that Host header, or nullptr. known: whether any site listens there.
const Site* siteFor(const Snapshot& snapshot, const Endpoint& endpoint, const std::string& host, bool& known);

/// sslFlags in effect for a path ("/app/page"): of the nearest location above it.
std::uint32_t accessFor(const Site& site, const std::string& path);

/// The code of the error 500.19 with which IIS answers that path, because of a web.config at or above it that cannot be
/// read or that sets access flags where the section is locked; 0: there is none.
std::uint32_t configurationTrouble(const Site& site, const std::string& path);

/// Whether the site's configuration speaks of that path, or of one above it other than the site itself.
bool hasLocation(const Site& site, const std::string& path);

}  // namespace monban::practice
