// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/pki/pkcs12.h"

namespace monban {

/// A visitor's certificate with its key and the issuers that go with it. Many visits share one.
using ClientIdentity = std::shared_ptr<const Pkcs12Contents>;

/// Opens a PKCS#12 file for visits. Errors: those of openPkcs12; InvalidInput (no certificate with its key).
Result<ClientIdentity> clientIdentity(ByteView file, const Secret& password);

enum class TlsVersion { Any, Tls12, Tls13 };

/// When a server asks for the client's certificate.
enum class Asked {
    Never,
    Handshake,      ///< in the first one: what clientcertnegotiation=enable does
    Renegotiation,  ///< of TLS 1.2, after the request came
    PostHandshake,  ///< of TLS 1.3 (RFC 8446, 4.6.2), which only visitors meet that offer it; browsers do not
};
const char* name(Asked asked);  ///< "never", "handshake", "renegotiation", "post-handshake"

/// One visit to a site by HTTPS, as a browser makes it: with or without a client certificate.
struct HttpsVisit {
    std::string host;     ///< asked for by name (SNI, Host); an IPv6 address without its brackets
    std::uint16_t port = 443;
    std::string target = "/";
    std::string connectHost;  ///< where the connection goes instead; empty: to the host
    std::uint16_t connectPort = 0;
    ClientIdentity client;  ///< null: no certificate
    TlsVersion tls = TlsVersion::Any;
    bool offersHttp2 = false;          ///< ALPN h2 and http/1.1; else ALPN is not used
    bool offersPostHandshake = false;  ///< RFC 8446, 4.2.6
    std::chrono::milliseconds time = std::chrono::seconds(15);
    std::stop_token stop;
};

/// What the visitor met.
struct HttpsAnswer {
    std::string tlsVersion;        ///< "TLSv1.3"; empty where no handshake ended
    std::string cipher;            ///< RFC name; empty where no handshake ended
    std::string alpn;              ///< what the server chose; empty: nothing
    std::string serverCertificate; ///< its thumbprint (SHA-1)
    std::vector<Bytes> chain;      ///< DER, as the server sent them, its own first
    Asked asked = Asked::Never;
    std::vector<std::string> acceptableIssuers;  ///< the CA names that came with the request for one (RFC 4514), in order
    std::size_t acceptableIssuersBytes = 0;      ///< of their list in the handshake; Schannel's limit is 16 KB
    std::optional<int> status;     ///< of HTTP; nothing: the connection ended without an answer
    std::string subStatus;         ///< "7" of "403.7", where the page shows it
    std::string alert;             ///< that the server sent, by the name of RFC 8446, section 6: "certificate_required"
    std::string ended;             ///< how the connection ended without an answer, English, for the evidence
    bool isClosedByPeer = false;   ///< closed or reset by the server in place of an answer, with or without an alert
    std::chrono::milliseconds connected{};  ///< from the beginning until TCP stood
    std::chrono::milliseconds handshaken{}; ///< until TLS stood
    std::chrono::milliseconds answered{};   ///< until the end

    bool isAskedForCertificate() const { return asked != Asked::Never; }
};

/// Makes the visit. The server's own certificate is not judged here. A time limit that ends it once it was
/// connected is an answer, too. Errors: TimedOut (not reached), Cancelled, Io (not reachable), Unsupported (the client's key).
Result<HttpsAnswer> visit(const HttpsVisit& wanted);

}  // namespace monban
