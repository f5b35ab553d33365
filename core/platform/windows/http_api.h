// SPDX-License-Identifier: MIT
#pragma once
#include <winsock2.h>

#include <windows.h>

#include <memory>
#include <optional>

#include "core/base/result.h"
#include "core/base/utf8.h"

/// The part of the HTTP Server API (httpapi.dll) that concerns certificate records, declared here because mingw-w64's
/// http.h ends with Windows 7. Source of every layout: WINDOWS-FACTS 2.2.
namespace monban::windows {

/// HTTP_SERVICE_CONFIG_ID
namespace config_id {
constexpr ULONG kIpPort = 1;
constexpr ULONG kHostName = 5;
constexpr ULONG kCentralStore = 6;
constexpr ULONG kScopedCentralStore = 11;  // its structures are those of kHostName
}  // namespace config_id

/// HTTP_SERVICE_CONFIG_SSL_PARAM
struct SslParameters {
    ULONG hashLength;
    void* hash;
    GUID appId;
    wchar_t* storeName;
    DWORD checkMode;
    DWORD freshnessSeconds;
    DWORD timeoutMilliseconds;
    wchar_t* ctlIdentifier;
    wchar_t* ctlStoreName;
    DWORD flags;
};
static_assert(sizeof(SslParameters) == 80);

/// HTTP_SERVICE_CONFIG_SSL_KEY, _SSL_SNI_KEY and _SSL_CCS_KEY
struct IpPortKey {
    SOCKADDR* address;
};
struct HostNameKey {
    SOCKADDR_STORAGE address;  ///< 0.0.0.0 and the port
    wchar_t* host;
};
struct CentralStoreKey {
    SOCKADDR_STORAGE address;  ///< 0.0.0.0 and the port
};
static_assert(sizeof(SOCKADDR_STORAGE) == 128 && sizeof(HostNameKey) == 136);

template <class Key>
struct SslSet {
    Key key;
    SslParameters parameters;
};
static_assert(sizeof(SslSet<IpPortKey>) == 88 && sizeof(SslSet<HostNameKey>) == 216 && sizeof(SslSet<CentralStoreKey>) == 208);

/// HTTP_SERVICE_CONFIG_QUERY_TYPE
enum class QueryType : ULONG { Exact = 0, Next = 1 };

template <class Key>
struct SslQuery {
    QueryType type;
    Key key;
    DWORD token;
};
static_assert(sizeof(SslQuery<IpPortKey>) == 24 && sizeof(SslQuery<HostNameKey>) == 152 && sizeof(SslQuery<CentralStoreKey>) == 144);

/// The calls. Each answers a Win32 error code, 0 for success. One thread at a time.
class HttpApi {
public:
    virtual ~HttpApi() = default;
    /// ERROR_INSUFFICIENT_BUFFER: `needed` says how large the answer is.
    virtual ULONG query(ULONG id, void* query, ULONG size, void* answer, ULONG answerSize, ULONG& needed) = 0;
    virtual ULONG set(ULONG id, void* record, ULONG size) = 0;
    virtual ULONG remove(ULONG id, void* record, ULONG size) = 0;
    /// Nothing: this Windows has no such call (Server 2016 has not).
    virtual std::optional<ULONG> update(ULONG id, void* record, ULONG size) = 0;
};

/// The API as that file provides it, ready for use. Errors: NotFound, Io, Unsupported (it lacks one of the old calls).
Result<std::unique_ptr<HttpApi>> loadHttpApi(const fs::path& library);

}  // namespace monban::windows
