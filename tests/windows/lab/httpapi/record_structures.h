// SPDX-License-Identifier: MIT
#pragma once
#include <winsock2.h>

#include <windows.h>

#include <http.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/observe/ssl_record.h"

/// A record in the structures of the HTTP Server API and back, as the stand-in for http.sys does it: with mingw-w64's own
/// declarations and nothing of core/platform/windows, so that a mistake there meets somebody who does not share it.
namespace monban::lab {

constexpr ULONG kIpPort = 1;
constexpr ULONG kSni = 5;
constexpr ULONG kCcs = 6;
constexpr ULONG kScopedCcs = 11;

/// What http.h lacks (HTTP_SERVICE_CONFIG_SSL_SNI_KEY and so on): the SDK's since Windows 8. ScopedCcs takes those of SNI.
struct SniKey {
    SOCKADDR_STORAGE IpPort;
    PWSTR Host;
};
struct SniSet {
    SniKey KeyDesc;
    HTTP_SERVICE_CONFIG_SSL_PARAM ParamDesc;
};
struct SniQuery {
    HTTP_SERVICE_CONFIG_QUERY_TYPE QueryDesc;
    SniKey KeyDesc;
    DWORD dwToken;
};
struct CcsKey {
    SOCKADDR_STORAGE LocalAddress;
};
struct CcsSet {
    CcsKey KeyDesc;
    HTTP_SERVICE_CONFIG_SSL_PARAM ParamDesc;
};
struct CcsQuery {
    HTTP_SERVICE_CONFIG_QUERY_TYPE QueryDesc;
    CcsKey KeyDesc;
    DWORD dwToken;
};

/// What a caller asks: for one record by its endpoint, or for the next of its family.
struct Question {
    std::optional<std::string> endpoint;
    DWORD token = 0;
};

bool isFamily(ULONG id);
bool isOfFamily(const SslRecord& record, ULONG id);

/// Each of these gives nothing for a structure that is too short, or makes no sense: ERROR_INVALID_PARAMETER.
std::optional<Question> questionFrom(ULONG id, const void* query, ULONG size);
std::optional<std::string> endpointFrom(ULONG id, const void* set, ULONG size);
std::optional<SslRecord> recordFrom(ULONG id, const void* set, ULONG size);

ULONG answerSize(ULONG id, const SslRecord& record);
/// Writes a set structure and what it points to into a buffer of at least answerSize() bytes. False: no such endpoint.
bool writeAnswer(ULONG id, const SslRecord& record, void* buffer);

}  // namespace monban::lab
