// SPDX-License-Identifier: MIT
// Our declarations of the HTTP Server API beside mingw-w64's, as far as those go.
#include <winsock2.h>

#include <windows.h>

#include <http.h>

#include <gtest/gtest.h>

#include "core/platform/windows/http_api.h"

namespace monban::windows {
namespace {

using Theirs = HTTP_SERVICE_CONFIG_SSL_PARAM;

TEST(HttpApi, HasTheParametersWhereTheSystemHeaderHasThem)
{
    EXPECT_EQ(sizeof(SslParameters), sizeof(Theirs));
    EXPECT_EQ(offsetof(SslParameters, hashLength), offsetof(Theirs, SslHashLength));
    EXPECT_EQ(offsetof(SslParameters, hash), offsetof(Theirs, pSslHash));
    EXPECT_EQ(offsetof(SslParameters, appId), offsetof(Theirs, AppId));
    EXPECT_EQ(offsetof(SslParameters, storeName), offsetof(Theirs, pSslCertStoreName));
    EXPECT_EQ(offsetof(SslParameters, checkMode), offsetof(Theirs, DefaultCertCheckMode));
    EXPECT_EQ(offsetof(SslParameters, freshnessSeconds), offsetof(Theirs, DefaultRevocationFreshnessTime));
    EXPECT_EQ(offsetof(SslParameters, timeoutMilliseconds), offsetof(Theirs, DefaultRevocationUrlRetrievalTimeout));
    EXPECT_EQ(offsetof(SslParameters, ctlIdentifier), offsetof(Theirs, pDefaultSslCtlIdentifier));
    EXPECT_EQ(offsetof(SslParameters, ctlStoreName), offsetof(Theirs, pDefaultSslCtlStoreName));
    EXPECT_EQ(offsetof(SslParameters, flags), offsetof(Theirs, DefaultFlags));
}

TEST(HttpApi, HasKeySetAndQueryAsTheSystemHeaderHasThem)
{
    EXPECT_EQ(sizeof(SslSet<IpPortKey>), sizeof(HTTP_SERVICE_CONFIG_SSL_SET));
    EXPECT_EQ(offsetof(SslSet<IpPortKey>, parameters), offsetof(HTTP_SERVICE_CONFIG_SSL_SET, ParamDesc));
    EXPECT_EQ(sizeof(SslQuery<IpPortKey>), sizeof(HTTP_SERVICE_CONFIG_SSL_QUERY));
    EXPECT_EQ(offsetof(SslQuery<IpPortKey>, key), offsetof(HTTP_SERVICE_CONFIG_SSL_QUERY, KeyDesc));
    EXPECT_EQ(offsetof(SslQuery<IpPortKey>, token), offsetof(HTTP_SERVICE_CONFIG_SSL_QUERY, dwToken));
    EXPECT_EQ(static_cast<int>(QueryType::Exact), static_cast<int>(HttpServiceConfigQueryExact));
    EXPECT_EQ(static_cast<int>(QueryType::Next), static_cast<int>(HttpServiceConfigQueryNext));
    EXPECT_EQ(config_id::kIpPort, static_cast<ULONG>(HttpServiceConfigSSLCertInfo));
}

}  // namespace
}  // namespace monban::windows
