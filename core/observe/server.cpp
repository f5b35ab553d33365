// SPDX-License-Identifier: MIT
#include "core/observe/server.h"

#include "core/tls/http_get.h"

namespace monban {

Result<Bytes> Server::fetch(const std::string& url, const std::stop_token& stop)
{
    HttpLimits limits;
    limits.stop = stop;
    return httpGet(url, limits);
}

Result<std::optional<std::string>> Server::keepConfiguration(const std::string&) { return std::optional<std::string>(); }

}  // namespace monban
