// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

namespace monban {

/// Which table of http.sys a record stands in (WINDOWS-FACTS 2.1).
enum class RecordFamily { IpPort, HostNamePort, Ccs };
const char* name(RecordFamily family);  ///< "ipport", "hostnameport", "ccs": netsh's own selectors

/// http.sys DefaultFlags (WINDOWS-FACTS 2.3). Bits without a name here are carried over as they are.
namespace record_flags {
constexpr std::uint32_t kDsMapper = 0x1;
constexpr std::uint32_t kNegotiateClientCertificate = 0x2;
constexpr std::uint32_t kNoRawFilter = 0x4;
constexpr std::uint32_t kReject = 0x8;
constexpr std::uint32_t kDisableHttp2 = 0x10;
constexpr std::uint32_t kDisableQuic = 0x20;
constexpr std::uint32_t kDisableTls13 = 0x40;
constexpr std::uint32_t kDisableOcspStapling = 0x80;
constexpr std::uint32_t kEnableTokenBinding = 0x100;
constexpr std::uint32_t kLogExtendedEvents = 0x200;
constexpr std::uint32_t kDisableLegacyTls = 0x400;
constexpr std::uint32_t kEnableSessionTicket = 0x800;
constexpr std::uint32_t kDisableTls12 = 0x1000;
constexpr std::uint32_t kClientCorrelation = 0x2000;
constexpr std::uint32_t kDisableSessionId = 0x4000;
constexpr std::uint32_t kCacheClientHello = 0x8000;
}  // namespace record_flags

/// http.sys DefaultCertCheckMode (WINDOWS-FACTS 2.3).
namespace check_mode {
constexpr std::uint32_t kNoRevocationCheck = 0x1;
constexpr std::uint32_t kCachedRevocationOnly = 0x2;
constexpr std::uint32_t kUseFreshnessTime = 0x4;
constexpr std::uint32_t kNoUsageCheck = 0x10000;
}  // namespace check_mode

/// One http.sys certificate record, whole: whoever changes one field writes back all others as they were.
struct SslRecord {
    RecordFamily family = RecordFamily::IpPort;
    std::string endpoint;    ///< "0.0.0.0:443", "[::]:443", "www.example.test:443"; for ccs the port, "443"
    std::string thumbprint;  ///< lower-case hex; empty for ccs
    std::string appId;       ///< "{lower-case guid}"
    std::string store;       ///< LocalMachine store of the certificate, as the record spells it; empty means MY
    std::uint32_t checkMode = 0;
    std::uint32_t freshnessSeconds = 0;
    std::uint32_t timeoutMilliseconds = 0;
    std::string ctlIdentifier;  ///< empty: none
    std::string ctlStore;
    std::uint32_t flags = 0;

    bool negotiatesClientCertificate() const { return flags & record_flags::kNegotiateClientCertificate; }
    bool checksRevocation() const { return !(checkMode & check_mode::kNoRevocationCheck); }
    bool cachedRevocationOnly() const { return checkMode & check_mode::kCachedRevocationOnly; }
    bool checksUsage() const { return !(checkMode & check_mode::kNoUsageCheck); }
    bool mapsToDirectory() const { return flags & record_flags::kDsMapper; }

    friend bool operator==(const SslRecord&, const SslRecord&) = default;
};

constexpr const char* kIisAppId = "{4dc3e181-e14b-4a21-b022-59fc669b0914}";
constexpr const char* kZeroAppId = "{00000000-0000-0000-0000-000000000000}";

/// The name of a known owner ("IIS", "AD FS", "WinRM" …), or nullptr: zero and unknown ids.
const char* ownerName(const std::string& appId);

}  // namespace monban
